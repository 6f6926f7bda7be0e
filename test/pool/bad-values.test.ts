import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, type Parameters, ProgrammingError, UnsupportedValueError } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

/** Every way in which a statement and values are given. */
const ways: Record<string, (pool: ConnectionPool, sql: string, values: Parameters) => Promise<unknown>> = {
  runQuery: (pool, sql, values) => pool.runQuery(sql, values),
  runOperation: (pool, sql, values) => pool.runOperation(sql, values),
  stream: (pool, sql, values) => collect(pool.stream(sql, values)),
  executeMany: (pool, sql, values) => pool.executeMany(sql, [values]),
  'runQuery in an interaction': (pool, sql, values) => pool.runInteraction(() => pool.runQuery(sql, values)),
  'execute in an interaction': (pool, sql, values) => pool.runInteraction((txn) => txn.execute(sql, values)),
  'query in an interaction': (pool, sql, values) => pool.runInteraction((txn) => txn.query(sql, values)),
  'execute on a connection': (pool, sql, values) => pool.runWithConnection((c) => c.cursor().execute(sql, values)),
}

function cyclic(): object {
  const object: { self?: object } = {}
  object.self = object
  return object
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(4)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

/** What no database stores, and what the error must say of it. */
const unsupported: [name: string, value: unknown, message: RegExp][] = [
  ['F104 undefined', undefined, /undefined; pass null/],
  ['F105 NaN', Number.NaN, /NaN/],
  ['F106 a function', () => 1, /a function/],
  ['F106 a class', class {}, /a function/],
  ['F106 a symbol', Symbol('x'), /a symbol/],
  ['F106 a promise', Promise.resolve(1), /an object of Promise/],
  ['F106 a regular expression', /x/, /an object of RegExp/],
  ['F106 a proxy', new Proxy({}, {}), /an object/],
  ['F108 a Date', new Date(0), /a Date.*toISOString/],
  ['F108 an invalid Date', new Date(Number.NaN), /a Date/],
  ['F112 a boolean', true, /a boolean; pass 1 or 0/],
  ['F112 a boxed string', new String('x'), /an object of String/],
  ['F109 a plain object', { a: 1 }, /an object of Object.*JSON\.stringify/],
  ['F109 a cyclic object', cyclic(), /an object of Object/],
  ['F109 an object without prototype', Object.create(null), /an object of no class/],
  ['F109 a nested array', [1], /an array/],
  ['F111 a lone surrogate', 'a\ud800b', /lone surrogate.*toWellFormed/],
  ['F113 a detached buffer', detached(), /transferred away/],
  ['F113 an ArrayBuffer', new ArrayBuffer(2), /Uint8Array/],
  ['F113 another view', new Float64Array(2), /Uint8Array/],
  ['F107 2^63', 2n ** 63n, /64 bit/],
  ['F107 -2^63-1', -(2n ** 63n) - 1n, /64 bit/],
  ['F107 10^40', 10n ** 40n, /64 bit/],
]

const counts: [name: string, sql: string, values: unknown, code: string, message: RegExp][] = [
  ['too few', 'SELECT ?, ?', [1], 'PARAMETER_COUNT', /2 placeholders, but 1 value was given/],
  ['too many', 'SELECT ?', [1, 2], 'PARAMETER_COUNT', /1 placeholder, but 2 values were given/],
  ['none', 'SELECT ?', undefined, 'PARAMETER_COUNT', /but 0 values were given/],
  ['an empty array', 'SELECT ?', [], 'PARAMETER_COUNT', /but 0 values were given/],
  ['one for none', 'SELECT 1', [1], 'PARAMETER_COUNT', /0 placeholders/],
  ['a scalar for two', 'SELECT ?, ?', 5, 'PARAMETER_COUNT', /2 placeholders, but 1 value was given/],
  ['too few by number', 'SELECT ?1, ?2', [1], 'PARAMETER_COUNT', /2 placeholders, but 1 value was given/],
  ['too many by number', 'SELECT ?1', [1, 2], 'PARAMETER_COUNT', /1 placeholder, but 2 values were given/],
  ['a missing name', 'SELECT :a, :b', { a: 1 }, 'PARAMETER_NAMES', /no value was given for "b".*a, b/],
  ['a further name', 'SELECT :a', { a: 1, b: 2 }, 'PARAMETER_NAMES', /no placeholder "b"/],
  ['an inherited name', 'SELECT :toString', {}, 'PARAMETER_NAMES', /no value was given for "toString"/],
  ['names for no names', 'SELECT ?', { a: 1 }, 'PARAMETERS_BY_NAME', /must be an array/],
  ['no names for names', 'SELECT :a', [1], 'PARAMETERS_BY_POSITION', /must be an object/],
  ['a Date alone', 'SELECT ?', new Date(0), 'PARAMETERS_BY_NAME', /an object of Date/],
]

everywhere((database, suite) => {
  const pool = openPool(suite, database)
  const { dialect } = database
  const { sql: own, can } = dialect
  // MySQL has integers without a sign, up to 2^64 - 1.
  const values = unsupported.filter(([name]) => dialect.name !== 'mysql' || name !== 'F107 2^63')
  const mismatches = counts.filter(([, sql]) => can.names || !/[:?]\w/.test(sql))

  for (const [way, call] of Object.entries(ways)) {
    test(`NOD-006 F104 F105 F106 F107 F108 F109 F111 F112 F113 D14 ${way}: a value that could not be stored unchanged is refused, by its place`, async () => {
      for (const [name, value, message] of values) {
        const expected = { code: 'UNSUPPORTED_VALUE', kind: 'value', message }
        const refuse = (sql: string, values: unknown) =>
          refused(() => call(pool, sql, values as Parameters), UnsupportedValueError, expected)
        const inOrder = await refuse(own('SELECT ?, ?'), [1, value])
        assert.match(inOrder.message, /^parameter 2 /, name)
        if (can.names) {
          const byName = await refuse('SELECT :x, :y', { x: 1, y: value })
          assert.match(byName.message, /^parameter "y" /, name)
          assert.equal(byName.sql, 'SELECT :x, :y')
        }
        await usable(pool)
      }
    })

    test(`ADB-049 F114 ${way}: values that do not match the placeholders are refused`, async () => {
      for (const [, sql, given, code, message] of mismatches) {
        const expected = { code, kind: 'parameters', message }
        await refused(() => call(pool, own(sql), given as Parameters), ProgrammingError, expected)
        await usable(pool)
      }
    })
  }

  test('D14 a lone value is refused in the same way', async () => {
    for (const value of [
      Number.NaN,
      () => 1,
      Symbol('x'),
      true,
      'a\ud800',
      2n ** 64n,
      detached(),
      new Float64Array(1),
    ]) {
      const call = () => pool.runQuery(own('SELECT ?'), value as Parameters)
      await refused(call, UnsupportedValueError, { code: 'UNSUPPORTED_VALUE', kind: 'value', message: /^parameter 1 / })
      await usable(pool)
    }
  })

  test('D14 a hole in an array is refused', async () => {
    // biome-ignore lint/suspicious/noSparseArray: the case is a hole
    const holed = [1, , 3] as unknown as Parameters
    const expected = { code: 'UNSUPPORTED_VALUE', kind: 'value', message: /^parameter 2 is undefined/ }
    await refused(() => pool.runQuery(own('SELECT ?, ?, ?'), holed), UnsupportedValueError, expected)
  })

  test('an array whose values change while they are read gives what was checked', async () => {
    let reads = 0
    const shifty = Object.defineProperty([0], 0, { get: () => (reads++ === 0 ? 5 : undefined) })
    assert.deepEqual(await pool.runQuery(own(`SELECT ${dialect.typed('integer')} AS a`), shifty), [{ a: 5 }])
  })

  test('F114 the largest number of values is taken, one more is refused before it is sent', async () => {
    const most = dialect.name === 'sqlite' ? 32_766 : 65_535
    const given = (count: number) => Array(count).fill(dialect.typed('integer'))
    const sum = (count: number) => own(`SELECT ${given(count).join(' + ')} AS sum`)
    // SQLite takes 32,766 values, but sums of no more than 1,000 parts: values in a list have no such limit.
    const list = (count: number) =>
      own(`SELECT count(*) AS n FROM (SELECT 1 AS one) AS o WHERE 1 IN (${given(count).join(', ')})`)
    assert.deepEqual(await pool.runQuery(sum(500), Array(500).fill(1)), [{ sum: 500 }])
    assert.deepEqual(await pool.runQuery(list(most), Array(most).fill(1)), [{ n: 1 }])
    const message = new RegExp(`${most + 1}.*${most}.*insertMany`)
    const expected = { code: 'TOO_MANY_PARAMETERS', kind: 'parameters', message }
    await refused(() => pool.runQuery(list(most + 1), Array(most + 1).fill(1)), ProgrammingError, expected)
    await usable(pool)
  })
})
