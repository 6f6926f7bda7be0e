import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, type } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { openBetterSqlite3 } from '../peers/better-sqlite3-module.ts'

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly system: string
  readonly node: string
  /** Versions of better-sqlite3 and of the SQLite inside it and inside Node. */
  readonly betterSqlite3: string
  readonly betterSqlite3Sqlite: string
  readonly nodeSqlite: string
}

const VERSION = 'SELECT sqlite_version() AS version'

export function describeMachine(): Machine {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json')
  const betterSqlite3 = openBetterSqlite3(':memory:', null)
  const nodeSqlite = new DatabaseSync(':memory:')
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    system: `${type()} ${release()}`,
    node: process.version,
    betterSqlite3: JSON.parse(readFileSync(manifest, 'utf8')).version,
    betterSqlite3Sqlite: String(betterSqlite3.prepare(VERSION).get()?.version),
    nodeSqlite: String(nodeSqlite.prepare(VERSION).get()?.version),
  }
}
