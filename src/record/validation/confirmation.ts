import { describe, invalidOption } from '../../contract/checks.ts'
import { DEFINITION } from '../contract.ts'
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
import { sentenceOf } from './texts.ts'
import { NOT_READ, readValue } from './values.ts'

export interface ConfirmationOptions<R> extends RuleOptions<R> {
  /** The property that repeats it: `passwordConfirmation` for `password` unless told. */
  readonly with?: string
}

/** Somebody gave the same value twice. Where the repetition is null or undefined nobody was asked for it. */
export function confirmation(given: readonly unknown[]): AttributeRule {
  const { names, options } = split<ConfirmationOptions<never>>('confirmation', given, [...COMMON, 'with'])
  const { with: other } = options
  if (other !== undefined && typeof other !== 'string') {
    throw invalidOption(TypeError, `with must be the name of a property, not ${describe(other)}`)
  }
  const message = checkMessage(options)
  return {
    names,
    conditions: checkConditions(options),
    check(checking) {
      for (const name of names) confirm(checking, name, other ?? `${name}Confirmation`, message)
    },
  }
}

function confirm(checking: Checking, name: string, repeated: string, message: RuleOptions<never>['message']): void {
  const value = readValue(checking.record, name)
  const again = readValue(checking.record, repeated)
  if (value === NOT_READ || again === NOT_READ || again === null || again === value) return
  const label = sentenceOf(checking.record[DEFINITION].model, name, '').trim()
  const text = `does not match ${label}.`
  addProblem(checking, { attribute: repeated, rule: 'confirmation', text, options: { with: name } }, message)
}
