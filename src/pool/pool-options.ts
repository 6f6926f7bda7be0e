import { availableParallelism } from 'node:os'
import { type Clock, systemClock } from '../base/clock.ts'
import type { ConnectPlan, DriverInfo } from '../contract/driver.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import { fullTuning, type Tuning } from '../contract/tuning.ts'
import type { RowMode } from '../contract/value.ts'
import { checkDeadlines, DEADLINE_OPTIONS, type DeadlineOptions, type Deadlines } from './deadlines.ts'
import { checkFactories, FACTORY_OPTIONS, type Factories, type FactoryOptions } from './factories.ts'
import { checkStaleness, STALENESS, type StalenessOption } from './hosts/staleness.ts'
import { checkIsolation, ISOLATION, type IsolationOptions } from './isolation.ts'
import { checkIsolationLevel, ISOLATION_LEVEL, type IsolationLevelOption } from './isolation-level.ts'
import { type CheckedLifeOptions, checkLifeOptions, LIFE_OPTIONS, type LifeOptions } from './life-options.ts'
import { type MaxRowsOption, maxRowsOf } from './max-rows.ts'
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
    IsolationLevelOption,
    IsolationOptions,
    LifeOptions,
    MaxRowsOption,
    RetryOption,
    StalenessOption,
    TellingOptions {
  /** Names the pool in thread names, errors and statistics. Default: the driver's name. */
  readonly name?: string
  /** Connections that {@link ConnectionPool.start} opens and that stay open. Default 1. */
  readonly min?: number
  /**
   * The most connections. For SQLite one of them writes and the others read. Default: one per core and one more, at
   * least 3 and at most 9; for a server 10. A database that lives in one connection (`:memory:`) has 1; asking for more warns.
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
type Grouped =
  | keyof Tuning
  | keyof Deadlines
  | keyof FactoryOptions<unknown, unknown>
  | keyof IsolationLevelOption
  | keyof LifeOptions
  | keyof MaxRowsOption
  | keyof RetryOption
  | keyof StalenessOption
  | keyof TellingOptions

/** A pool's options, complete and checked. */
export interface CheckedPoolOptions extends Required<Omit<PoolOptions, 'onOpen' | Grouped>> {
  readonly onOpen: PoolOptions['onOpen'] | null
  readonly deadlines: Deadlines
  readonly factories: Factories
  readonly isolationLevel: IsolationLevel | undefined
  readonly life: CheckedLifeOptions
  /** Infinity for no limit. */
  readonly maxRows: number
  readonly maxStaleness: number
  readonly retry: CheckedRetry
  readonly telling: CheckedTelling
  readonly tuning: Tuning
}

const SWITCHES = Object.keys(fullTuning) as readonly (keyof Tuning)[]
const POOL_OPTIONS = [
  'name',
  'min',
  'max',
  'rowMode',
  'maxRows',
  'onOpen',
  'clock',
  'retry',
  ...DEADLINE_OPTIONS,
  ...ISOLATION,
  ...ISOLATION_LEVEL,
  ...FACTORY_OPTIONS,
  ...LIFE_OPTIONS,
  ...STALENESS,
  ...TELLING_OPTIONS,
  ...SWITCHES,
] as const

/** What the options of a pool depend on. */
interface OptionsContext {
  readonly driver: Pick<DriverInfo, 'name' | 'threadsafety' | 'traits' | 'shape'>
  readonly plan: Pick<ConnectPlan, 'layout' | 'label'>
}

/** Checks what the user gave and fills in the rest. */
export function checkPoolOptions(
  options: PoolOptions<unknown, unknown>,
  { driver, plan }: OptionsContext,
): CheckedPoolOptions {
  const own = ownOptions(options, POOL_OPTIONS, 'the pool')
  const asked = count('max', own.max, plan.layout === 'equal' ? SERVER_MAX : defaultMax(), 1)
  const max = driver.threadsafety === 0 || plan.layout === 'one' ? 1 : asked
  if (own.max !== undefined && max < asked) warnOfOne(plan.label, asked)
  const min = Math.min(count('min', own.min, 1, 0), max)
  const { name = driver.name, rowMode = 'object', onOpen = null, clock = systemClock } = own
  if (typeof name !== 'string') throw invalidOption(TypeError, `name must be a string, not ${describe(name)}`)
  if (onOpen !== null && typeof onOpen !== 'function') {
    throw invalidOption(TypeError, `onOpen must be a function, not ${describe(onOpen)}`)
  }
  const maxRows = maxRowsOf(own, undefined) ?? Number.POSITIVE_INFINITY
  const groups = {
    factories: checkFactories(own),
    isolation: checkIsolation(own),
    isolationLevel: checkIsolationLevel(own.isolationLevel, undefined),
    life: checkLifeOptions(own, driver),
    retry: checkRetry(own.retry, null),
    maxStaleness: checkStaleness(own),
    deadlines: checkDeadlines(own),
    telling: checkTelling(own),
    tuning: checkTuning(own),
  }
  return { name, min, max, rowMode: checkRowMode(rowMode), maxRows, onOpen, clock, ...groups }
}

function checkTuning(own: Partial<Tuning>): Tuning {
  const checked = SWITCHES.map((name) => [name, checkBoolean(name, own[name] === undefined ? true : own[name])])
  return Object.freeze(Object.fromEntries(checked)) as Tuning
}

// More connections to a database in memory would each have another database.
function warnOfOne(label: string, asked: number): void {
  process.emitWarning(`${label} can have one connection only: max is 1, and not ${asked}`, {
    type: 'OffloopWarning',
    code: 'ONE_CONNECTION',
  })
}

/** A server has its own cores, and connections of other programs beside these. */
const SERVER_MAX = 10

function defaultMax(): number {
  return Math.min(9, Math.max(3, availableParallelism() + 1))
}

function count(name: string, value: unknown, otherwise: number, lowest: number): number {
  if (value === undefined) return otherwise
  if (typeof value !== 'number') throw invalidOption(TypeError, `${name} must be a number, not ${describe(value)}`)
  if (Number.isSafeInteger(value) && value >= lowest) return value
  throw invalidOption(RangeError, `${name} must be a whole number of at least ${lowest}, not ${value}`)
}
