import { checkBoolean, describe, invalidOption, ownOptions } from '../contract/checks.ts'
import type { StatementLog, StatementLogSetting } from './log.ts'

/** What `connect` can be told. */
export interface ConnectOptions {
  /** Models that are connected already, to another pool, are taken from it. Default false: that is an error. */
  readonly replace?: boolean
  /**
   * Called with each statement of records when it has ended. What it throws changes nothing: the first time it is a
   * warning of the process.
   * The pool's own option `logQueries`, and the diagnostics channel `offloop:query`, tell of these and all others.
   */
  readonly log?: (entry: StatementLog) => void
  /** The log is told the values too, which may be secrets. Default false. */
  readonly logValues?: boolean
  /** What time it is, for columns such as `createdAt()`. Default: the clock of the machine. */
  readonly now?: () => Date
}

/** The options of `connect`, complete and checked. */
export interface CheckedConnectOptions extends StatementLogSetting {
  readonly replace: boolean
  readonly now: () => Date
}

const KNOWN = ['replace', 'log', 'logValues', 'now'] as const

/** Checks what the user gave and fills in the rest. */
export function checkConnectOptions(given: ConnectOptions): CheckedConnectOptions {
  const { replace = false, log, logValues = false, now = systemNow } = ownOptions(given, KNOWN, 'connect')
  checkFunction('log', log)
  checkFunction('now', now)
  return {
    replace: checkBoolean('replace', replace),
    log: log ?? null,
    logValues: checkBoolean('logValues', logValues),
    now,
  }
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  throw invalidOption(TypeError, `${name} must be a function, not ${describe(value)}`)
}

function systemNow(): Date {
  return new Date()
}
