import type {
  AbortableOperationOptions,
  CompiledQuery,
  DatabaseConnection,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import type { Row } from '../contract/value.ts'
import { NO_OPTIONS } from '../pool/options.ts'
import { type AnyPool, OUTCOME } from '../pool/pool.ts'
import { Hold } from './hold.ts'
import { parametersOf } from './parameters.ts'
import { resultOf } from './result.ts'
import { interactionOptions } from './settings.ts'

/**
 * What Kysely takes for a connection. A lone query goes through the pool, which gives it whichever connection suits it. One
 * that is kept (`db.connection()`), or is asked again, is a lent connection; a transaction is an interaction.
 */
export class PoolConnection implements DatabaseConnection {
  readonly #pool: AnyPool
  #pinned: Hold | null = null
  #transaction: Hold | null = null
  readonly #signal: AbortSignal | null
  #asked = false
  /** Stops the query that runs, when Kysely is asked to. */
  #running: AbortController | null = null

  /** @param signal of whoever may want to keep a connection, or may only ask a query; null where that is known */
  constructor(pool: AnyPool, signal: AbortSignal | null) {
    this.#pool = pool
    this.#signal = signal
  }

  /** Takes one connection for all that comes. */
  async pin(): Promise<void> {
    this.#pinned ??= await Hold.begin((callback) => this.#pool.runWithConnection({ autocommit: true }, callback))
  }

  async release(): Promise<void> {
    await this.#transaction?.undo()
    await this.#pinned?.keep()
    this.#transaction = null
    this.#pinned = null
  }

  async begin(settings: TransactionSettings): Promise<void> {
    const options = interactionOptions(settings)
    this.#transaction = await this.#inside(() => Hold.begin((callback) => this.#pool.runInteraction(options, callback)))
  }

  async commit(): Promise<void> {
    const { transaction } = this.#ended()
    await transaction?.keep()
  }

  async rollback(): Promise<void> {
    const { transaction } = this.#ended()
    await transaction?.undo()
  }

  async executeQuery<R>(query: CompiledQuery, { signal }: AbortableOperationOptions = {}): Promise<QueryResult<R>> {
    await this.#next(query)
    const values = parametersOf(query, this.#pool.dialect)
    const options = signal ? { signal: this.#stoppable() } : NO_OPTIONS
    const outcome = await this.#inside(() => this.#pool[OUTCOME](query.sql, values, options))
    return resultOf<R>(outcome)
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    { signal }: AbortableOperationOptions = {},
  ): AsyncGenerator<QueryResult<R>> {
    await this.#next(query)
    const values = parametersOf(query, this.#pool.dialect)
    const options = { pageSize: chunkSize, ...(signal && { signal }) }
    const rows = this.#pool.stream<Row>(query.sql, values, options)
    let chunk: Row[] = []
    try {
      for (;;) {
        const { value, done } = await this.#inside(() => rows.next())
        if (done) break
        chunk.push(value)
        if (chunk.length < chunkSize) continue
        yield { rows: chunk as R[] }
        chunk = []
      }
      if (chunk.length > 0) yield { rows: chunk as R[] }
    } finally {
      await rows.return()
    }
  }

  async collectSessionInfo(): Promise<void> {
    // The pool knows which connection runs what.
  }

  /** For `inflightQueryAbortStrategy: 'cancel query'`. */
  async cancelQuery(): Promise<void> {
    this.#running?.abort()
  }

  /** For `inflightQueryAbortStrategy: 'kill session'`: the pool does what it takes to be rid of the query. */
  async killSession(): Promise<void> {
    this.#running?.abort()
  }

  #stoppable(): AbortSignal {
    this.#running = new AbortController()
    return this.#running.signal
  }

  // Whoever asks twice on the same connection wants it to be the same. A select that comes first changes nothing on it.
  async #next({ query }: CompiledQuery): Promise<void> {
    const isAlone = !this.#asked && (this.#signal === null || query.kind === 'SelectQueryNode')
    if (!isAlone && !this.#transaction) await this.pin()
    this.#asked = true
  }

  #ended(): { transaction: Hold | null } {
    const transaction = this.#transaction
    this.#transaction = null
    return { transaction }
  }

  #inside<T>(work: () => T): T {
    const hold = this.#transaction ?? this.#pinned
    return hold ? hold.inside(work) : work()
  }
}
