import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '../../../src/contract/index.ts'
import { failed, run, site, statement, succeeded } from './fixtures.ts'

const place = site()

function preparedCount(connection: Connection): Promise<unknown[]> {
  // This one is among them.
  return run(connection, 'SELECT count(*)::int - 1 FROM pg_prepared_statements')
}

test('prepared statements are kept up to a bound, and those that leave are closed', async () => {
  const connection = await place.connect({ statementCache: 10 })
  for (let i = 0; i < 50; i++) await run(connection, `SELECT ${i}`)
  const [[count]] = (await preparedCount(connection)) as [[number]]
  assert.ok(count <= 10, `${count} statements are prepared`)
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})

test('F71 without prepared statements, or a cache for them, none is kept', async () => {
  for (const options of [{ preparedStatements: false }, { statementCache: 0 }]) {
    const connection = await place.connect(options)
    for (let i = 0; i < 3; i++) assert.deepEqual(await run(connection, 'SELECT $1::int', [i]), [[i]])
    assert.deepEqual(await preparedCount(connection), [[-1]])
  }
})

test('F70 a statement whose result changed its type is prepared anew, once', async () => {
  const connection = await place.connect()
  const other = await place.connect()
  await run(connection, 'CREATE TABLE shifting (id int)')
  await run(connection, 'INSERT INTO shifting VALUES (1)')
  for (let i = 0; i < 3; i++) assert.deepEqual(await run(connection, 'SELECT * FROM shifting'), [[1]])
  await run(other, 'ALTER TABLE shifting ADD COLUMN name text')
  assert.deepEqual(await run(connection, 'SELECT * FROM shifting'), [[1, null]])
  await run(other, 'ALTER TABLE shifting ALTER COLUMN id TYPE text')
  const both = await Promise.all([0, 1].map(() => run(connection, 'SELECT * FROM shifting')))
  assert.deepEqual(both, [[['1', null]], [['1', null]]])
})

test('F70 inside a transaction such a statement fails, and works in the next one', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE shifted (id int)')
  await run(connection, 'SELECT * FROM shifted')
  succeeded(await connection.begin('write'))
  await run(connection, 'ALTER TABLE shifted ADD COLUMN name text', [], { inTransaction: true })
  const { record } = failed(await connection.query(statement('SELECT * FROM shifted', [], { inTransaction: true })))
  assert.equal(record.code, '0A000')
  succeeded(await connection.rollback())
  assert.deepEqual(await run(connection, 'SELECT * FROM shifted'), [])
})

test('statements that the server has forgotten are prepared again', async () => {
  const connection = await place.connect()
  await run(connection, 'SELECT $1::int', [1])
  await run(connection, 'DEALLOCATE ALL')
  const calls = [1, 2, 3].map((i) => run(connection, 'SELECT $1::int', [i]))
  assert.deepEqual(await Promise.all(calls), [[[1]], [[2]], [[3]]])
})

test('a statement that could not be prepared fails for all who asked, each with the reason', async () => {
  const connection = await place.connect()
  const calls = [0, 1, 2].map(() => connection.query(statement('SELECT * FROM no_such_table')))
  for (const outcome of await Promise.all(calls)) assert.equal(failed(outcome).record.code, '42P01')
  await run(connection, 'CREATE TABLE no_such_table (id int)')
  assert.deepEqual(await run(connection, 'SELECT * FROM no_such_table'), [])
})

test('COPY is refused without harm to what is around it', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE copied AS SELECT generate_series(1, 100000) AS id')
  const calls = [
    connection.query(statement('SELECT 1')),
    connection.query(statement('COPY copied FROM STDIN')),
    connection.query(statement('SELECT 2')),
    connection.query(statement('COPY copied TO STDOUT')),
    connection.query(statement('SELECT 3')),
  ] as const
  const [one, copyIn, two, copyOut, three] = await Promise.all(calls)
  assert.deepEqual(
    [one, two, three].map((outcome) => succeeded(outcome).rows),
    [[[1]], [[2]], [[3]]],
  )
  for (const outcome of [copyIn, copyOut]) assert.equal(failed(outcome).record.code, 'COPY_UNSUPPORTED')
  assert.deepEqual(await run(connection, 'SELECT count(*)::int FROM copied'), [[100000]])
})

test('P7 D3 every answer belongs to its own question, among failures of all kinds', async () => {
  const connection = await place.connect()
  const calls = Array.from({ length: 5000 }, async (_, i) => {
    if (i % 100 === 7)
      return failed(await connection.query(statement('SELECT 1 / ($1::int - $1::int)', [i]))).record.code
    if (i % 100 === 8) return failed(await connection.query(statement('SELECT $1::int', ['no number']))).record.code
    if (i % 100 === 9) return failed(await connection.query(statement('SELEC'))).record.code
    if (i % 100 === 10) return failed(await connection.query(statement('SELECT $1::int', []))).record.code
    const [[nonce]] = (await run(connection, 'SELECT $1::int', [i])) as [[number]]
    return nonce
  })
  const expected = Array.from({ length: 5000 }, (_, i) => {
    return ({ 7: '22012', 8: '22P02', 9: '42601', 10: '08P01' } as Record<number, string>)[i % 100] ?? i
  })
  assert.deepEqual(await Promise.all(calls), expected)
})

test('a value that PostgreSQL could not be sent fails alone, and nothing of it is sent', async () => {
  const connection = await place.connect()
  const calls = [
    connection.query(statement('SELECT $1::int', [1])),
    connection.query(statement('SELECT $1::text', [Symbol('no') as unknown as string])),
    connection.query(statement('SELECT $1::int', [2])),
  ] as const
  const [one, wrong, two] = await Promise.all(calls)
  assert.deepEqual([succeeded(one).rows, succeeded(two).rows], [[[1]], [[2]]])
  failed(wrong)
})
