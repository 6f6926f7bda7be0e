import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import { ConnectionPool, type PoolOptions } from 'offloop'

/** Whoever ends some time: a test's context, or `{ after }` inside a suite. */
export interface Owner {
  after(work: () => unknown): void
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
}

/** The one table of databases. */
export const databases: readonly Database[] = [sqlite('node-sqlite'), sqlite('better-sqlite3')]

function sqlite(driver: string): Database {
  const filename = (owner: Owner) => join(folder(owner), 'test.db')
  return {
    name: driver,
    driver,
    url: (owner) => `${driver}:${filename(owner)}`,
    connect: (owner) => ({ filename: filename(owner) }),
  }
}

/** A suite for every database. */
export function onEveryDatabase(define: (database: Database, suite: Owner) => void): void {
  for (const database of databases) describe(database.name, () => define(database, { after: (work) => after(work) }))
}

/** A pool on a database of its own, closed when the owner has ended. */
export function openPool(owner: Owner, database: Database, options: PoolOptions = {}): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(database.url(owner), options))
}

export function closedAtEnd(owner: Owner, pool: ConnectionPool): ConnectionPool {
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
