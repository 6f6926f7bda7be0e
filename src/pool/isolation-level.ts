import { NotSupportedError } from '../contract/errors.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import { describe, invalidOption } from './options.ts'

/** An option of whatever begins transactions. */
export interface IsolationLevelOption {
  /**
   * How far the transaction is kept apart from those that run at the same time: `'read committed'`, `'repeatable read'` or
   * `'serializable'`. A database may give a stronger level, never a weaker one: in SQLite all transactions are
   * serializable. Unless told it is the one that the database prefers. An interaction inside another has the level of
   * that, and is refused if it asks for a stronger one.
   */
  readonly isolationLevel?: IsolationLevel | undefined
}

/** The name of the option. */
export const ISOLATION_LEVEL = ['isolationLevel'] as const

/** From the weakest to the strongest. */
const LEVELS: readonly IsolationLevel[] = ['read committed', 'repeatable read', 'serializable']

/** Checks the option `isolationLevel`; left out it is the other one. */
export function checkIsolationLevel(given: unknown, otherwise: IsolationLevel | undefined): IsolationLevel | undefined {
  if (given === undefined) return otherwise
  const level = LEVELS.find((one) => one === given)
  if (level) return level
  const what = typeof given === 'string' ? JSON.stringify(given) : describe(given)
  const known = LEVELS.map((one) => `'${one}'`).join(', ')
  throw invalidOption(TypeError, `isolationLevel must be one of ${known}, and not ${what}`)
}

/** Refuses an interaction inside a transaction that is not kept apart as far as the interaction asks. */
export function refuseWeaker(has: IsolationLevel, asked: IsolationLevel | undefined): void {
  if (asked === undefined || LEVELS.indexOf(asked) <= LEVELS.indexOf(has)) return
  throw new NotSupportedError(
    `the interaction asks for the isolation level '${asked}', but the transaction that it is a part of has '${has}': ask ` +
      'for it where the outermost one begins',
    { code: 'ISOLATION_LEVEL', kind: 'unsupported' },
  )
}
