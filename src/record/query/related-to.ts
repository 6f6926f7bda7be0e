import { storedOf } from '../attributes.ts'
import { DEFINITION, type Definition, STATUS, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { Compared, type Condition, Joined } from './condition.ts'
import { relationOf, stepsOf } from './joins.ts'
import { Exists } from './related.ts'
import { conditionOf } from './where.ts'

/** That a record is related: any at all, one that fulfils conditions, or a certain one. */
export function relatedTo(definition: Definition, name: string, related: unknown): Condition {
  const relation = relationOf(definition, name)
  const { target } = relation
  const condition =
    related === undefined
      ? new Joined('and', [])
      : isRecord(related)
        ? isThis(target, related)
        : conditionOf(target, related)
  return new Exists(name, stepsOf(relation, name), condition)
}

function isRecord(given: unknown): given is Stateful {
  return typeof given === 'object' && given !== null && DEFINITION in given
}

function isThis(target: Definition, record: Stateful): Condition {
  const { name, table } = record[DEFINITION]
  if (table !== target.table)
    throw modelError('INVALID_QUERY', `a ${name} is no ${target.name}, which the relation has`)
  if (record[STATUS] !== 'stored')
    throw modelError('INVALID_QUERY', `nothing is related to this ${name}: it is not stored`)
  const { key } = target.attributes
  return new Joined(
    'and',
    key.map((attribute) => new Compared(attribute, '=', storedOf(record, attribute))),
  )
}
