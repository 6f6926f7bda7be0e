import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import { ConnectionPool, type PoolOptions } from 'offloop'
import { fullTuning, type Tuning } from '../src/contract/tuning.ts'
import { driverNames } from '../src/drivers/catalogue.ts'
import { type Dialect, mariadb, mysql, postgres, sqlite as sqliteDialect } from './dialects.ts'
import { newDatabase, whyMissing } from './servers/clerk.ts'

/** Whoever ends some time: a test's context, or `{ after }` inside a suite. */
export interface Owner {
  after(work: () => unknown): void
}

/** Which ways of being faster are on. */
export interface Switches {
  readonly tuning: Tuning
  /** A driver's option; left out it is the driver's own number. */
  readonly statementCache?: number | undefined
}

/** For every way of being faster: that one off, all others on. */
export const switchedOff: Readonly<Record<keyof Tuning | 'statementCache', Switches>> = {
  groupCommit: { tuning: { ...fullTuning, groupCommit: false } },
  readBatches: { tuning: { ...fullTuning, readBatches: false } },
  columnChunks: { tuning: { ...fullTuning, columnChunks: false } },
  adaptiveWaking: { tuning: { ...fullTuning, adaptiveWaking: false } },
  statementCache: { tuning: fullTuning, statementCache: 0 },
}

/** All of them off. */
export const everythingOff: Required<Switches> = {
  tuning: { groupCommit: false, readBatches: false, columnChunks: false, adaptiveWaking: false },
  statementCache: 0,
}

/** One database that all tests of common behaviour run on. */
export interface Database {
  readonly name: string
  /** The name under which a pool finds the driver. */
  readonly driver: string
  /** The URL of a database of its own that is gone when the owner has ended. */
  url(owner: Owner): string
  /** The same as the driver's own connect options. */
  connect(owner: Owner): Record<string, unknown>
  /** What pools on it are told unless a test says otherwise. */
  readonly options: PoolOptions
  /** How it writes what tests say in SQL. */
  readonly dialect: Dialect
  /** Why it cannot be had here, or null. Whoever asks first may wait for a server to start. */
  whyMissing?(): string | null
}

/** The databases as users have them. */
export const tunedDatabases: readonly Database[] = [sqlite('node-sqlite'), sqlite('better-sqlite3')]

/** A database whose connections live each in a process of its own. */
const processDatabase = inProcesses(sqlite('node-sqlite'))

/** The one table of databases: those, and one on which everything that makes a pool faster is switched off. */
export const databases: readonly Database[] = [...tunedDatabases, plain(sqlite('node-sqlite'))]

/** Servers, each with a database of its own for every test that asks. */
export const servers: readonly Database[] = [
  server('postgres', 'pg', postgres),
  server('mariadb', 'mysql', mariadb),
  server('mysql', 'mysql', mysql),
].filter(({ driver }) => driverNames.includes(driver))

function sqlite(driver: string): Database {
  const filename = (owner: Owner) => join(folder(owner), 'test.db')
  return {
    name: driver,
    driver,
    url: (owner) => `${driver}:${filename(owner)}`,
    connect: (owner) => ({ filename: filename(owner) }),
    options: {},
    dialect: sqliteDialect,
  }
}

function server(name: 'postgres' | 'mariadb' | 'mysql', driver: string, dialect: Dialect): Database {
  const url = (owner: Owner) => {
    const made = newDatabase(name)
    atEnd(owner, made.drop)
    return made.url
  }
  const connect = (owner: Owner) => {
    const { hostname: host, port, username: user, pathname } = new URL(url(owner))
    return { host, port: Number(port), user, database: pathname.slice(1) }
  }
  return { name, driver, url, connect, options: {}, dialect, whyMissing: () => whyMissing(name) }
}

/** The same database without anything that makes a pool faster. */
function plain(database: Database): Database {
  const { tuning, statementCache } = everythingOff
  return {
    name: `${database.name}, plain`,
    driver: database.driver,
    url: (owner) => `${database.url(owner)}?statementCache=${statementCache}`,
    connect: (owner) => ({ ...database.connect(owner), statementCache }),
    options: tuning,
    dialect: database.dialect,
  }
}

/** The same database with a process for each connection. */
function inProcesses(database: Database): Database {
  return { ...database, name: `${database.name}, in processes`, options: { isolation: 'process' } }
}

type Define = (database: Database, suite: Owner) => void

/** A suite for every database. */
export function onEveryDatabase(define: Define): void {
  onEach(databases, define)
}

/** A suite for every database, and for connections in processes: for what crosses to a connection, and how calls end. */
export function onEveryIsolation(define: Define): void {
  onEach([...databases, processDatabase], define)
}

/** A suite for every database with everything on: for what shows a switch itself, or where no switch can matter. */
export function onTunedDatabases(define: Define): void {
  onEach(tunedDatabases, define)
}

/** The same, and for every server. */
export function onTunedAndServers(define: Define): void {
  onEach([...tunedDatabases, ...servers], define)
}

/** A suite for every server. */
export function onServers(define: Define): void {
  onEach(servers, define)
}

/** A suite for every database, servers included. */
export function everywhere(define: Define): void {
  onEach([...databases, ...servers], define)
}

/** {@link everywhere}, and on connections in processes. */
export function everywhereIsolated(define: Define): void {
  onEach([...databases, processDatabase, ...servers], define)
}

/** A database that cannot be had is skipped, for the reason that is told; `npm test` tells it once more at its end. */
function onEach(table: readonly Database[], define: Define): void {
  for (const database of table) {
    const skip = database.whyMissing?.() ?? false
    describe(database.name, { skip }, () => define(database, suiteOwner()))
  }
}

/** The suite that is being defined. What a test of it asks for is done when the suite has ended, too. */
function suiteOwner(): Owner {
  const works: (() => unknown)[] = []
  after(async () => {
    for (const work of works) await work()
  })
  return { after: (work) => void works.push(work) }
}

const never = Number.POSITIVE_INFINITY

/** Options of a pool that sets no timers but those of calls: tests count timers. */
export const unwatched = {
  connectTimeout: never,
  idleTimeout: never,
  leakWarning: never,
  validateAfterIdle: never,
} satisfies PoolOptions

/** A pool on a database of its own, closed when the owner has ended. */
export function openPool(owner: Owner, database: Database, options: PoolOptions = {}): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(database.url(owner), { ...unwatched, ...database.options, ...options }))
}

export function closedAtEnd<P extends Pick<ConnectionPool, 'close'>>(owner: Owner, pool: P): P {
  atEnd(owner, () => pool.close())
  return pool
}

/** A folder of its own that is gone when the owner has ended. */
export function folder(owner: Owner): string {
  const path = mkdtempSync(join(tmpdir(), 'offloop-'))
  atEnd(owner, () => rmSync(path, { recursive: true, force: true }))
  return path
}

const endings = new WeakMap<Owner, (() => unknown)[]>()

/** Does `work` when the owner has ended, what was asked for last first. */
export function atEnd(owner: Owner, work: () => unknown): void {
  const known = endings.get(owner)
  if (known) return void known.push(work)
  const works = [work]
  endings.set(owner, works)
  owner.after(async () => {
    for (const next of works.reverse()) await next()
  })
}
