import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { type ConnectionPool, type Parameters, type Tuple, UnsupportedValueError, type Value } from 'offloop'
import { collect } from '../pool/expect.ts'

/** What became of values that were given to a database. */
export interface ValueFigures {
  readonly given: number
  /** Came back equal, alone and in a table, in every way of reading. */
  readonly equal: number
  readonly refused: number
  /** Came back as something else. */
  readonly changed: readonly unknown[]
  /** Failed in another way, or were refused although any database takes them. */
  readonly wronglyRefused: readonly unknown[]
}

const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n
/** Any UTF-16 text, halves of surrogate pairs included. */
const halves = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })

const values = fc.oneof(
  { weight: 12, arbitrary: fc.double() },
  { weight: 8, arbitrary: fc.integer() },
  { weight: 8, arbitrary: fc.maxSafeInteger() },
  { weight: 4, arbitrary: fc.constantFrom(0, -0, 2 ** 53, -(2 ** 53), 2 ** 63, Number.MAX_VALUE, 5e-324, null) },
  { weight: 12, arbitrary: fc.bigInt({ min: LOWEST, max: HIGHEST }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 4n * LOWEST, max: 4n * HIGHEST }) },
  { weight: 12, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 8, arbitrary: fc.string() },
  { weight: 2, arbitrary: halves },
  { weight: 10, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
  { weight: 2, arbitrary: fc.date({ noInvalidDate: false }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, true, false, Symbol('s'), () => 1, class {}, /x/) },
  { weight: 1, arbitrary: fc.float32Array({ maxLength: 4 }) },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2, maxKeys: 3, withBigInt: true, withDate: true, withSet: true }) },
)

/** Whether every database takes it: what it stores of it must then be the very same. */
function isPlain(value: unknown): value is Value {
  if (value === null || value instanceof Uint8Array) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'bigint') return value >= LOWEST && value <= HIGHEST
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
}

/** The value as a row has it. */
function inRow(value: Value): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return value instanceof Uint8Array ? new Uint8Array(value) : value
}

function isSame(got: unknown, given: Value): boolean {
  const expected = inRow(given)
  return typeof expected === 'object' ? isDeepStrictEqual(got, expected) : Object.is(got, expected)
}

/** Gives generated values to a database, each alone, and all that it takes in one table; compares what comes back. */
export async function roundTrips(pool: ConnectionPool, count: number, seed: number): Promise<ValueFigures> {
  const given = fc.sample(values, { numRuns: count, seed })
  const changed: unknown[] = []
  const wronglyRefused: unknown[] = []
  const stored: Value[] = []
  const one = async (value: unknown) => {
    try {
      const [row] = await pool.runQuery('SELECT ? AS value', [value] as Parameters)
      stored.push(value as Value)
      if (!isSame(row?.value, value as Value)) changed.push(value)
    } catch (error) {
      if (isPlain(value) || !(error instanceof UnsupportedValueError)) wronglyRefused.push(value)
    }
  }
  for (let at = 0; at < given.length; at += 1000) await Promise.all(given.slice(at, at + 1000).map(one))
  changed.push(...(await changedInTable(pool, stored)))
  return {
    given: count,
    equal: stored.length - changed.length,
    refused: count - stored.length,
    changed,
    wronglyRefused,
  }
}

/** The values that come back from a table as something else, whichever way they go in and out. */
async function changedInTable(pool: ConnectionPool, stored: readonly Value[]): Promise<Value[]> {
  const read = 'SELECT value FROM round_trips ORDER BY id'
  await pool.runOperation('CREATE TABLE round_trips (id INTEGER PRIMARY KEY, value)')
  const half = stored.length >> 1
  await pool.insertMany(
    'round_trips',
    stored.slice(0, half).map((value, id) => ({ id, value })),
  )
  const sets = stored.slice(half).map((value, at): Parameters => [half + at, value])
  await pool.executeMany('INSERT INTO round_trips VALUES (?, ?)', sets)
  const { columns } = await pool.runQuery<{ value: Value }>(read, [], { rowMode: 'columns' })
  const ways = [
    (await pool.runQuery<Tuple>(read, [], { rowMode: 'array' })).map(([value]) => value),
    (await collect(pool.stream(read))).map((row) => row.value),
    (await pool.runInteraction((txn) => txn.query(read))).map((row) => row.value),
    // Values of so many types in one column stand there as in rows.
    [...columns.value.values],
  ]
  return stored.filter((value, at) => ways.some((back) => back.length !== stored.length || !isSame(back[at], value)))
}
