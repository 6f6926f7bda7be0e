import { availableParallelism } from 'node:os'
import { type Clock, systemClock } from '../base/clock.ts'
import { fullTuning, type Tuning } from '../contract/tuning.ts'
import type { RowMode } from '../contract/value.ts'
import { checkDeadlines, DEADLINE_OPTIONS, type DeadlineOptions, type Deadlines } from './deadlines.ts'
import { checkFactories, FACTORY_OPTIONS, type Factories, type FactoryOptions } from './factories.ts'
import { checkBoolean, checkRowMode, describe, invalidOption, ownOptions } from './options.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { type CheckedRetry, checkRetry, type RetryOption } from './retry.ts'
import { type CheckedTelling, checkTelling, TELLING_OPTIONS, type TellingOptions } from './telling-options.ts'
import type { Transaction } from './transaction.ts'

/** What a pool can be told. Every option has a default. */
export interface PoolOptions<Txn = Transaction, Conn = PooledConnection>
  extends Partial<Tuning>,
    DeadlineOptions,
    FactoryOptions<Txn, Conn>,
    RetryOption,
    TellingOptions {
  /** Names the pool in thread names, errors and statistics. Default: the driver's name. */
  readonly name?: string
  /** Connections that {@link ConnectionPool.start} opens and that stay open. Default 1. */
  readonly min?: number
  /**
   * The most connections. For SQLite one of them writes and the others read. Default: one per core and one more, at
   * least 3 and at most 9.
   */
  readonly max?: number
  /** How rows are handed over unless a call says otherwise. Default `'object'`. */
  readonly rowMode?: RowMode
  /** Called once for every connection that is opened, before it serves anybody; awaited. If it throws, the connection is closed. */
  readonly onOpen?: (connection: PooledConnection) => void | Promise<void>
  /** Whose time deadlines are measured in. For tests. */
  readonly clock?: Clock
}

/** Options that are checked elsewhere, in groups. */
type Grouped = keyof Tuning | keyof Deadlines | keyof FactoryOptions<unknown, unknown> | 'retry' | keyof TellingOptions

/** A pool's options, complete and checked. */
export interface CheckedPoolOptions extends Required<Omit<PoolOptions, 'onOpen' | Grouped>> {
  readonly factories: Factories
  readonly retry: CheckedRetry
  readonly onOpen: PoolOptions['onOpen'] | null
  readonly tuning: Tuning
  readonly deadlines: Deadlines
  readonly telling: CheckedTelling
}

const SWITCHES = Object.keys(fullTuning) as readonly (keyof Tuning)[]
const POOL_OPTIONS = [
  'name',
  'min',
  'max',
  'rowMode',
  'onOpen',
  'clock',
  'retry',
  ...DEADLINE_OPTIONS,
  ...FACTORY_OPTIONS,
  ...TELLING_OPTIONS,
  ...SWITCHES,
] as const

/** Checks what the user gave and fills in the rest. */
export function checkPoolOptions(options: PoolOptions<unknown, unknown>, defaultName: string): CheckedPoolOptions {
  const own = ownOptions(options, POOL_OPTIONS, 'the pool')
  const max = count('max', own.max, defaultMax(), 1)
  const min = Math.min(count('min', own.min, 1, 0), max)
  const { name = defaultName, rowMode = 'object', onOpen = null, clock = systemClock } = own
  if (typeof name !== 'string') throw invalidOption(TypeError, `name must be a string, not ${describe(name)}`)
  if (onOpen !== null && typeof onOpen !== 'function') {
    throw invalidOption(TypeError, `onOpen must be a function, not ${describe(onOpen)}`)
  }
  const groups = {
    factories: checkFactories(own),
    retry: checkRetry(own.retry, null),
    tuning: checkTuning(own),
    deadlines: checkDeadlines(own),
    telling: checkTelling(own),
  }
  return { name, min, max, rowMode: checkRowMode(rowMode), onOpen, clock, ...groups }
}

function checkTuning(own: Partial<Tuning>): Tuning {
  const checked = SWITCHES.map((name) => [name, checkBoolean(name, own[name] === undefined ? true : own[name])])
  return Object.freeze(Object.fromEntries(checked)) as Tuning
}

function defaultMax(): number {
  return Math.min(9, Math.max(3, availableParallelism() + 1))
}

function count(name: string, value: unknown, otherwise: number, lowest: number): number {
  if (value === undefined) return otherwise
  if (typeof value !== 'number') throw invalidOption(TypeError, `${name} must be a number, not ${describe(value)}`)
  if (Number.isSafeInteger(value) && value >= lowest) return value
  throw invalidOption(RangeError, `${name} must be a whole number of at least ${lowest}, not ${value}`)
}
