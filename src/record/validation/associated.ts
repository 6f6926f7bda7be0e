import { DEFINITION, type Relation, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { loadedOf } from '../relations/loaded.ts'
import { split } from './attribute-rule.ts'
import {
  type AttributeRule,
  addProblem,
  type Checking,
  COMMON,
  checkConditions,
  checkMessage,
  type RuleOptions,
} from './rule.ts'

/** Validates records together with another one, each once. */
export type ValidateTogether = (record: Stateful, together: Set<Stateful>) => Promise<boolean>

/** What is loaded of these relations must be valid. What is not loaded was not changed, and is not looked at. */
export function associated(given: readonly unknown[], isValid: ValidateTogether): AttributeRule {
  const { names, options } = split<RuleOptions<never>>('associated records', given, COMMON)
  const message = checkMessage(options)
  return {
    names,
    conditions: checkConditions(options),
    async check(checking) {
      const { record, together } = checking
      const found = await Promise.allSettled(names.map((name) => areValid(loaded(record, name), together, isValid)))
      for (const [at, one] of found.entries()) {
        if (one.status === 'rejected') throw one.reason
        if (!one.value) wrong(checking, names[at] as string, message)
      }
    },
  }
}

function wrong(checking: Checking, attribute: string, message: RuleOptions<never>['message']): void {
  addProblem(checking, { attribute, rule: 'associated', text: 'is invalid.', options: {} }, message)
}

function loaded(record: Stateful, name: string): readonly Stateful[] {
  const { relations, name: owner } = record[DEFINITION]
  const relation: Relation | undefined = relations.get(name)
  if (relation) return loadedOf(record, relation) ?? []
  const known = [...relations.keys()].join(', ') || 'none'
  throw modelError('UNKNOWN_RELATION', `${owner} has no relation ${JSON.stringify(name)}; it has ${known}`)
}

async function areValid(
  records: readonly Stateful[],
  together: Set<Stateful>,
  isValid: ValidateTogether,
): Promise<boolean> {
  // Those that are being validated already say themselves what is wrong with them.
  const others = records.filter((record) => !together.has(record))
  for (const record of others) together.add(record)
  const found = await Promise.allSettled(others.map((record) => isValid(record, together)))
  for (const one of found) if (one.status === 'rejected') throw one.reason
  return found.every((one) => one.status === 'fulfilled' && one.value)
}
