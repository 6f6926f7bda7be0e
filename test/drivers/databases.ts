import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type {
  BlockingConnection,
  BlockingDriver,
  BlockingOpening,
  BoundValues,
  ErrorRecord,
  Role,
  Tuple,
} from '../../src/contract/index.ts'
import { driver as betterSqlite3 } from '../../src/drivers/better-sqlite3/blocking.ts'
import { driver as nodeSqlite } from '../../src/drivers/node-sqlite/blocking.ts'
import type { SqliteOptions } from '../../src/drivers/sqlite/options.ts'

/** Every SQLite driver; the tests of this folder run once for each. */
export const drivers: readonly BlockingDriver<SqliteOptions>[] = [nodeSqlite, betterSqlite3]

/** A folder that is gone when the test is over. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'offloop-drivers-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface Opening {
  readonly role?: Role
  readonly options?: Partial<SqliteOptions>
}

/** Opens a database; the connection is closed when the test is over. */
export function open(
  t: TestContext,
  driver: BlockingDriver<SqliteOptions>,
  filename: string,
  { role = 'writer', options = {} }: Opening = {},
): BlockingOpening {
  const plan = driver.plan({ filename, ...options })
  const opening = driver.connect(plan.options, { role, name: 'test' })
  t.after(() => opening.connection.close())
  return opening
}

export function memory(t: TestContext, driver: BlockingDriver<SqliteOptions>): BlockingConnection {
  return open(t, driver, ':memory:').connection
}

/** Runs a statement and gives its rows, or none when it has no result. */
export function run(connection: BlockingConnection, sql: string, values: BoundValues = []): Tuple[] {
  const cursor = connection.cursor()
  cursor.execute(sql, values)
  const rows = cursor.description ? cursor.fetchAll() : []
  cursor.close()
  return rows
}

/** The first value of the first row. */
export function one(connection: BlockingConnection, sql: string, values: BoundValues = []): unknown {
  return run(connection, sql, values)[0]?.[0]
}

/** What the driver makes of the error that `action` throws. */
export function failureOf(driver: BlockingDriver<SqliteOptions>, action: () => unknown): ErrorRecord {
  try {
    action()
  } catch (error) {
    return driver.failure(error)
  }
  throw new Error('nothing was thrown')
}

/** A connection with the table `t` of so many rows: id from 1, and a name. */
export function withTable(t: TestContext, driver: BlockingDriver<SqliteOptions>, rows: number = 0): BlockingConnection {
  const connection = memory(t, driver)
  run(connection, 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)')
  for (let id = 1; id <= rows; id++) run(connection, 'INSERT INTO t VALUES (?, ?)', [id, `name ${id}`])
  return connection
}

/** A statement that counts from 1 to its value `count`. */
export const COUNT = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT :count) SELECT i FROM n'

/** The first column of each row, as numbers. */
export function ids(rows: readonly Tuple[]): number[] {
  return rows.map((row) => Number(row[0]))
}
