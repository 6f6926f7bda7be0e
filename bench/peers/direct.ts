import type { Item } from '../tables/items.ts'
import { INSERT } from '../tables/items.ts'
import type { Prepare, Row, Session, Value } from './peer.ts'

/** What both blocking drivers have in common. */
export interface DirectDatabase {
  prepare(sql: string): {
    get(...values: Value[]): unknown
    all(...values: Value[]): unknown
    run(...values: Value[]): unknown
    iterate(...values: Value[]): Iterable<unknown>
  }
  exec(sql: string): void
  close(): void
}

/** A blocking driver called on the event loop, as one writes it by hand. */
export function openDirect(database: DirectDatabase): Session {
  const one: Prepare<Row | undefined> = (sql) => {
    const statement = database.prepare(sql)
    return async (...values) => statement.get(...values) as Row | undefined
  }
  const all: Prepare<Row[]> = (sql) => {
    const statement = database.prepare(sql)
    return async (...values) => statement.all(...values) as Row[]
  }
  const run: Prepare<unknown> = (sql) => {
    const statement = database.prepare(sql)
    return async (...values) => statement.run(...values)
  }
  return {
    one,
    all,
    run,
    stream: (sql) => iterated(database, sql),
    insertItems: async (items, times) => insertItems(database, items, times),
    insertTuples: async (tuples, times) => insertTuples(database, tuples, times),
    close: async () => database.close(),
  }
}

async function* iterated(database: DirectDatabase, sql: string): AsyncGenerator<Row> {
  for (const row of database.prepare(sql).iterate()) yield row as Row
}

function insertItems(database: DirectDatabase, items: readonly Item[], times: number): void {
  const insert = database.prepare(INSERT)
  database.exec('BEGIN')
  for (let time = 0; time < times; time++) {
    for (const { name, city, amount, note } of items) insert.run(name, city, amount, note)
  }
  database.exec('COMMIT')
}

function insertTuples(database: DirectDatabase, tuples: readonly Value[][], times: number): void {
  const insert = database.prepare(INSERT)
  database.exec('BEGIN')
  for (let time = 0; time < times; time++) for (const tuple of tuples) insert.run(...tuple)
  database.exec('COMMIT')
}
