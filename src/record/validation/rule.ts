import { checkBoolean, describe, invalidOption } from '../../contract/checks.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import type { Problem } from './messages.ts'
import type { RecordErrors } from './record-errors.ts'
import { textOf } from './texts.ts'

/** When a rule counts. */
export interface Conditions<R> {
  /** Only if this gives true. */
  readonly if?: (record: R) => boolean | PromiseLike<boolean>
  /** Not if this gives true. */
  readonly unless?: (record: R) => boolean | PromiseLike<boolean>
  /** Only for records that are new, or only for those that are stored. */
  readonly on?: 'create' | 'update'
}

/** What all rules about attributes can be told. */
export interface RuleOptions<R> extends Conditions<R> {
  /** The text, behind the attribute's name; or what makes it of the problem. */
  readonly message?: string | ((problem: Problem) => string)
}

/** One validation of a record. */
export interface Checking {
  readonly record: Stateful
  readonly errors: RecordErrors
  /** The records that are validated together with it: none of them twice. */
  readonly together: Set<Stateful>
}

/** What records must be. */
export interface Rule {
  readonly conditions: Conditions<Stateful>
  /** Adds what is wrong. Whoever gives a promise is awaited. */
  check(checking: Checking): unknown
}

/** A rule about several attributes, each by itself. */
export interface AttributeRule extends Rule {
  readonly names: readonly string[]
}

const CONDITIONS = ['if', 'unless', 'on'] as const
export const COMMON = [...CONDITIONS, 'message'] as const

/** The conditions among a rule's options. */
export function checkConditions(options: Conditions<never>): Conditions<Stateful> {
  for (const name of ['if', 'unless'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw invalidOption(TypeError, `${name} must be a function of the record, not ${describe(options[name])}`)
    }
  }
  if (options.on !== undefined && options.on !== 'create' && options.on !== 'update') {
    throw invalidOption(TypeError, `on must be 'create' or 'update', not ${describe(options.on)}`)
  }
  return { if: options.if, unless: options.unless, on: options.on } as Conditions<Stateful>
}

export function checkMessage({ message }: RuleOptions<never>): RuleOptions<never>['message'] {
  if (message === undefined || typeof message === 'string' || typeof message === 'function') return message
  throw invalidOption(TypeError, `message must be a text or a function, not ${describe(message)}`)
}

export function checkFlag(name: string, value: unknown): boolean {
  return value === undefined ? false : checkBoolean(name, value)
}

/** Checks a record by a rule, if the rule counts for it. */
export function apply(rule: Rule, checking: Checking): unknown {
  const { conditions } = rule
  const { record } = checking
  if (conditions.on && conditions.on !== (record[STATUS] === 'new' ? 'create' : 'update')) return undefined
  if (!conditions.if && !conditions.unless) return rule.check(checking)
  return applyIf(rule, checking)
}

async function applyIf(rule: Rule, checking: Checking): Promise<void> {
  const { if: wanted, unless } = rule.conditions
  if (wanted && !(await wanted(checking.record))) return
  if (unless && (await unless(checking.record))) return
  await rule.check(checking)
}

/** Adds a problem, in the words of whoever has some: the rule, the class, its database. */
export function addProblem(
  { record, errors }: Checking,
  problem: Omit<Problem, 'model'>,
  message: RuleOptions<never>['message'],
): void {
  const { model, name } = record[DEFINITION]
  const whole: Problem = { ...problem, model: name }
  const text = typeof message === 'function' ? message(whole) : (message ?? textOf(model, whole))
  errors.add(problem.attribute, text)
}
