import { createRequire } from 'node:module'
import type { Row, Value } from './peer.ts'
import { pragmas, type Settings } from './settings.ts'

// The package ships no types; this is what the benchmarks use of it.
export interface Statement {
  readonly reader: boolean
  get(...values: Value[]): Row | undefined
  all(...values: Value[]): Row[]
  run(...values: Value[]): unknown
  iterate(...values: Value[]): Iterable<Row>
}

export interface Database {
  prepare(sql: string): Statement
  exec(sql: string): void
  close(): void
}

const BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3') as new (file: string) => Database

export function openBetterSqlite3(file: string, settings: Settings | null): Database {
  const database = new BetterSqlite3(file)
  for (const sql of pragmas(settings)) database.exec(sql)
  return database
}
