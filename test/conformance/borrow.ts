import type { ConnectionPool, Cursor, Tuple } from 'offloop'
import type { Dialect } from '../dialects.ts'

/** What a borrowed connection and a transaction have in common: they give cursors. */
export type GiveCursor = () => Cursor<Tuple>

/**
 * Makes the table `beers` of one text column, with these names in it, and lends cursors on it. There are `numbered` and
 * `kinds` besides, which are empty.
 */
export type Borrow = <T>(names: readonly string[], use: (cursor: GiveCursor) => Promise<T>) => Promise<T>

export const samples = ['Carlton Cold', 'Carlton Draft', 'Mountain Goat', 'Redback', 'Victoria Bitter', 'XXXX']

export async function makeBeers(
  pool: ConnectionPool,
  { sql, types }: Dialect,
  names: readonly string[],
): Promise<void> {
  await pool.runOperation('DROP TABLE IF EXISTS beers')
  await pool.runOperation(`CREATE TABLE beers (name ${types.name})`)
  await pool.runOperation('DROP TABLE IF EXISTS numbered')
  await pool.runOperation(`CREATE TABLE numbered (id ${types.key}, name ${types.name} UNIQUE)`)
  await pool.runOperation('DROP TABLE IF EXISTS kinds')
  await pool.runOperation(`CREATE TABLE kinds (id INTEGER PRIMARY KEY, t ${types.text}, b ${types.bytes})`)
  await pool.executeMany(sql('INSERT INTO beers VALUES (?)'), names)
}

/** Both ways to a cursor, by name. */
export function waysToBorrow(pool: ConnectionPool, dialect: Dialect): [name: string, borrow: Borrow][] {
  const viaConnection: Borrow = async (names, use) => {
    await makeBeers(pool, dialect, names)
    return pool.runWithConnection((connection) => use(() => connection.cursor<Tuple>({ rowMode: 'array' })))
  }
  const viaTransaction: Borrow = async (names, use) => {
    await makeBeers(pool, dialect, names)
    return pool.runInteraction((txn) => use(() => txn.cursor<Tuple>({ rowMode: 'array' })))
  }
  return [
    ['a cursor of a connection', viaConnection],
    ['a cursor of a transaction', viaTransaction],
  ]
}

/** The first column of each row. */
export function first(rows: readonly Tuple[]): unknown[] {
  return rows.map((row) => row[0])
}
