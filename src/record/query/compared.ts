import { describe } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Storage } from '../columns/type.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { Among } from './among.ts'
import { Absent, Compared, type Condition, Joined, Negated } from './condition.ts'
import { Operator, ValuesOf } from './operators.ts'
import { InQuery } from './subquery.ts'
import { LikeInAnyCase, Matching } from './text-match.ts'

type Encode = (item: unknown) => unknown

/** The condition that an attribute equals a value, is one of several, or what an operator says. */
export function comparedBy(definition: Definition, attribute: Attribute, value: unknown): Condition {
  const encode = (item: unknown) => operand(definition, attribute, item)
  if (value instanceof ValuesOf) return new InQuery(attribute, value.plan)
  if (value instanceof Operator) return operated(attribute, value, encode)
  if (Array.isArray(value) && attribute.type.storage !== 'json') return among(attribute, value, encode)
  return equal(attribute, value, encode)
}

function equal(attribute: Attribute, value: unknown, encode: Encode): Condition {
  return value === null ? new Absent(attribute) : new Compared(attribute, '=', encode(value))
}

function among(attribute: Attribute, values: readonly unknown[], encode: Encode): Condition {
  const given = values.filter((value) => value !== null).map(encode)
  const some = new Among(attribute, given)
  return given.length === values.length ? some : new Joined('or', [some, new Absent(attribute)])
}

function operated(attribute: Attribute, { name, values }: Operator<unknown>, encode: Encode): Condition {
  const [first, second] = values
  switch (name) {
    case '=':
      return equal(attribute, first, encode)
    case 'not':
      return new Negated(equal(attribute, first, encode))
    case 'in':
      return among(attribute, listOf(values), encode)
    case 'not in':
      return new Negated(among(attribute, listOf(values), encode))
    case 'between':
      return new Joined('and', [
        new Compared(attribute, '>=', encode(first)),
        new Compared(attribute, '<=', encode(second)),
      ])
    case 'like':
    case 'not like':
      return new Compared(attribute, name, textOf(attribute, first))
    case 'ilike':
      return new LikeInAnyCase(attribute, textOf(attribute, first))
    case 'matches':
      return new Matching(attribute, String(first), textOf(attribute, second), String(values[2]))
    default:
      return new Compared(attribute, name, encode(notNull(attribute, first)))
  }
}

const WITHOUT_TEXT: readonly Storage[] = ['integer', 'bigint', 'real', 'boolean', 'blob']

// A pattern is no value of the column: a part of a UUID, a word that an enum does not have.
function textOf({ name, type }: Attribute, pattern: unknown): string {
  if (WITHOUT_TEXT.includes(type.storage)) {
    throw modelError('INVALID_QUERY', `${name} is stored as ${type.storage}, which is not compared with a pattern`)
  }
  if (typeof pattern === 'string') return pattern
  throw modelError('INVALID_QUERY', `${name} is compared with a pattern, which is a string, not ${describe(pattern)}`)
}

function notNull({ name }: Attribute, value: unknown): unknown {
  if (value !== null) return value
  throw modelError(
    'INVALID_QUERY',
    `${name} cannot be compared with null by order: { ${name}: null } finds what is null`,
  )
}

function listOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values
  throw modelError('INVALID_QUERY', `oneOf and noneOf take an array, not ${describe(values)}`)
}

function operand(definition: Definition, attribute: Attribute, value: unknown): unknown {
  if (value === undefined) {
    const message = `the condition on ${definition.name}.${attribute.name} is undefined: leave it out, or give null for IS NULL`
    throw modelError('INVALID_QUERY', message)
  }
  return encoded(definition.name, attribute, value)
}
