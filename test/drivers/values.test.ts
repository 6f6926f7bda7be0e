import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Value } from '../../src/contract/index.ts'
import { drivers, failureOf, memory, one, run } from './databases.ts'

const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n

// What is given, its type in SQLite, what comes back (what was given, unless told).
const table: [name: string, given: Value, type: string, back?: Value][] = [
  ['null', null, 'null'],
  ['a whole number', 1, 'integer', 1n],
  ['zero', 0, 'integer', 0n],
  ['a negative number', -7, 'integer', -7n],
  ['a number beyond 32 bits', 2 ** 40, 'integer', 2n ** 40n],
  ['the highest safe number', Number.MAX_SAFE_INTEGER, 'integer', 2n ** 53n - 1n],
  ['the lowest safe number', Number.MIN_SAFE_INTEGER, 'integer', 1n - 2n ** 53n],
  ['a bigint', 5n, 'integer'],
  ['the highest integer', HIGHEST, 'integer'],
  ['the lowest integer', LOWEST, 'integer'],
  ['a bigint beyond 53 bits', 2n ** 53n + 1n, 'integer'],
  ['a fraction', 1.5, 'real'],
  ['minus zero', -0, 'real'],
  ['a whole number beyond the safe ones', 1e300, 'real'],
  ['the smallest number', 5e-324, 'real'],
  ['infinity', Number.POSITIVE_INFINITY, 'real'],
  ['minus infinity', Number.NEGATIVE_INFINITY, 'real'],
  ['text', 'joe', 'text'],
  ['empty text', '', 'text'],
  ['text with NUL', 'a\0b\0', 'text'],
  ['text with emoji', '😀 naïve 名前', 'text'],
  ['text that looks like a number', '007', 'text'],
  ['bytes', Uint8Array.of(0, 1, 255), 'blob'],
  ['no bytes', new Uint8Array(0), 'blob'],
  ['a view with an offset', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), 'blob', Uint8Array.of(1, 2)],
  ['a Buffer', Buffer.from('bytes'), 'blob', new Uint8Array(Buffer.from('bytes'))],
  ['shared bytes', new Uint8Array(new SharedArrayBuffer(2)), 'blob', new Uint8Array(2)],
]

/** A Buffer is bytes like any other. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? new Uint8Array(value) : value
}

for (const driver of drivers) {
  for (const [name, given, type, back = given] of table) {
    test(`DBA-010 F107 F110 F112 F113 ${driver.name}: ${name} comes back unchanged`, (t) => {
      const connection = memory(t, driver)
      run(connection, 'CREATE TABLE v (v)')
      run(connection, 'INSERT INTO v VALUES (?)', [given])
      const [stored, storedType] = run(connection, 'SELECT v, typeof(v) FROM v')[0] ?? []
      assert.equal(storedType, type)
      assert.deepEqual(plain(stored), plain(back))
      assert.equal(Object.is(stored, -0), Object.is(given, -0))
      assert.equal(one(connection, 'SELECT typeof(:v)', { v: given }), type)
    })
  }

  test(`DBA-010 ${driver.name}: any value comes back unchanged`, (t) => {
    const connection = memory(t, driver)
    const value = fc.oneof(
      fc.bigInt({ min: LOWEST, max: HIGHEST }),
      fc.double({ noNaN: true }),
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
    )
    fc.assert(
      fc.property(value, (given) => {
        const expected = Number.isSafeInteger(given) && !Object.is(given, -0) ? BigInt(given as number) : given
        assert.deepEqual(plain(one(connection, 'SELECT ?', [given])), expected)
      }),
      { numRuns: 500 },
    )
  })

  test(`F104 F105 F106 F108 F109 F112 ${driver.name}: what cannot be stored unchanged is refused`, (t) => {
    const connection = memory(t, driver)
    const wrong = [
      undefined,
      Number.NaN,
      true,
      new Date(),
      {},
      [],
      Symbol('s'),
      () => 1,
      new String('s'),
      new ArrayBuffer(1),
    ]
    for (const given of wrong) {
      const record = failureOf(driver, () => run(connection, 'SELECT ?, ?', [1, given as Value]))
      assert.partialDeepStrictEqual(record, { type: 'UnsupportedValueError', kind: 'value' })
      assert.match(record.message, /Value 1 /)
      assert.equal(failureOf(driver, () => run(connection, 'SELECT :a', { a: given as Value })).kind, 'value')
    }
  })

  test(`F107 ${driver.name}: an integer beyond 64 bits is refused`, (t) => {
    const connection = memory(t, driver)
    for (const given of [HIGHEST + 1n, LOWEST - 1n, 2n ** 64n]) {
      const record = failureOf(driver, () => run(connection, 'SELECT ?', [given]))
      assert.partialDeepStrictEqual(record, { type: 'DataError', kind: 'value' })
    }
  })

  test(`F114 DBA-018 ${driver.name}: too few or too many values are refused, never bound as NULL`, (t) => {
    const connection = memory(t, driver)
    for (const values of [[], [1], [1, 2, 3]]) {
      const record = failureOf(driver, () => run(connection, 'SELECT ?, ?', values))
      assert.partialDeepStrictEqual(record, { type: 'ProgrammingError', kind: 'parameters' })
      assert.match(record.message, new RegExp(`takes 2 values, and ${values.length} were`))
    }
    assert.equal(failureOf(driver, () => run(connection, 'SELECT :a, :b', { a: 1 })).kind, 'parameters')
    assert.equal(failureOf(driver, () => run(connection, 'SELECT :toString', {})).kind, 'parameters')
    assert.equal(failureOf(driver, () => run(connection, 'SELECT ?', { a: 1 })).kind, 'parameters')
  })

  test(`F114 ${driver.name}: as many values as SQLite takes`, (t) => {
    const connection = memory(t, driver)
    const { maxParameters } = driver.traits
    const sql = (count: number) => `SELECT ? IN (${new Array(count - 1).fill('?').join(',')})`
    assert.equal(one(connection, sql(maxParameters), new Array(maxParameters).fill(7)), 1n)
    const one_more = maxParameters + 1
    assert.equal(
      failureOf(driver, () => run(connection, sql(one_more), new Array(one_more).fill(7))).kind,
      'parameters',
    )
  })

  test(`DBA-037 ${driver.name}: values by name, also numbered, also in the order of the names`, (t) => {
    const connection = memory(t, driver)
    const sql = 'SELECT :b, @a, $c, :b'
    assert.deepEqual(run(connection, sql, { a: 1, b: 2, c: 3 }), [[2n, 1n, 3n, 2n]])
    assert.deepEqual(run(connection, sql, [2, 1, 3]), [[2n, 1n, 3n, 2n]])
    assert.deepEqual(run(connection, 'SELECT ?2, ?1, ?2', { 1: 'a', 2: 'b' }), [['b', 'a', 'b']])
    assert.deepEqual(run(connection, 'SELECT ?007, ?3', { 7: 'a', 3: 'b' }), [['a', 'b']])
    assert.deepEqual(run(connection, 'SELECT :__proto__, :ä', JSON.parse('{"__proto__": 1, "ä": 2}')), [[1n, 2n]])
  })

  test(`DBA-005 ${driver.name}: what looks like a placeholder inside literals and comments is none`, (t) => {
    const connection = memory(t, driver)
    assert.deepEqual(run(connection, "SELECT '?', ':a', ? /* ? */ -- ?", [1]), [['?', ':a', 1n]])
  })
}
