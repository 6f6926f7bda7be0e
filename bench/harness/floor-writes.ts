import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { openBetterSqlite3 } from '../peers/better-sqlite3-module.ts'
import type { Settings } from '../peers/settings.ts'
import { createItems, INSERT, makeItems, removeDatabase, tupleOf } from '../tables/items.ts'

/** Inserts rows, each its own transaction, into a new file. */
export function commits(file: string, settings: Settings, count: number): () => void {
  return () => {
    createItems(file)
    const database = openBetterSqlite3(file, settings)
    const insert = database.prepare(INSERT)
    for (const item of makeItems(count)) insert.run(...tupleOf(item))
    database.close()
    removeDatabase(file)
  }
}

/** Writes pages to a file and waits for the disk after each. */
export function syncs(file: string, count: number): () => void {
  const page = Buffer.alloc(4096)
  return () => {
    const descriptor = openSync(file, 'w')
    for (let write = 0; write < count; write++) {
      writeSync(descriptor, page)
      fdatasyncSync(descriptor)
    }
    closeSync(descriptor)
    rmSync(file)
  }
}
