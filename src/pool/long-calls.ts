import type { Clock } from '../base/clock.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import type { Parameters } from '../contract/value.ts'
import { runJob, runMany } from './bulk.ts'
import {
  asOfCaller,
  type ConnectionOptions,
  callOf,
  type InsertOptions,
  type InteractionOptions,
  type ManyOptions,
} from './calls.ts'
import { type InThreadCalls, refuseMarked } from './in-thread.ts'
import { type InsertRows, insertRows } from './insert.ts'
import { type InteractionSetting, type Interactions, type LentSetting, lentInside } from './interactions.ts'
import { checkIsolationLevel, ISOLATION_LEVEL } from './isolation-level.ts'
import type { Lease } from './lease.ts'
import type { Leases } from './leases.ts'
import { type Limit, within } from './limit.ts'
import { type CallOptions, checkBoolean, NO_OPTIONS, ownOptions } from './options.ts'
import { autocommitReads } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { type CheckedRetry, checkRetry } from './retry.ts'
import type { Session } from './session.ts'

const CALL = ['signal', 'timeout'] as const
const LEND = [...CALL, ...ISOLATION_LEVEL, 'rowMode', 'readOnly'] as const
const CONNECTION = [...LEND, 'autocommit'] as const
const INTERACTION = [...LEND, 'retry'] as const
const MANY = [...CALL, 'onProgress'] as const
const INSERT = [...MANY, 'columns'] as const

/** What these calls are told of their pool. */
export interface LongCallsSetting {
  readonly clock: Clock
  readonly retry: CheckedRetry
  /** The isolation level of transactions for which none is asked; undefined for the one that the database prefers. */
  readonly isolationLevel: IsolationLevel | undefined
}

/** What these calls are made of. */
export interface LongCallsParts {
  readonly interactions: Interactions
  readonly inThread: InThreadCalls
  readonly leases: Leases
}

/** Calls that have a connection for a while: interactions, lent connections, bulk. */
export class LongCalls {
  readonly #interactions: Interactions
  readonly #inThread: InThreadCalls
  readonly #leases: Leases
  readonly #preparer: Preparer
  readonly #setting: LongCallsSetting

  constructor(parts: LongCallsParts, preparer: Preparer, setting: LongCallsSetting) {
    this.#interactions = parts.interactions
    this.#inThread = parts.inThread
    this.#leases = parts.leases
    this.#preparer = preparer
    this.#setting = setting
  }

  /** Runs a callback in a transaction. */
  interaction(first: unknown, rest: unknown[]): Promise<unknown> {
    return this.#tracked(async () => {
      const { options, callback, args } = callOf<unknown>(first, rest)
      return await this.#limited(options, INTERACTION, (limit, own) =>
        this.#inThread.interaction(this.#interactionSetting(own, limit), callback, args),
      )
    })
  }

  /** Runs a marked function that takes no transaction in a database thread. */
  inThread(first: unknown, rest: unknown[]): Promise<unknown> {
    return this.#tracked(async () => {
      const { options, callback, args } = callOf(first, rest)
      return await this.#limited(options as CallOptions, CALL, (limit) =>
        this.#inThread.plain(this.#interactionSetting(NO_OPTIONS, limit), callback, args),
      )
    })
  }

  /** Lends a connection to a callback. */
  async connection(first: unknown, rest: unknown[]): Promise<unknown> {
    const { options, callback, args } = callOf<unknown>(first, rest)
    refuseMarked(callback, 'runWithConnection')
    return await this.#limited(options as ConnectionOptions, CONNECTION, (limit, own) =>
      this.#interactions.runWithConnection(this.#connectionSetting(own, limit), (connection) =>
        callback(connection, ...args),
      ),
    )
  }

  /** Lends a connection until it is given back. */
  async acquire(options: ConnectionOptions): Promise<Lease> {
    if (this.#interactions.current) throw lentInside('acquire')
    return await this.#limited(options, CONNECTION, (limit, own) =>
      this.#leases.acquire(this.#connectionSetting(own, limit)),
    )
  }

  executeMany(
    sql: string,
    sets: Iterable<Parameters> | AsyncIterable<Parameters>,
    options: ManyOptions,
  ): Promise<{ rowCount: number }> {
    return this.#tracked(async () => {
      this.#preparer.statement(sql)
      return await this.#limited(options, MANY, (limit, own) => {
        const bulk = asOfCaller(own)
        return this.#many(limit, (on) => runMany(on, sql, sets, bulk))
      })
    })
  }

  insertMany(table: string, rows: InsertRows, options: InsertOptions): Promise<{ rowCount: number }> {
    return this.#tracked(() =>
      this.#limited(options, INSERT, async (limit, own) => {
        const { quoteIdentifier: quote, placeholder } = this.#preparer
        const target = { table, columns: own.columns, quote, placeholder }
        const bulk = asOfCaller(own)
        return await insertRows(target, rows, (insert) => this.#many(limit, (on) => runJob(on, insert, bulk)))
      }),
    )
  }

  // Inside an interaction a call that nobody awaits is awaited by the interaction, which fails with it.
  #tracked<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.#interactions.current
    return scope ? scope.session.track(work) : work()
  }

  async #many<T>(limit: Limit | null, run: (session: Session) => Promise<T>): Promise<T> {
    const setting = { readOnly: false, isolationLevel: this.#levelOf(NO_OPTIONS), limit, byProgress: true }
    const scope = this.#interactions.current
    if (scope) return await this.#interactions.apart(scope, setting, run)
    // Not an interaction: what the source of the values does through the pool is none of this transaction's business.
    return await this.#interactions.transaction(setting, run)
  }

  /** Checks a call's options and works within their limit. */
  async #limited<O extends CallOptions, T>(
    options: O,
    known: readonly string[],
    work: (limit: Limit | null, own: O) => Promise<T>,
  ): Promise<T> {
    const own = ownOptions(options, known, 'the call')
    return await within(own, this.#setting.clock, (limit) => work(limit, own))
  }

  #connectionSetting(options: ConnectionOptions, limit: Limit | null): LentSetting {
    const autocommit = checkBoolean('autocommit', options.autocommit ?? false)
    const setting = this.#interactionSetting(options, limit)
    if (autocommit && setting.readOnly) throw autocommitReads()
    return { ...setting, autocommit }
  }

  #interactionSetting(options: InteractionOptions, limit: Limit | null): InteractionSetting {
    const { readOnly = false, rowMode } = options
    return {
      readOnly: checkBoolean('readOnly', readOnly),
      isolationLevel: this.#levelOf(options),
      rowMode: this.#preparer.rowMode(rowMode),
      limit,
      retry: checkRetry(options.retry, this.#setting.retry),
    }
  }

  // That of the pool is for transactions that begin, not for those inside others.
  #levelOf({ isolationLevel }: InteractionOptions): IsolationLevel | undefined {
    return checkIsolationLevel(isolationLevel, this.#interactions.current ? undefined : this.#setting.isolationLevel)
  }
}
