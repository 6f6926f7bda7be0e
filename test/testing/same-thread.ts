import type {
  BlockingConnection,
  BlockingCursor,
  ConnectContext,
  Connection,
  Driver,
  ErrorRecord,
  Layout,
  OpenResult,
  Outcome,
  Page,
  Query,
  Role,
  TransactionMode,
  Tuple,
  Value,
} from '../../src/contract/index.ts'
import { Failure, tooLargeRecord } from '../../src/contract/index.ts'
import { driver as blocking } from '../../src/drivers/node-sqlite/blocking.ts'
import type { SqliteOptions } from '../../src/drivers/sqlite/options.ts'

/** Rows between two looks at the signal. */
const STEP = 100

/**
 * A connection that blocks the loop and is right in all else. A wrong driver is this one with one method changed.
 */
export class SameThread implements Connection {
  readonly layout: Layout
  readonly closed: Promise<Failure | null>
  protected readonly blocking: BlockingConnection
  readonly #role: Role
  readonly #gone: (failure: Failure | null) => void
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<Failure | null> | null = null

  constructor(options: SqliteOptions, context: ConnectContext) {
    const { connection, layout } = blocking.connect(options, context)
    this.blocking = connection
    this.layout = layout
    this.#role = context.role
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    this.closed = promise
    this.#gone = resolve
  }

  query(query: Query): Promise<Outcome | Failure> {
    return this.inTurn(() => this.#undoable(query, () => this.#whole(query)))
  }

  queryMany(query: Omit<Query, 'values' | 'rowMode'>, sets: Iterable<readonly Value[]>): Promise<Outcome | Failure> {
    return this.inTurn(async () => {
      this.#refuse(query)
      const cursor = this.blocking.cursor()
      cursor.executeMany(query.sql, sets)
      return this.outcome(cursor, [], 'array')
    })
  }

  open(query: Query, size: number): Promise<OpenResult | Failure> {
    return this.inTurn(async () => {
      this.#refuse(query)
      const cursor = this.blocking.cursor()
      cursor.execute(query.sql, query.values)
      const page = (count: number): Page => {
        const rows = cursor.description ? cursor.fetchMany(count) : []
        return { ...this.outcome(cursor, rows, query.rowMode), more: rows.length === count }
      }
      return {
        first: page(size),
        next: (count) => this.inTurn(async () => page(count)),
        close: () => this.done(() => cursor.close()),
      }
    })
  }

  begin(mode: TransactionMode): Promise<Failure | null> {
    return this.done(() => this.blocking.begin(mode))
  }

  commit(): Promise<Failure | null> {
    return this.done(() => {
      this.blocking.cursor().close()
      if (!this.blocking.inTransaction) throw new Refused(goneRecord)
      this.blocking.commit()
    })
  }

  rollback(): Promise<Failure | null> {
    return this.done(() => this.blocking.rollback())
  }

  savepoint(name: string): Promise<Failure | null> {
    return this.done(() => this.blocking.savepoint(name))
  }

  releaseSavepoint(name: string): Promise<Failure | null> {
    return this.done(() => this.blocking.releaseSavepoint(name))
  }

  rollbackToSavepoint(name: string): Promise<Failure | null> {
    return this.done(() => this.blocking.rollbackToSavepoint(name))
  }

  close(): Promise<Failure | null> {
    this.#closing ??= this.inTurn(async () => {
      try {
        this.blocking.close()
      } finally {
        this.#gone(null)
      }
      return null
    })
    return this.#closing
  }

  /** Runs `work` after all that was asked before; what it throws becomes a Failure. */
  protected inTurn<T>(work: () => Promise<T>): Promise<T | Failure> {
    const turn = this.#last.then(work).catch((thrown: unknown) => new Failure(recordOf(thrown)))
    this.#last = turn
    return turn
  }

  protected done(work: () => void): Promise<Failure | null> {
    return this.inTurn(async () => {
      work()
      return null
    })
  }

  /** What a statement gave, with values as rows have them. */
  protected outcome(cursor: BlockingCursor, tuples: readonly Tuple[], rowMode: Query['rowMode']): Outcome {
    const { description, rowCount, lastRowId } = cursor
    const names = description?.map((column) => column.name) ?? []
    if (rowMode === 'object' && new Set(names).size < names.length) throw new Refused(duplicateRecord)
    const rows = tuples.map((tuple) => tuple.map((value) => this.value(value)))
    const objects = () => rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
    return { rows: rowMode === 'array' ? rows : objects(), description, rowCount, lastRowId, databaseTime: 0 }
  }

  protected value(value: Value): Value {
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  /** Whether a statement that belongs to a transaction may run. */
  protected transactionIsThere(query: Pick<Query, 'inTransaction'>): boolean {
    return !query.inTransaction || this.blocking.inTransaction
  }

  #refuse(query: Pick<Query, 'inTransaction' | 'signal'>): void {
    if (query.signal?.aborted) throw new Refused(abortedRecord)
    if (!this.transactionIsThere(query)) throw new Refused(goneRecord)
  }

  /** Runs `work`, and undoes it when its signal was aborted meanwhile. */
  async #undoable<T>(query: Query, work: () => Promise<T>): Promise<T> {
    this.#refuse(query)
    if (!query.signal || query.inTransaction || this.#role === 'reader') return work()
    this.blocking.begin('write')
    try {
      const result = await work()
      this.blocking.commit()
      return result
    } catch (error) {
      this.blocking.rollback()
      throw error
    }
  }

  async #whole(query: Query): Promise<Outcome> {
    const cursor = this.blocking.cursor()
    try {
      cursor.execute(query.sql, query.values)
      if (!cursor.description) return this.outcome(cursor, [], query.rowMode)
      const rows = query.signal ? await this.#stoppable(cursor, query.signal) : atMost(cursor, query.maxRows)
      return this.outcome(cursor, rows, query.rowMode)
    } finally {
      cursor.close()
    }
  }

  async #stoppable(cursor: BlockingCursor, signal: AbortSignal): Promise<Tuple[]> {
    const rows: Tuple[] = []
    for (;;) {
      const page = cursor.fetchMany(STEP)
      rows.push(...page)
      if (page.length < STEP) return rows
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted) throw new Refused(abortedRecord)
    }
  }
}

function atMost(cursor: BlockingCursor, maxRows: number | undefined): Tuple[] {
  if (maxRows === undefined) return cursor.fetchAll()
  const rows = cursor.fetchMany(maxRows + 1)
  if (rows.length > maxRows) throw new Refused(tooLargeRecord(maxRows))
  return rows
}

type Opens = new (options: SqliteOptions, context: ConnectContext) => Connection

/** A driver whose connections are made by this class. */
export function sameThreadDriver(name: string, Connection: Opens): Driver<SqliteOptions> {
  return {
    ...blocking,
    name,
    async connect(options, context) {
      await context.after
      try {
        return new Connection(options, context)
      } catch (error) {
        throw new Failure(blocking.failure(error)).toError()
      }
    },
  }
}

class Refused extends Error {
  readonly record: ErrorRecord

  constructor(record: ErrorRecord) {
    super(record.message)
    this.record = record
  }
}

function recordOf(thrown: unknown): ErrorRecord {
  return thrown instanceof Refused ? thrown.record : blocking.failure(thrown)
}

const goneRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message: 'there is no transaction',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

const abortedRecord: ErrorRecord = { type: 'AbortError', message: 'aborted', code: 'ABORTED', kind: 'aborted' }

const duplicateRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message: 'two columns have one name',
  code: 'DUPLICATE_COLUMN',
  kind: 'usage',
}
