import { describe } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition } from '../contract.ts'
import { type ModelError, modelError } from '../errors.ts'
import { isByHand } from './by-hand.ts'
import { Absent, Among, ByHand, Compared, type Condition, Joined, Negated } from './condition.ts'
import { Group } from './groups.ts'
import { Operator } from './operators.ts'
import { positional } from './positional.ts'

/** The condition that a caller wrote: by attribute, by hand, or several together. */
export function conditionOf(definition: Definition, given: unknown): Condition {
  if (given instanceof Group) return ofGroup(definition, given)
  if (isByHand(given)) return new ByHand(given)
  if (Array.isArray(given)) return positional(definition, given)
  if (typeof given !== 'object' || given === null) throw notACondition(definition, given)
  const { prototype } = Object
  const proto = Object.getPrototypeOf(given)
  if (proto !== null && proto !== prototype) throw notACondition(definition, given)
  return new Joined(
    'and',
    Object.entries(given).map(([name, value]) => compared(definition, name, value)),
  )
}

function ofGroup(definition: Definition, { word, parts }: Group): Condition {
  const conditions = parts.map((part) => conditionOf(definition, part))
  return word === 'not' ? new Negated(new Joined('and', conditions)) : new Joined(word, conditions)
}

function compared(definition: Definition, name: string, value: unknown): Condition {
  const attribute = definition.attributes.get(name, definition.name)
  const encode = (item: unknown) => operand(definition, attribute, item)
  if (value instanceof Operator) return operated(attribute, value, encode)
  if (Array.isArray(value) && attribute.type.storage !== 'json') return among(attribute, value, encode)
  return equal(attribute, value, encode)
}

type Encode = (item: unknown) => unknown

function equal(attribute: Attribute, value: unknown, encode: Encode): Condition {
  return value === null ? new Absent(attribute) : new Compared(attribute, '=', encode(value))
}

function among(attribute: Attribute, values: readonly unknown[], encode: Encode): Condition {
  const given = values.filter((value) => value !== null).map(encode)
  const some = new Among(attribute, given)
  return given.length === values.length ? some : new Joined('or', [some, new Absent(attribute)])
}

function operated(attribute: Attribute, { name, values }: Operator<unknown>, encode: Encode): Condition {
  const [first] = values
  switch (name) {
    case '=':
      return equal(attribute, first, encode)
    case 'not':
      return new Negated(equal(attribute, first, encode))
    case 'in':
      return among(attribute, values, encode)
    case 'not in':
      return new Negated(among(attribute, values, encode))
    case 'between':
      return new Joined('and', [
        new Compared(attribute, '>=', encode(first)),
        new Compared(attribute, '<=', encode(values[1])),
      ])
    default:
      return new Compared(attribute, name, encode(first))
  }
}

function operand(definition: Definition, attribute: Attribute, value: unknown): unknown {
  if (value === undefined) {
    const message = `the condition on ${definition.name}.${attribute.name} is undefined: leave it out, or give null for IS NULL`
    throw modelError('INVALID_QUERY', message)
  }
  return encoded(definition.name, attribute, value)
}

function notACondition(definition: Definition, given: unknown): ModelError {
  return modelError(
    'INVALID_QUERY',
    `a condition on ${definition.name} is an object by attribute, a list that begins with SQL, or sql\`...\`, not ${describe(given)}`,
  )
}
