import { openBetterSqlite3, type Statement } from './better-sqlite3-module.ts'
import type { DocsMessage } from './docs-pool.ts'
import type { Settings } from './settings.ts'

/** What a peer's thread does with a message: runs it on better-sqlite3 and gives its rows, or what it changed. */
export function openQueries(
  file: string,
  settings: Settings | null,
  cached: boolean,
): (message: DocsMessage) => unknown {
  const database = openBetterSqlite3(file, settings)
  const kept = new Map<string, Statement>()
  const keptStatement = (sql: string) => {
    const statement = kept.get(sql) ?? database.prepare(sql)
    kept.set(sql, statement)
    return statement
  }
  const prepare = cached ? keptStatement : (sql: string) => database.prepare(sql)
  return ({ sql, parameters }) => {
    const statement = prepare(sql)
    return statement.reader ? statement.all(...parameters) : statement.run(...parameters)
  }
}
