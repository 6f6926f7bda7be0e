import { parentPort, workerData } from 'node:worker_threads'
import { openBetterSqlite3 } from './better-sqlite3-module.ts'
import type { DocsMessage, DocsWorkerData } from './docs-pool.ts'

const { file, settings, cached } = workerData as DocsWorkerData
const database = openBetterSqlite3(file, settings)
const kept = new Map<string, ReturnType<typeof database.prepare>>()

function keptStatement(sql: string) {
  const statement = kept.get(sql) ?? database.prepare(sql)
  kept.set(sql, statement)
  return statement
}

const prepare = cached ? keptStatement : (sql: string) => database.prepare(sql)

parentPort?.on('message', ({ sql, parameters }: DocsMessage) => {
  parentPort?.postMessage(prepare(sql).all(...parameters))
})
