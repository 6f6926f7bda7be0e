import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import { modelError } from '../errors.ts'
import type { Problem } from './messages.ts'
import {
  type AttributeRule,
  addProblem,
  COMMON,
  checkConditions,
  checkFlag,
  checkMessage,
  type RuleOptions,
} from './rule.ts'
import { NOT_READ, readValue } from './values.ts'

/** What rules about values can be told. */
export interface ValueOptions<R> extends RuleOptions<R> {
  /** Null is right, whatever else must be. */
  readonly allowNull?: boolean
}

/** Names, and options behind them. */
export type Named<K extends string, O> = readonly [K, ...K[]] | readonly [K, ...K[], O]

/** How a kind of rule tells right values from wrong ones. */
export interface Kind<O> {
  /** Its word: `presence`. */
  readonly rule: string
  /** The options that it knows beside those of all rules. */
  readonly known: readonly string[]
  /** Checks its options; gives what finds the text of what is wrong with a value, null where nothing is. */
  judge(options: O): (value: unknown) => string | null
}

/** Makes a rule about values of what a caller gave: names, and options behind them. */
export function valueRule<O extends ValueOptions<never>>(kind: Kind<O>, given: readonly unknown[]): AttributeRule {
  const { names, options } = split<O>(kind.rule, given, [...COMMON, 'allowNull', ...kind.known])
  const judge = kind.judge(options)
  const message = checkMessage(options)
  const allowNull = checkFlag('allowNull', options.allowNull)
  const shown = optionsShown(options, kind.known)
  return {
    names,
    conditions: checkConditions(options),
    check(checking) {
      for (const name of names) {
        const value = readValue(checking.record, name)
        if (value === NOT_READ || (value === null && allowNull)) continue
        const text = judge(value)
        if (text !== null) addProblem(checking, { attribute: name, rule: kind.rule, text, options: shown }, message)
      }
    },
  }
}

/** The names, and the options behind them, which must be known. */
export function split<O extends object>(
  rule: string,
  given: readonly unknown[],
  known: readonly string[],
): { readonly names: readonly string[]; readonly options: O } {
  const last = given.at(-1)
  const hasOptions = typeof last === 'object' && last !== null
  const names = hasOptions ? given.slice(0, -1) : given
  const wrong = names.find((name) => typeof name !== 'string')
  if (names.length === 0 || wrong !== undefined) {
    const what = names.length === 0 ? 'none' : describe(wrong)
    throw modelError(
      'INVALID_VALIDATION',
      `a validation of ${rule} takes names of attributes, and options, not ${what}`,
    )
  }
  const options = ownOptions((hasOptions ? last : {}) as O, known, `a validation of ${rule}`)
  return { names: names as string[], options }
}

/** A rule's own options, as messages see them. */
export function optionsShown(options: object, known: readonly string[]): Problem['options'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => known.includes(name)))
}

/** A list of what a rule was given. */
export function checkIterable(name: string, given: unknown): readonly unknown[] {
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) return [...(given as Iterable<unknown>)]
  throw invalidOption(TypeError, `${name} must be a list of values, not ${describe(given)}`)
}
