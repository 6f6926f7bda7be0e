import { dirname, resolve } from 'node:path'
import { type BlockingOpening, type ConnectContext, OperationalError, ProgrammingError } from '../../contract/index.ts'
import { SqliteConnection } from './connection.ts'
import { sqliteCode } from './errors.ts'
import type { NativeDatabase, NativeOpening } from './native.ts'
import { isMemory, type SqliteOptions } from './options.ts'
import { OpenError } from './wrapped.ts'

/** Opens a native database, of whichever driver. */
export type OpenNative = (opening: NativeOpening) => NativeDatabase

/** Opens a database and sets explicitly all in which the drivers differ. Throws {@link OpenError}. */
export function openDatabase(options: SqliteOptions, context: ConnectContext, openNative: OpenNative): BlockingOpening {
  const readOnly = options.readOnly || context.role === 'reader'
  try {
    if (!isMemory(options)) refusePlace(options.filename)
    const { filename, create, busyTimeout } = options
    const database = openNative({ filename, readOnly, create: create && !readOnly, busyTimeout })
    const layout = prepareDatabase(database, options, readOnly) ? 'writer-readers' : 'one'
    return { connection: new SqliteConnection(database, options.statementCache, !readOnly), layout }
  } catch (error) {
    throw new OpenError(options.filename, error)
  }
}

// Of these two the drivers say different things, and not what is wrong.
function refusePlace(filename: string): void {
  // An import of node:fs would load all of it, streams and promises too: a tenth of the time that a thread starts in.
  const { existsSync, statSync } = process.getBuiltinModule('node:fs')
  const path = resolve(filename)
  if (!existsSync(dirname(path))) throw cannotOpen('its directory does not exist')
  if (existsSync(path) && statSync(path).isDirectory()) throw cannotOpen('it is a directory')
}

function cannotOpen(reason: string): OperationalError {
  return new OperationalError(reason, { code: 'SQLITE_CANTOPEN', kind: 'cannotOpen' })
}

/** Gives true when the database is in WAL mode, so that others can read while one writes. */
function prepareDatabase(database: NativeDatabase, options: SqliteOptions, readOnly: boolean): boolean {
  try {
    applyPragmas(database, options, readOnly)
    return readPragma(database, 'journal_mode') === 'wal'
  } catch (error) {
    database.close()
    throw error
  }
}

function applyPragmas(database: NativeDatabase, options: SqliteOptions, readOnly: boolean): void {
  // First, since all that follows may meet a lock.
  setPragma(database, 'busy_timeout', options.busyTimeout)
  setPragma(database, 'trusted_schema', 0)
  // Reads the first page: what is no database, or a damaged one, is found here and not in the first query.
  readPragma(database, 'schema_version')
  if (!readOnly && !isMemory(options) && !('journal_mode' in options.pragmas)) setWal(database, options.busyTimeout)
  // What a reader made the log grow to beyond this is given back once the log is emptied.
  if (!readOnly && !isMemory(options)) setPragma(database, 'journal_size_limit', WAL_KEPT)
  setPragma(database, 'synchronous', options.durability === 'power' ? 2 : 1)
  setPragma(database, 'foreign_keys', options.foreignKeys ? 1 : 0)
  // SQLite answers with less where its build allows less, and with nothing for a database in memory.
  runPragma(database, `mmap_size = ${options.mmapSize}`)
  setPragma(database, 'cache_size', -(options.cacheSize ?? (readOnly ? READER_CACHE : WRITER_CACHE)))
  applyOwnPragmas(database, options, readOnly)
}

function applyOwnPragmas(database: NativeDatabase, options: SqliteOptions, readOnly: boolean): void {
  const own = Object.entries(options.pragmas)
  if (own.length === 0) return
  const known = new Set(
    database
      .prepare('PRAGMA pragma_list')
      .all([])
      .map(([name]) => name),
  )
  for (const [name, value] of own) {
    // SQLite itself takes a misspelt pragma without a word.
    if (!known.has(name)) throw unknownPragma(name)
    // The journal mode belongs to the file: the writer sets it.
    if (!(readOnly && name === 'journal_mode')) runPragma(database, `${name} = ${value}`)
  }
}

/** KiB of page cache: what the drivers bring differs. Readers have the mapped file; see docs/decisions/003. */
const READER_CACHE = 2000
const WRITER_CACHE = 16_000

/** Bytes of the write-ahead log that are kept for what is written next. */
const WAL_KEPT = 64 * 1024 * 1024

const PAUSE = 5

/** Turns WAL on. SQLite does not wait for every lock it needs for that, so this waits. */
function setWal(database: NativeDatabase, busyTimeout: number): void {
  const deadline = performance.now() + busyTimeout
  for (;;) {
    try {
      runPragma(database, 'journal_mode = WAL')
      return
    } catch (error) {
      if (!(error instanceof Error) || !sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw error
      if (performance.now() >= deadline) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
  }
}

function runPragma(database: NativeDatabase, text: string): void {
  const statement = database.prepare(`PRAGMA ${text}`)
  if (statement.returnsRows) statement.all([])
  else statement.run([])
}

function setPragma(database: NativeDatabase, name: string, value: number): void {
  runPragma(database, `${name} = ${value}`)
  const answer = readPragma(database, name)
  if (Number(answer) === value) return
  throw new OperationalError(`PRAGMA ${name} is ${answer} although it was set to ${value}`, {
    code: 'PRAGMA_REFUSED',
    kind: 'unsupported',
  })
}

function readPragma(database: NativeDatabase, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).all([])[0]?.[0]
}

function unknownPragma(name: string): ProgrammingError {
  return new ProgrammingError(`SQLite knows no pragma called ${name}.`, { code: 'UNKNOWN_PRAGMA', kind: 'usage' })
}
