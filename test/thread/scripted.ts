import type { BlockingConnection, BlockingCursor, BoundValues, ExecuteHint } from '../../src/contract/blocking.ts'
import type { BlockingDriver } from '../../src/contract/driver.ts'
import { causeRecord } from '../../src/contract/failure.ts'
import { type Description, describeColumn, type Tuple } from '../../src/contract/value.ts'

/** What a scripted statement gives. */
export interface Script {
  readonly columns?: readonly string[]
  readonly rows?: Iterable<Tuple>
  readonly rowCount?: number
  readonly lastRowId?: number | bigint | null
}

/** What a scripted connection was asked to do, in order. */
export type Log = string[]

/** A blocking driver whose statements are functions of the test. */
export function scripted(
  scripts: Readonly<Record<string, (values: BoundValues, hint?: ExecuteHint) => Script>>,
  log: Log = [],
): BlockingDriver {
  return {
    name: 'scripted',
    apilevel: '2.0',
    threadsafety: 1,
    paramstyle: 'qmark',
    traits: { maxParameters: 100, infinity: true, nulInText: true, integerRange: [-(2n ** 63n), 2n ** 63n - 1n] },
    plan: () => ({ options: {}, layout: 'one', readOnly: false, label: 'scripted' }),
    shape: (sql) => ({ parameterCount: sql.split('?').length - 1, parameterNames: null, statementCount: 1 }),
    quoteIdentifier: (name) => `"${name}"`,
    connect: () => ({ connection: new ScriptedConnection(scripts, log), layout: 'one' }),
    failure: (thrown) => ({
      type: 'OperationalError',
      message: (thrown as Error).message,
      code: 'SCRIPTED',
      kind: 'other',
      cause: causeRecord(thrown),
    }),
  }
}

class ScriptedConnection implements BlockingConnection {
  readonly scripts: Readonly<Record<string, (values: BoundValues, hint?: ExecuteHint) => Script>>
  readonly log: Log
  inTransaction = false

  constructor(scripts: ScriptedConnection['scripts'], log: Log) {
    this.scripts = scripts
    this.log = log
  }

  cursor(): BlockingCursor {
    return new ScriptedCursor(this)
  }

  begin(mode: string): void {
    this.log.push(`begin ${mode}`)
    this.inTransaction = true
  }

  commit(): void {
    this.log.push('commit')
    this.inTransaction = false
  }

  rollback(): void {
    this.log.push('rollback')
    this.inTransaction = false
  }

  savepoint(name: string): void {
    this.log.push(`savepoint ${name}`)
  }

  releaseSavepoint(name: string): void {
    this.log.push(`release ${name}`)
  }

  rollbackToSavepoint(name: string): void {
    this.log.push(`rollback to ${name}`)
  }

  close(): void {
    this.log.push('close')
  }
}

class ScriptedCursor implements BlockingCursor {
  description: Description | null = null
  rowCount = -1
  lastRowId: number | bigint | null = null
  arraySize = 1
  readonly #connection: ScriptedConnection
  #rows: Iterator<Tuple> = [][Symbol.iterator]()

  constructor(connection: ScriptedConnection) {
    this.#connection = connection
  }

  execute(sql: string, values: BoundValues, hint?: ExecuteHint): void {
    this.#connection.log.push(sql)
    const script = this.#connection.scripts[sql]
    if (!script) throw new Error(`no script for ${sql}`)
    const { columns, rows = [], rowCount = -1, lastRowId = null } = script(values, hint)
    this.description = columns ? described(columns) : null
    this.#rows = rows[Symbol.iterator]()
    this.rowCount = rowCount
    this.lastRowId = lastRowId
  }

  executeMany(sql: string, sets: Iterable<BoundValues>): void {
    let total = 0
    for (const set of sets) {
      this.execute(sql, set)
      total += this.rowCount
    }
    this.rowCount = total
  }

  fetchOne(): Tuple | null {
    const { done, value } = this.#rows.next()
    return done ? null : value
  }

  fetchMany(size = this.arraySize): Tuple[] {
    const rows: Tuple[] = []
    for (let row = size > 0 ? this.fetchOne() : null; row; row = rows.length < size ? this.fetchOne() : null)
      rows.push(row)
    return rows
  }

  fetchAll(): Tuple[] {
    return [...this]
  }

  *[Symbol.iterator](): Iterator<Tuple> {
    for (let row = this.fetchOne(); row; row = this.fetchOne()) yield row
  }

  close(): void {
    this.#connection.log.push('close cursor')
  }
}

// The same object for the same columns, as the contract asks.
const descriptions = new Map<string, Description>()
function described(columns: readonly string[]): Description {
  const key = JSON.stringify(columns)
  const known = descriptions.get(key) ?? columns.map((name) => describeColumn(name, null))
  descriptions.set(key, known)
  return known
}
