import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { ErrorRecord } from '../../../src/contract/index.ts'
import { classify } from '../../../src/drivers/pg/classes.ts'
import { failed, run, site, statement, succeeded } from './fixtures.ts'

const place = site()

async function recordOf(sql: string, values: readonly string[] = []): Promise<ErrorRecord> {
  const connection = await place.connect()
  return failed(await connection.query(statement(sql, values))).record
}

test('DBA-016 a constraint names its table, its columns and itself', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE parents (id int PRIMARY KEY, "Odd, name" int, b int, UNIQUE ("Odd, name", b))')
  await run(
    connection,
    'CREATE TABLE children (parent int NOT NULL CONSTRAINT kin REFERENCES parents, CONSTRAINT young CHECK (parent < 9))',
  )
  await run(connection, 'CREATE UNIQUE INDEX lower_b ON parents ((b + 1))')
  await run(connection, 'INSERT INTO parents VALUES (1, 2, 3)')
  const about = async (sql: string) => {
    const { kind, table, columns, constraint } = await recordOf(sql)
    return [kind, table, columns, constraint]
  }
  assert.deepEqual(await about('INSERT INTO parents VALUES (1)'), ['unique', 'parents', ['id'], 'parents_pkey'])
  const expression = await about('INSERT INTO parents VALUES (2, 9, 3)')
  assert.deepEqual(expression, ['unique', 'parents', undefined, 'lower_b'])
  assert.deepEqual(await about('INSERT INTO children VALUES (7)'), ['foreignKey', 'children', ['parent'], 'kin'])
  assert.deepEqual(await about('INSERT INTO children VALUES (NULL)'), ['notNull', 'children', ['parent'], undefined])
  assert.deepEqual(await about('INSERT INTO children VALUES (10)'), ['check', 'children', undefined, 'young'])
})

test('P19 0.16 a message holds no value; what the server said is in the cause', async () => {
  const connection = await place.connect()
  await run(connection, "CREATE TYPE mood AS ENUM ('happy')")
  await run(connection, 'CREATE TABLE secrets (word text UNIQUE)')
  await run(connection, "INSERT INTO secrets VALUES ('canary')")
  const wrong = [
    'SELECT $1::int',
    'SELECT $1::date',
    'SELECT $1::mood',
    'SELECT $1::json',
    'SELECT $1::inet',
    'SELECT $1::uuid',
    'SELECT $1::int[]',
    'INSERT INTO secrets VALUES ($1)',
    'SELECT to_timestamp($1, $1)',
  ]
  for (const sql of wrong) {
    const record = await recordOf(sql, ['canary'])
    assert.ok(!inspect({ ...record, cause: null }).includes('canary'), `${sql}: ${record.message}`)
    assert.ok(record.cause)
  }
})

test('what may succeed when it is made again says so', () => {
  for (const state of ['40001', '40P01', '55P03', '57P01', '57P03', '08006', '53300'])
    assert.ok(classify(state).retryable, state)
  for (const state of ['23505', '42601', '28P01', '22P02', 'XX000', '99999'])
    assert.ok(!classify(state).retryable, state)
  assert.deepEqual(classify('40001').kind, 'serialization')
  assert.deepEqual(classify('40P01').kind, 'deadlock')
})

test('P4 F73 0.2 a COMMIT of what failed before is no success', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE swallowed (id int)')
  succeeded(await connection.begin('write'))
  await run(connection, 'INSERT INTO swallowed VALUES (1)', [], { inTransaction: true })
  failed(await connection.query(statement('SELEC', [], { inTransaction: true })))
  const later = failed(await connection.query(statement('SELECT 1', [], { inTransaction: true })))
  assert.equal(later.record.kind, 'rolledBack')
  assert.equal(failed(await connection.commit()).record.kind, 'rolledBack')
  assert.deepEqual(await run(connection, 'SELECT * FROM swallowed'), [])
})

test('F60 what a COMMIT finds wrong is its failure', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)')
  await run(connection, 'INSERT INTO deferred VALUES (1)')
  succeeded(await connection.begin('write'))
  await run(connection, 'INSERT INTO deferred VALUES (1)', [], { inTransaction: true })
  assert.equal(failed(await connection.commit()).record.kind, 'unique')
  assert.equal(failed(await connection.query(statement('INSERT INTO deferred VALUES (1)'))).record.kind, 'unique')
  assert.deepEqual(await run(connection, 'SELECT count(*)::int FROM deferred'), [[1]])
})

test('a transaction begins at the isolation level that is asked for', async () => {
  const connection = await place.connect()
  for (const level of ['read committed', 'repeatable read', 'serializable'] as const) {
    succeeded(await connection.begin('read', level))
    const sql = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
    assert.deepEqual(await run(connection, sql, [], { inTransaction: true }), [[level, 'on']])
    succeeded(await connection.commit())
  }
})
