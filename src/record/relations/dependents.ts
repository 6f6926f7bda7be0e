import { DEFINITION, type Definition, type Relation, type Stateful } from '../contract.ts'
import { hasRows } from '../query/count.ts'
import { countersOf, counting } from './counters.ts'
import { whileDeleting } from './deleting.ts'
import { restricted } from './errors.ts'
import { HasManyRelation } from './has-many.ts'
import { JoinedRelation } from './joined.ts'
import { checkReleasable, release } from './release.ts'
import { TableLinks } from './table-links.ts'

const known = new WeakMap<Definition, readonly Relation[]>()

/** The relations that say what becomes of others when a record of the model is deleted. */
function dependentsOf(definition: Definition): readonly Relation[] {
  const found = known.get(definition)
  if (found) return found
  const dependents = [...definition.relations.values()].filter(isDependent)
  known.set(definition, dependents)
  return dependents
}

function isDependent(relation: Relation): boolean {
  return relation instanceof JoinedRelation || (relation instanceof HasManyRelation && relation.dependent !== undefined)
}

/**
 * Does `work`, which deletes a record's row, after what depends on it was dealt with; all of it or nothing. Where nothing
 * does, it is just `work`.
 */
export function withDependents(record: Stateful, work: () => Promise<void>): Promise<void> {
  const definition = record[DEFINITION]
  if (dependentsOf(definition).length === 0 && countersOf(definition).length === 0) return work()
  return definition.database.transaction(async () => {
    await beforeDelete(record)
    await counting(record, work)
  })
}

/**
 * Deals with what depends on a record that is about to be deleted, within the transaction of that: first it is looked
 * whether anything keeps the record, and only then others are changed.
 */
export async function beforeDelete(record: Stateful): Promise<void> {
  const relations = dependentsOf(record[DEFINITION])
  const children = relations.filter((relation) => relation instanceof HasManyRelation)
  for (const relation of children) {
    if (relation.dependent !== 'restrict') continue
    if (await hasRows(relation.planFor(record))) throw restricted(relation, relation.target.table)
  }
  for (const relation of children) if (relation.dependent === 'nullify') checkReleasable(relation)
  await whileDeleting(record, async () => {
    for (const relation of children) {
      if (relation.dependent !== 'restrict') await release(relation, record, relation.dependent)
    }
    for (const relation of relations)
      if (relation instanceof JoinedRelation) await new TableLinks(relation).forget(record)
  })
}
