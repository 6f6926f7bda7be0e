import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import type { Connection, Value } from '../../../src/contract/index.ts'
import { onMysqlServers, run, statement, succeeded } from './fixtures.ts'

/** A value as a text that tells it apart from any other of its column. */
function written(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(String(value))
}

onMysqlServers('values', (server) => {
  let connection: Connection
  before(async () => {
    connection = await server.connect()
  })

  const one = async (sql: string, values: Value[] = []) => (await run(connection, sql, values)).rows[0] as Value[]

  test('a placeholder that stands alone is no other value because of the values before', async () => {
    const values = ['text', 5, null, 2n ** 62n, 0.5, 'x', 7, '7', null, 'é', -1.5, '12abc', 3]
    for (const value of values) assert.deepEqual(await one('SELECT ? AS v', [value]), [value])
    for (const value of [5, '5', 5n]) {
      assert.deepEqual(await one('SELECT coalesce(?, ?) AS v', [null, value]), [typeof value === 'bigint' ? 5 : value])
    }
  })

  test('integers come back exact, with and without a sign', async () => {
    await run(
      connection,
      'CREATE TABLE wholes (a BIGINT UNSIGNED, b BIGINT, c INT UNSIGNED, d TINYINT(1), e YEAR, f SMALLINT)',
    )
    const row = [2n ** 64n - 1n, -(2n ** 63n), 4294967295, 1, 2024, -32768]
    await run(connection, 'INSERT INTO wholes VALUES (?, ?, ?, ?, ?, ?)', row)
    assert.deepEqual(await one('SELECT * FROM wholes'), row)
  })

  test('decimals, dates and times are the text that the server writes', async () => {
    await run(
      connection,
      'CREATE TABLE texts (a DECIMAL(30, 10), b DATE, c DATETIME(3), d TIME(6), e TIMESTAMP NULL, f DATETIME)',
    )
    const row = [
      '12345678901234567890.0123456789',
      '2024-02-29',
      '2024-02-29 12:30:00.125',
      '-838:59:58.000001',
      '2024-02-29 01:02:03',
      '0001-01-01 00:00:00',
    ]
    await run(connection, 'INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)', row)
    assert.deepEqual(await one('SELECT * FROM texts'), row)
    const asText = await one(
      'SELECT CAST(a AS CHAR), CAST(b AS CHAR), CAST(c AS CHAR), CAST(d AS CHAR), CAST(e AS CHAR), CAST(f AS CHAR) FROM texts',
    )
    assert.deepEqual(asText, row)
  })

  test('bits are whole numbers, JSON is text, and bytes are what has no character set', async () => {
    await run(
      connection,
      'CREATE TABLE others (a BIT(1), b BIT(64), c JSON, d BINARY(2), e VARCHAR(9), f ENUM("x", "y"), g SET("p", "q"))',
    )
    await run(connection, 'INSERT INTO others VALUES (1, ?, ?, ?, ?, ?, ?)', [
      2n ** 64n - 1n,
      '{"a": 1}',
      Uint8Array.of(0, 255),
      'é',
      'y',
      'p,q',
    ])
    const [a, b, c, d, e, f, g] = await one('SELECT * FROM others')
    assert.deepEqual([a, b, c, e, f, g], [1, 2n ** 64n - 1n, '{"a": 1}', 'é', 'y', 'p,q'])
    assert.deepEqual(d, Uint8Array.of(0, 255))
  })

  test('what cannot be prepared gives the same values as what can', async () => {
    const [text] = (await run(connection, 'SHOW VARIABLES LIKE "max_allowed_packet"')).rows as Value[][]
    assert.deepEqual(text?.[0], 'max_allowed_packet')
  })

  test('P15 every value comes back as it was given', async () => {
    await run(connection, 'CREATE TABLE kept (i BIGINT, r DOUBLE, t LONGTEXT, b LONGBLOB)')
    const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
    const text = fc.string({ unit: 'binary', maxLength: 300 }).filter((value) => value.isWellFormed())
    const bytes = fc.uint8Array({ maxLength: 300 })
    const row = fc.tuple(fc.option(whole), fc.option(real), fc.option(text), fc.option(bytes))
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        await run(connection, 'DELETE FROM kept')
        const query = { sql: 'INSERT INTO kept VALUES (?, ?, ?, ?)', names: null, inTransaction: false }
        assert.equal(succeeded(await connection.queryMany(query, rows)).rowCount, rows.length)
        const back = succeeded(await connection.query(statement('SELECT * FROM kept'))).rows as Value[][]
        const plain = (all: readonly (readonly Value[])[]) => all.map((values) => values.map(written).join()).sort()
        assert.deepEqual(plain(back), plain(rows))
      }),
      { numRuns: 60 },
    )
  })
})
