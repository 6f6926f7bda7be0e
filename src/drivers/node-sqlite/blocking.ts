import { resolve } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type BlockingDriver, ProgrammingError, type Tuple } from '../../contract/index.ts'
import { sqliteDriver } from '../sqlite/driver.ts'
import type { NativeArguments, NativeDatabase, NativeOpening, NativeStatement } from '../sqlite/native.ts'
import type { SqliteOptions } from '../sqlite/options.ts'
import { shape } from '../sqlite/scan.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

/** SQLite through the module that is part of Node.js. */
export const driver: BlockingDriver<SqliteOptions> = sqliteDriver(info, openNative)

function openNative(opening: NativeOpening): NativeDatabase {
  checkInstalled()
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(location(opening), {
    readOnly: opening.readOnly,
    timeout: opening.busyTimeout,
    // Later versions of Node know it and turn it on by themselves; better-sqlite3 does so too.
    defensive: true,
  })
  return {
    get inTransaction() {
      return database.isTransaction
    },
    wantsGaps: false,
    prepare: (sql) => adapt(database, sql),
    close: () => database.close(),
  }
}

/** Node has no option against creating a file, but SQLite's own URL has. */
function location({ filename, create, readOnly }: NativeOpening): string {
  if (filename === ':memory:') return filename
  const path = resolve(filename)
  return create || readOnly ? path : `${pathToFileURL(path).href}?mode=rw`
}

function adapt(database: DatabaseSync, sql: string): NativeStatement {
  const statement = database.prepare(sql)
  refuseTail(statement, sql)
  statement.setReturnArrays(true)
  statement.setReadBigInts(true)
  return {
    returnsRows: statement.columns().length > 0,
    columns: () => statement.columns(),
    all: (values) => statement.all(...inputs(values)) as unknown as Tuple[],
    iterate: (values) => statement.iterate(...inputs(values)) as unknown as Iterator<Tuple>,
    run: (values) => statement.run(...inputs(values)),
  }
}

// Node tells an object of named values from a value by looking; its types want to be told.
function inputs(values: NativeArguments): SQLInputValue[] {
  return values as SQLInputValue[]
}

/** Node runs the first statement of a text and forgets the rest without a word. */
function refuseTail(statement: StatementSync, sql: string): void {
  const { sourceSQL } = statement
  if (sourceSQL.length === sql.length) return
  if (shape(sql.slice(sourceSQL.length)).statementCount === 0) return
  throw new ProgrammingError('The SQL text holds more than one statement. Run them one by one.', {
    code: 'MULTIPLE_STATEMENTS',
    kind: 'syntax',
  })
}
