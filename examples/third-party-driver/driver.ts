/*
 * A driver that somebody else could have published: SQLite by way of node:sqlite, with one connection, in one file, by
 * what `offloop/driver` exports and nothing else. Its calls block, as if it were alone in its thread; `threaded` does the
 * rest.
 */
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import {
  type BlockingConnection,
  type BlockingCursor,
  type BlockingDriver,
  type BoundValues,
  causeRecord,
  type Description,
  describeColumn,
  type ErrorRecord,
  recordOf,
  SqlError,
  type StatementShape,
  type Tuple,
  threaded,
  type Value,
} from 'offloop/driver'

interface TinyOptions {
  readonly file: string
}

class TinyConnection implements BlockingConnection {
  readonly #database: DatabaseSync

  constructor({ file }: TinyOptions) {
    this.#database = new DatabaseSync(file)
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  cursor(): BlockingCursor {
    return new TinyCursor(this.#database)
  }

  begin(mode: 'write' | 'read'): void {
    this.#database.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
  }

  commit(): void {
    if (this.inTransaction) this.#database.exec('COMMIT')
  }

  rollback(): void {
    if (this.inTransaction) this.#database.exec('ROLLBACK')
  }

  savepoint(name: string): void {
    this.#database.exec(`SAVEPOINT ${quoteIdentifier(name)}`)
  }

  releaseSavepoint(name: string): void {
    this.#database.exec(`RELEASE ${quoteIdentifier(name)}`)
  }

  rollbackToSavepoint(name: string): void {
    this.#database.exec(`ROLLBACK TO ${quoteIdentifier(name)}`)
  }

  close(): void {
    this.#database.close()
  }
}

class TinyCursor implements BlockingCursor {
  description: Description | null = null
  rowCount = -1
  lastRowId: number | bigint | null = null
  arraySize = 1
  readonly #database: DatabaseSync
  #rows: Iterator<Tuple> = [].values()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  execute(sql: string, values: BoundValues): void {
    const statement = this.#database.prepare(sql)
    const columns = statement.columns()
    this.rowCount = -1
    this.lastRowId = null
    this.#rows = [].values()
    this.description = columns.length > 0 ? columns.map(({ name, type }) => describeColumn(name, type)) : null
    if (this.description) this.#rows = rowsOf(statement, values as Value[])
    else this.#change(statement, sql, values as Value[])
  }

  executeMany(sql: string, sets: Iterable<BoundValues>): void {
    let total = 0
    let index = 0
    for (const values of sets) {
      try {
        this.execute(sql, values)
      } catch (error) {
        throw new SetError(index, error)
      }
      total += this.rowCount
      index++
    }
    this.rowCount = total
  }

  fetchOne(): Tuple | null {
    const { done, value } = this.#rows.next()
    return done ? null : value
  }

  fetchMany(size: number = this.arraySize): Tuple[] {
    const rows: Tuple[] = []
    while (rows.length < size) {
      const row = this.fetchOne()
      if (!row) break
      rows.push(row)
    }
    return rows
  }

  fetchAll(): Tuple[] {
    return [...this]
  }

  *[Symbol.iterator](): Iterator<Tuple> {
    for (let row = this.fetchOne(); row; row = this.fetchOne()) yield row
  }

  close(): void {
    this.#rows.return?.()
    this.#rows = [].values()
  }

  // SQLite keeps the numbers of an earlier statement behind one that changes no rows.
  #change(statement: StatementSync, sql: string, values: Value[]): void {
    const { changes, lastInsertRowid } = statement.run(...values)
    const verb = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? ''
    if (['INSERT', 'UPDATE', 'DELETE'].includes(verb)) this.rowCount = Number(changes)
    if (verb === 'INSERT') this.lastRowId = lastInsertRowid
  }
}

// Integers as bigint, since one beyond 2^53 would be lost as a number; whoever asked narrows them.
function rowsOf(statement: StatementSync, values: Value[]): Iterator<Tuple> {
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement.iterate(...values) as unknown as Iterator<SQLOutputValue[]>
}

/** Which of many sets failed. */
class SetError extends Error {
  readonly index: number

  constructor(index: number, cause: unknown) {
    super('a set of values failed', { cause })
    this.index = index
  }
}

type Meaning = Pick<ErrorRecord, 'type' | 'kind'>

/** SQLite's result codes, the extended ones, in the words that all databases share. */
const meanings = new Map<number, Meaning>([
  [5, { type: 'OperationalError', kind: 'busy' }],
  [8, { type: 'OperationalError', kind: 'readOnly' }],
  [11, { type: 'InternalError', kind: 'corrupt' }],
  [13, { type: 'OperationalError', kind: 'full' }],
  [14, { type: 'OperationalError', kind: 'cannotOpen' }],
  [26, { type: 'OperationalError', kind: 'notADatabase' }],
  [275, { type: 'IntegrityError', kind: 'check' }],
  [787, { type: 'IntegrityError', kind: 'foreignKey' }],
  [1299, { type: 'IntegrityError', kind: 'notNull' }],
  [1555, { type: 'IntegrityError', kind: 'unique' }],
  [2067, { type: 'IntegrityError', kind: 'unique' }],
])

function failure(thrown: unknown): ErrorRecord {
  if (thrown instanceof SetError) return { ...failure(thrown.cause), index: thrown.index }
  if (thrown instanceof SqlError) return recordOf(thrown)
  const { errcode = 0, message = String(thrown) } = thrown as { errcode?: number; message?: string }
  const unknown: Meaning = { type: 'ProgrammingError', kind: /^no such/.test(message) ? 'missing' : 'syntax' }
  const meaning = meanings.get(errcode) ?? meanings.get(errcode & 255) ?? unknown
  return {
    ...meaning,
    message,
    code: `SQLITE_${errcode}`,
    retryable: meaning.kind === 'busy',
    cause: causeRecord(thrown),
  }
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|./gs

/** Counts placeholders and statements; what stands in literals and comments is neither. */
function shape(sql: string): StatementShape {
  let parameterCount = 0
  let statementCount = 0
  let inStatement = false
  for (const [token] of sql.matchAll(TOKEN)) {
    if (/^(?:--|\/\*|\s)/.test(token)) continue
    if (token === '?') parameterCount++
    if (token !== ';' && !inStatement) statementCount++
    inStatement = token !== ';'
  }
  const controlsTransaction = /^\s*(?:BEGIN|COMMIT|END|ROLLBACK)\b/i.test(sql)
  return { parameterCount, parameterNames: null, statementCount, controlsTransaction }
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export const driver: BlockingDriver<TinyOptions> = {
  name: 'tiny-sqlite',
  apilevel: '2.0',
  threadsafety: 1,
  paramstyle: 'qmark',
  traits: { maxParameters: 32_766, infinity: true, nulInText: false, integerRange: [-(2n ** 63n), 2n ** 63n - 1n] },
  plan(source) {
    const { file, ...others } = typeof source === 'string' ? { file: source } : source
    for (const name of Object.keys(others)) throw new TypeError(`tiny-sqlite has no option ${name}`)
    if (typeof file !== 'string' || file === '') throw new TypeError('file must be the name of a file')
    return { options: { file }, layout: 'one', readOnly: false, label: `tiny-sqlite:${file}` }
  },
  shape,
  quoteIdentifier,
  failure,
  connect: (options) => ({ connection: new TinyConnection(options), layout: 'one' }),
}

export default threaded(driver, import.meta.url)
