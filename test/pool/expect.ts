import assert from 'node:assert/strict'
import type { ConnectionPool, SqlError } from 'offloop'

/** What an error must say. */
export interface Expected {
  readonly code: string
  /** Left out for the platform's own TypeError and RangeError, which have none. */
  readonly kind?: string
  readonly message?: RegExp
}

// Abstract, so that any constructor fits.
type ErrorClass<E extends Error> = abstract new (...args: never[]) => E

/** Runs a call that must reject, or throw, with this very class, code and kind; gives the error. */
export async function refused<E extends Error>(
  call: () => unknown,
  Class: ErrorClass<E>,
  { code, kind, message }: Expected,
): Promise<E> {
  const error = await rejectionOf(call)
  assert.ok(error instanceof Class, `${String(error)} is no ${Class.name}`)
  const { name, code: actualCode, kind: actualKind } = error as E & Partial<SqlError>
  assert.deepEqual({ name, code: actualCode, kind: actualKind }, { name: Class.name, code, kind })
  if (message) assert.match(error.message, message)
  return error
}

/** What a call rejects with or throws. */
export async function rejectionOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return assert.fail('the call was to fail and did not')
}

/** How many calls a connection may take to answer the question whether it lives. */
const TURNS = 1000

/** Proves that a pool is as good as new: nobody waits, nothing is open, a read and a write transaction work. */
export async function usable(pool: ConnectionPool): Promise<void> {
  assert.deepEqual(await pool.runQuery('SELECT 1 AS one'), [{ one: 1 }])
  assert.deepEqual(await pool.runInteraction((txn) => txn.query('SELECT 2 AS two')), [{ two: 2 }])
  assert.equal(pool.stats().waiting, 0)
  // After a loss the other connections are asked whether they live, beside whatever else is done.
  const unsettled = () => pool.stats().lanes.filter(({ state }) => state !== 'idle' && state !== 'opening')
  for (let i = 0; i < TURNS && unsettled().some(({ state }) => state === 'recovering'); i++) {
    await pool.runQuery('SELECT 3 AS three')
  }
  assert.deepEqual(unsettled(), [])
}

/** All that an iterable gives. */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}
