import { describe, invalidOption } from '../../contract/checks.ts'
import type { Definition } from '../contract.ts'
import { type ModelError, modelError } from '../errors.ts'
import { isByHand } from './by-hand.ts'
import { comparedBy } from './compared.ts'
import { ByHand, type Condition, Joined, Negated } from './condition.ts'
import { Group } from './groups.ts'
import type { Join } from './joins.ts'
import { positional } from './positional.ts'
import { Elsewhere } from './related.ts'

/**
 * The condition that a caller wrote: by attribute, by hand, or several together. Those on relations that are joined are
 * given by the name of the relation.
 */
export function conditionOf(definition: Definition, given: unknown, joins: readonly Join[] = []): Condition {
  if (given instanceof Group) return ofGroup(definition, given, joins)
  if (isByHand(given)) return new ByHand(given)
  if (Array.isArray(given)) return positional(definition, given)
  if (typeof given === 'string') throw bareText()
  if (!isPlain(given)) throw notACondition(definition, given)
  const parts = Object.entries(given).map(([name, value]) => ofName(definition, name, value, joins))
  return parts.length === 1 ? (parts[0] as Condition) : new Joined('and', parts)
}

function ofGroup(definition: Definition, { word, parts }: Group, joins: readonly Join[]): Condition {
  const conditions = parts.map((part) => conditionOf(definition, part, joins))
  return word === 'not' ? new Negated(new Joined('and', conditions)) : new Joined(word, conditions)
}

function ofName(definition: Definition, name: string, value: unknown, joins: readonly Join[]): Condition {
  const { attributes } = definition
  const attribute = attributes.find(name)
  if (attribute) return comparedBy(definition, attribute, value)
  const join = joins.find(({ relation }) => relation.name === name)
  if (join) return new Elsewhere(join.alias, conditionOf(join.relation.target, value))
  if (definition.relations.has(name)) throw notJoined(definition, name)
  return comparedBy(definition, attributes.get(name, definition.name), value)
}

function isPlain(given: unknown): given is object {
  if (typeof given !== 'object' || given === null) return false
  const prototype = Object.getPrototypeOf(given)
  return prototype === null || prototype === Object.prototype
}

function bareText(): Error {
  return invalidOption(
    TypeError,
    "a condition is never text alone: ['age > ?', 21] gives SQL its values, and so does the sql tag",
  )
}

function notJoined({ name: owner }: Definition, name: string): ModelError {
  const message = `${owner}.${name} is not joined: joins('${name}') first, or ask with whereHas('${name}', ...)`
  return modelError('INVALID_QUERY', message)
}

function notACondition(definition: Definition, given: unknown): ModelError {
  return modelError(
    'INVALID_QUERY',
    `a condition on ${definition.name} is an object by attribute, a list that begins with SQL, or sql\`...\`, not ${describe(given)}`,
  )
}
