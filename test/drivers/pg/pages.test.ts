import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenResult } from '../../../src/contract/index.ts'
import { failed, run, site, statement, succeeded } from './fixtures.ts'

const place = site()
const COUNT = 'SELECT i FROM generate_series(1, $1::int) AS n(i)'

async function rest(result: OpenResult, size: number): Promise<unknown[]> {
  const rows = [...result.first.rows]
  for (let { more } = result.first; more; ) {
    const page = succeeded(await result.next(size))
    rows.push(...page.rows)
    more = page.more
  }
  return rows.flat()
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

test('P11 a result outside a transaction is fetched as it is taken, and no further', async () => {
  const connection = await place.connect()
  const result = succeeded(
    await connection.open(statement('SELECT i, pg_sleep(0) FROM generate_series(1, 100000000) AS n(i)'), 10),
  )
  assert.equal(result.first.rows.length, 10)
  assert.equal(succeeded(await result.next(20)).rows.length, 20)
  assert.deepEqual(connection.progress?.pending, 0)
  assert.equal(await result.close(), null)
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})

test('another statement on the connection of an open result runs by itself, and the result goes on', async () => {
  const connection = await place.connect()
  const other = await place.connect()
  await run(connection, 'CREATE TABLE beside (id int)')
  const result = succeeded(await connection.open(statement(COUNT, [1000]), 10))
  await run(connection, 'INSERT INTO beside VALUES (1)')
  assert.deepEqual(await run(other, 'SELECT * FROM beside'), [[1]], 'it is committed by itself')
  failed(await connection.query(statement('SELEC')))
  succeeded(await connection.begin('write'))
  assert.deepEqual(await rest(result, 300), upTo(1000))
  succeeded(await connection.rollback())
  assert.equal(await result.close(), null)
})

test('asked for at once, statements wait for the first page, and pages come in their order', async () => {
  const connection = await place.connect()
  const opening = connection.open(statement(COUNT, [100]), 10)
  const beside = run(connection, 'SELECT 1')
  const result = succeeded(await opening)
  const pages = await Promise.all([1, 2, 3].map(() => result.next(30)))
  assert.deepEqual(pages.flatMap((page) => succeeded(page).rows).flat(), upTo(100).slice(10))
  assert.deepEqual(
    pages.map((page) => succeeded(page).more),
    [true, true, false],
  )
  assert.deepEqual(await beside, [[1]])
})

test('F116 what is left of a result is not kept beyond all bounds for the sake of another statement', async () => {
  const connection = await place.connect({ maxResultBytes: 100_000 })
  const result = succeeded(await connection.open(statement(COUNT, [10_000_000]), 10))
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
  assert.equal(failed(await result.next(10)).record.code, 'RESULT_TOO_LARGE')
  assert.equal((await result.close())?.record.code, undefined)
  assert.deepEqual(await run(connection, 'SELECT 2'), [[2]])
})

test('rows that a write gives by pages are committed with it, taken or not', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE written (id int)')
  const query = statement('INSERT INTO written SELECT generate_series(1, 100) RETURNING id')
  const result = succeeded(await connection.open(query, 10))
  assert.equal(await result.close(), null)
  assert.deepEqual(await run(connection, 'SELECT count(*)::int FROM written'), [[100]])
  const whole = succeeded(await connection.open(query, 60))
  assert.deepEqual(await rest(whole, 60), upTo(100))
  assert.deepEqual(await run(connection, 'SELECT count(*)::int FROM written'), [[200]])
})

test('a result whose statement fails in its middle tells so, and the connection goes on', async () => {
  const connection = await place.connect()
  const sql = 'SELECT 1 / (50 - i) FROM generate_series(1, 100) AS n(i)'
  const result = succeeded(await connection.open(statement(sql), 10))
  assert.equal(succeeded(await result.next(10)).rows.length, 10)
  assert.equal(failed(await result.next(100)).record.code, '22012')
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})

test('a result that is aborted between two pages ends there', async () => {
  const connection = await place.connect()
  const controller = new AbortController()
  const result = succeeded(await connection.open(statement(COUNT, [1000], { signal: controller.signal }), 10))
  controller.abort()
  assert.equal(failed(await result.next(10)).record.kind, 'aborted')
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})
