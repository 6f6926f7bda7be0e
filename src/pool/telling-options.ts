import { checkBoolean, describe, invalidOption } from './options.ts'

/** One thing that a pool tells its log. */
export interface LogEntry {
  /** `warning`: somebody should look. `info`: connections come and go. `debug`: single statements. */
  readonly level: 'debug' | 'info' | 'warning'
  /**
   * What happened, in one word: `query`, `transaction`, `opening`, `opened`, `closed`,
   * `closeFailed`, `lost`, `openFailed`, `leak`, `walGrown`.
   */
  readonly event: string
  readonly pool: string
  /** The same as one line for people, without the pool's name. It holds no secret and no value. */
  readonly message: string
  /** The same as data: what the event of this name, or the trace of this statement, gives. */
  readonly details: Readonly<Record<string, unknown>>
}

/** What a pool tells of what it does. */
export interface TellingOptions {
  /** Where entries go that {@link noisy} and {@link logQueries} ask for, and warnings. Default: the standard error output. */
  readonly log?: (entry: LogEntry) => void
  /** Log connections that are opened, closed and lost. Default false. */
  readonly noisy?: boolean
  /** Log every statement and transaction; with `'values'` the statements' values too. Default false. */
  readonly logQueries?: boolean | 'values'
  /**
   * Milliseconds after which a connection that is still lent is reported, with the place that borrowed it: by the event
   * `leak` and in the log. Default 10,000; Infinity means never.
   */
  readonly leakWarning?: number
  /**
   * Bytes of the database's write-ahead log from which on it is reported, with those who have connections, and again
   * whenever it has doubled: by the event `walGrown` and in the log. Default 64 MiB; Infinity means never.
   */
  readonly walWarning?: number
}

/** The options of {@link TellingOptions}, complete and checked. */
export interface CheckedTelling {
  readonly log: ((entry: LogEntry) => void) | null
  readonly noisy: boolean
  readonly logQueries: boolean | 'values'
  readonly leakWarning: number
  readonly walWarning: number
}

export const TELLING_OPTIONS = ['log', 'noisy', 'logQueries', 'leakWarning', 'walWarning'] as const

const LEAK_WARNING = 10_000
const WAL_WARNING = 64 * 1024 * 1024

/** Checks what the user gave and fills in the rest. */
export function checkTelling(own: TellingOptions): CheckedTelling {
  const { log, noisy = false, logQueries = false, leakWarning = LEAK_WARNING, walWarning = WAL_WARNING } = own
  if (log !== undefined && typeof log !== 'function') {
    throw invalidOption(TypeError, `log must be a function, not ${describe(log)}`)
  }
  return {
    log: log ?? null,
    noisy: checkBoolean('noisy', noisy),
    logQueries: logQueries === 'values' ? logQueries : checkBoolean('logQueries', logQueries),
    leakWarning: moreThanNone('leakWarning', leakWarning, 'milliseconds'),
    walWarning: moreThanNone('walWarning', walWarning, 'bytes'),
  }
}

function moreThanNone(name: string, value: unknown, unit: string): number {
  if (typeof value !== 'number') {
    throw invalidOption(TypeError, `${name} must be a number of ${unit}, not ${describe(value)}`)
  }
  if (value > 0) return value
  throw invalidOption(RangeError, `${name} must be more than 0, not ${value}`)
}
