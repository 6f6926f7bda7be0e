import type { Isolation } from '../contract/driver.ts'
import { describe, invalidOption } from './options.ts'

/** Where a pool's connections live. */
export interface IsolationOptions {
  /**
   * Where connections live whose driver blocks: each in a `'thread'` of this process, or in a `'process'` of its own, in
   * which a statement can be stopped whatever it does, and a crash is the loss of one connection. Calls are slower there.
   * A driver that does not block has neither, and ignores it. Default `'thread'`.
   */
  readonly isolation?: Isolation
}

/** The name of its option. */
export const ISOLATION = ['isolation'] as const

/** Checks where connections are to live. */
export function checkIsolation({ isolation = 'thread' }: IsolationOptions): Isolation {
  if (isolation === 'thread' || isolation === 'process') return isolation
  throw invalidOption(
    TypeError,
    `isolation must be 'thread' or 'process', not ${typeof isolation === 'string' ? JSON.stringify(isolation) : describe(isolation)}`,
  )
}
