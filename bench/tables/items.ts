import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'

/** A row of the table that rows are inserted into. Its key is the database's. */
export interface Item {
  readonly name: string
  readonly city: string
  readonly amount: number
  readonly note: string | null
}

export const TABLE = 'items'
export const COLUMNS = ['name', 'city', 'amount', 'note'] as const satisfies readonly (keyof Item)[]
export const INSERT = `INSERT INTO ${TABLE} (${COLUMNS.join(', ')}) VALUES (?, ?, ?, ?)`

const CITIES = ['Aarhus', 'Bergen', 'Coimbra', 'Dresden', 'Évora', 'Fribourg', 'Göteborg', 'Haarlem']

/** Always the same items, and more of them when more are asked for. */
export function makeItems(count: number): Item[] {
  const random = seededRandom(20_250_303)
  return Array.from({ length: count }, (_, index) => ({
    name: `item number ${index}`,
    city: CITIES[random(CITIES.length)] ?? '',
    amount: random(1_000_000) / 100,
    note: random(4) === 0 ? null : `seen ${random(1000)} times, last by ${random(100_000).toString(36)}`,
  }))
}

export function tupleOf({ name, city, amount, note }: Item): [string, string, number, string | null] {
  return [name, city, amount, note]
}

/** A file with an empty table `items`. */
export function createItems(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`CREATE TABLE ${TABLE} (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, amount REAL NOT NULL, note TEXT)`)
  database.close()
}

/** What stands in the table afterwards. */
export interface Stored {
  readonly count: number
  /** Of all amounts. */
  readonly sum: number
  /** Of the first `hashed` rows by key, without it. */
  readonly hash: string
}

export function storedItems(file: string, hashed: number): Stored {
  const database = new DatabaseSync(file)
  const rows = database.prepare(`SELECT ${COLUMNS.join(', ')} FROM ${TABLE} ORDER BY id LIMIT ?`).all(hashed)
  const all = database.prepare(`SELECT count(*) AS count, total(amount) AS sum FROM ${TABLE}`).get()
  database.close()
  return { count: Number(all?.count), sum: Number(all?.sum), hash: hashOf(rows) }
}

export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
}
