import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { type BlockingDriver, DriverError, type Tuple } from '../../contract/index.ts'
import { sqliteDriver } from '../sqlite/driver.ts'
import type { NativeChanges, NativeColumn, NativeDatabase, NativeOpening, NativeStatement } from '../sqlite/native.ts'
import type { SqliteOptions } from '../sqlite/options.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

/** The options that reach the thread. Users give none of the module's path: whoever checked the package adds it. */
export interface BetterSqliteOptions extends SqliteOptions {
  /** The file to load better-sqlite3 from, as {@link checkInstalled} gave it. */
  readonly modulePath?: string
}

/** SQLite through the package better-sqlite3. */
export const driver: BlockingDriver<BetterSqliteOptions> = sqliteDriver<BetterSqliteOptions>(info, openNative)

// The package ships no types; this is what is used of it.
interface Statement {
  readonly reader: boolean
  raw(): this
  safeIntegers(): this
  columns(): NativeColumn[]
  all(...values: readonly unknown[]): Tuple[]
  iterate(...values: readonly unknown[]): Iterator<Tuple>
  run(...values: readonly unknown[]): NativeChanges
}

interface Database {
  readonly inTransaction: boolean
  prepare(sql: string): Statement
  unsafeMode(unsafe: boolean): this
  close(): this
}

type DatabaseConstructor = new (
  filename: string,
  options: { readonly: boolean; fileMustExist: boolean; timeout: number },
) => Database

function openNative(opening: NativeOpening, options: BetterSqliteOptions): NativeDatabase {
  const Database = load(options.modulePath ?? checkInstalled())
  const filename = opening.filename === ':memory:' ? opening.filename : resolve(opening.filename)
  const database = new Database(filename, {
    readonly: opening.readOnly,
    fileMustExist: !opening.create,
    timeout: opening.busyTimeout,
  })
  return {
    get inTransaction() {
      return database.inTransaction
    },
    wantsGaps: true,
    prepare: (sql) => adapt(database.prepare(sql)),
    allowWritesWhileReading: (allowed) => {
      database.unsafeMode(allowed)
    },
    close: () => database.close(),
  }
}

function load(path: string): DatabaseConstructor {
  try {
    return createRequire(import.meta.url)(path)
  } catch (cause) {
    throw new DriverError(`The package better-sqlite3 is there but cannot be loaded: ${path}`, {
      code: 'DRIVER_LOAD_FAILED',
      kind: 'driver',
      cause,
    })
  }
}

function adapt(statement: Statement): NativeStatement {
  statement.safeIntegers()
  if (statement.reader) statement.raw()
  return {
    returnsRows: statement.reader,
    columns: () => statement.columns(),
    all: (values) => statement.all(...values),
    iterate: (values) => statement.iterate(...values),
    run: (values) => statement.run(...values),
  }
}
