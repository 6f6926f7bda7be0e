import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Value } from '../../../src/contract/index.ts'
import { run, site, statement, succeeded } from './fixtures.ts'

const place = site()
const RUNS = Number(process.env.RUNS ?? 2000)
const TOGETHER = 100

const [LOW, HIGH] = [-(2n ** 63n), 2n ** 63n - 1n]

const safe = (whole: bigint) => (Number.isSafeInteger(Number(whole)) ? Number(whole) : whole)

/** Values with the type of the column that takes them. */
const typed: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  bigint: fc.option(fc.bigInt(LOW, HIGH).map(safe)),
  'double precision': fc.option(fc.double({ noNaN: true })),
  text: fc.option(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed())),
  bytea: fc.option(fc.uint8Array({ maxLength: 300 })),
  int: fc.option(fc.integer()),
}

for (const preparedStatements of [true, false]) {
  test(`P15 F120 every value comes back as it was given, ${preparedStatements ? 'prepared' : 'unprepared'}`, async () => {
    const connection = await place.connect({ preparedStatements, parameters: { extra_float_digits: 1 } })
    const types = Object.keys(typed)
    const sql = `SELECT ${types.map((type, i) => `$${i + 1}::${type}`).join(', ')}`
    const row = fc.tuple(...Object.values(typed))
    const rows = fc.sample(row, RUNS)
    for (let at = 0; at < rows.length; at += TOGETHER) {
      const some = rows.slice(at, at + TOGETHER)
      const given = await Promise.all(some.map((values) => run(connection, sql, values)))
      for (const [i, back] of given.entries()) assert.deepEqual(back, [some[i]])
    }
  })
}

test('values that are no numbers, bytes or booleans are the text that the server writes, in UTC and ISO', async () => {
  const connection = await place.connect()
  const sql = `SELECT 1.50::numeric, '2020-02-03'::date, '2020-02-03 04:05:06.789+02'::timestamptz,
    '2020-02-03 04:05:06'::timestamp, '04:05'::time, '{"a": 1}'::json, '{"a":1}'::jsonb, ARRAY[1, 2], ARRAY['a', NULL],
    '1 day 2 hours'::interval, '[1,3)'::int4range, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '10.0.0.1'::inet`
  const expected = [
    ...['1.50', '2020-02-03', '2020-02-03 02:05:06.789+00', '2020-02-03 04:05:06', '04:05:00', '{"a": 1}', '{"a": 1}'],
    ...['{1,2}', '{a,NULL}', '1 day 02:00:00', '[1,3)', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.0.0.1'],
  ]
  for (let time = 0; time < 3; time++) assert.deepEqual(await run(connection, sql), [expected])
})

test('numbers and booleans are numbers, the first time as well as later', async () => {
  const connection = await place.connect()
  const sql = `SELECT true, false, 1::int2, 4294967295::oid, 0.1::float4, 'NaN'::float8, '-Infinity'::float8, '-0'::float8,
    9007199254740993, '\\x00ff'::bytea, NULL::int, ''`
  const expected = [1, 0, 1, 4294967295, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, -0, 9007199254740993n]
  const row = [...expected, Uint8Array.of(0, 255), null, '']
  for (let time = 0; time < 3; time++) assert.deepEqual(await run(connection, sql), [row])
})

test('bytes are bytes also where the server writes them the old way', async () => {
  const connection = await place.connect({ preparedStatements: false, parameters: { bytea_output: 'escape' } })
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  assert.deepEqual(await run(connection, 'SELECT $1::bytea', [bytes]), [[bytes]])
})

test('DBA-028 columns tell their types, sizes, precision and scale', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE described (a int, b numeric(10, 2), c varchar(20), d text, e timestamptz)')
  const { description } = succeeded(await connection.query(statement('SELECT * FROM described')))
  assert.deepEqual(
    description?.map(({ name, typeCode, internalSize, displaySize, precision, scale }) => [
      name,
      typeCode,
      internalSize,
      displaySize,
      precision,
      scale,
    ]),
    [
      ['a', 'int4', 4, null, null, null],
      ['b', 'numeric', null, null, 10, 2],
      ['c', 'varchar', null, 20, null, null],
      ['d', 'text', null, null, null, null],
      ['e', 'timestamptz', 8, null, null, null],
    ],
  )
})

test('rows come as columns, with the types that their values have', async () => {
  const connection = await place.connect()
  const sql = 'SELECT i, i * 0.5::float8 AS half FROM generate_series(1, 3) AS n(i)'
  const { rows, columns } = succeeded(await connection.query(statement(sql, [], { rowMode: 'columns' })))
  assert.deepEqual(rows, [])
  assert.equal(columns?.length, 3)
  assert.deepEqual(columns?.columns.i, { type: 'int32', values: Int32Array.of(1, 2, 3), nulls: null })
  assert.deepEqual(columns?.columns.half, { type: 'float64', values: Float64Array.of(0.5, 1, 1.5), nulls: null })
})

test('F119 a row may have as many columns as PostgreSQL allows', async () => {
  const connection = await place.connect()
  const sql = `SELECT ${Array.from({ length: 1600 }, (_, i) => `${i} AS c${i}`).join(', ')}`
  for (const rowMode of ['array', 'object'] as const) {
    const [row] = await run(connection, sql, [], { rowMode })
    assert.deepEqual(
      Object.values(row as object),
      Array.from({ length: 1600 }, (_, i) => i),
    )
  }
})
