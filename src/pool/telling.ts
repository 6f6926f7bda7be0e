import { EventEmitter } from 'node:events'
import type { PoolEmitter, PoolEvents } from './events.ts'
import type { CheckedTelling, LogEntry } from './telling-options.ts'
import {
  type AcquireTrace,
  acquireChannel,
  type QueryTrace,
  queryChannel,
  type TransactionTrace,
  traced,
  transactionChannel,
} from './traces.ts'

/** Names the pool in what it tells. */
export interface Teller {
  readonly name: string
  /** The database, without any secret. */
  readonly database: string
}

/**
 * Tells the world what a pool does: traces for subscribers of the diagnostics channels, events for listeners, entries for
 * the log. Nothing is made for anybody who does not want it.
 */
export class Telling {
  readonly events: PoolEmitter = new EventEmitter<PoolEvents>()
  readonly #teller: Teller
  readonly #options: CheckedTelling

  constructor(teller: Teller, options: CheckedTelling) {
    this.#teller = teller
    this.#options = options
  }

  /** Whether somebody wants to know of single statements. Asked before each, so it costs a nanosecond. */
  get ofQueries(): boolean {
    return this.#options.logQueries !== false || queryChannel.hasSubscribers
  }

  get ofTransactions(): boolean {
    return this.#options.logQueries !== false || transactionChannel.hasSubscribers
  }

  get ofWaits(): boolean {
    return acquireChannel.hasSubscribers
  }

  /** Whether values are part of what is told. */
  get values(): boolean {
    return this.#options.logQueries === 'values'
  }

  get leakWarning(): number {
    return this.#options.leakWarning
  }

  get walWarning(): number {
    return this.#options.walWarning
  }

  /** Names the pool in a trace. */
  get teller(): { readonly pool: string; readonly database: string } {
    return { pool: this.#teller.name, database: this.#teller.database }
  }

  /** Does work that subscribers of `offloop:query` are told of. */
  async query<T>(trace: QueryTrace, work: () => Promise<T>): Promise<T> {
    try {
      return await traced(queryChannel, trace, work)
    } finally {
      if (this.#options.logQueries !== false) this.#log('debug', 'query', queryLine(trace), trace)
    }
  }

  /** Does work that subscribers of `offloop:transaction` are told of. */
  async transaction<T>(trace: TransactionTrace, work: () => Promise<T>): Promise<T> {
    try {
      return await traced(transactionChannel, trace, work)
    } finally {
      if (this.#options.logQueries !== false) this.#log('debug', 'transaction', transactionLine(trace), trace)
    }
  }

  /** Waits as subscribers of `offloop:pool:acquire` are told. */
  acquire<T>(trace: AcquireTrace, work: () => Promise<T>): Promise<T> {
    return traced(acquireChannel, trace, work)
  }

  /** Tells of a connection's life. */
  connection<E extends Exclude<keyof PoolEvents, 'leak' | 'walGrown'>>(event: E, details: PoolEvents[E][0]): void {
    this.#emit(event, details)
    // Of a close that failed nobody else hears.
    if (!this.#options.noisy && event !== 'closeFailed') return
    const { lane, role } = details
    const reason = 'error' in details ? `: ${messageOf(details.error)}` : ''
    const level = 'error' in details ? 'warning' : 'info'
    this.#log(level, event, `${WORDS[event]} connection ${lane} (${role})${reason}`, details)
  }

  /** Warns of a connection that is lent for too long. */
  leak(details: PoolEvents['leak'][0], message: string): void {
    this.#emit('leak', details)
    this.#log('warning', 'leak', message, details)
  }

  /** Warns of a write-ahead log that has grown large. */
  walGrown(details: PoolEvents['walGrown'][0], message: string): void {
    this.#emit('walGrown', details)
    this.#log('warning', 'walGrown', message, details)
  }

  // A listener that throws is not to do so in the midst of what it is told of.
  #emit<E extends keyof PoolEvents>(event: E, details: PoolEvents[E][0]): void {
    const emitter = this.events as EventEmitter
    if (emitter.listenerCount(event) > 0) process.nextTick(() => emitter.emit(event, details))
  }

  #log(level: LogEntry['level'], event: string, message: string, details: object): void {
    const { log } = this.#options
    if (!log) {
      console.error(`offloop ${this.#teller.name}: ${message}`)
      return
    }
    try {
      log({ level, event, pool: this.#teller.name, message, details: Object.freeze({ ...details }) })
    } catch (error) {
      process.nextTick(() => {
        throw error
      })
    }
  }
}

const WORDS = {
  opening: 'opening',
  opened: 'opened',
  openFailed: 'could not open',
  closed: 'closed',
  closeFailed: 'could not close',
  lost: 'lost',
} as const

function queryLine({ sql, databaseTime, duration, error }: QueryTrace): string {
  const outcome = error === undefined ? '' : ` failed: ${messageOf(error)}`
  return `${milliseconds(duration)} (database ${milliseconds(databaseTime)}) ${sql}${outcome}`
}

function transactionLine({ kind, duration, error }: TransactionTrace): string {
  return `${milliseconds(duration)} ${kind} ${error === undefined ? 'done' : `failed: ${messageOf(error)}`}`
}

function milliseconds(time: number): string {
  return `${time.toFixed(2)} ms`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
