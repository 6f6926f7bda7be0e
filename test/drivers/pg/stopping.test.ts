import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure, NOT_BEGUN, type Outcome } from '../../../src/contract/index.ts'
import { failed, run, site, statement, succeeded } from './fixtures.ts'

const place = site()

const stopped = new Failure({ type: 'TimeoutError', message: 'too long', code: 'TOO_LONG', kind: 'timeout' })

async function isRunning(sql: string): Promise<void> {
  const watcher = await place.connect()
  const query = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = $1 AND wait_event = 'PgSleep'"
  while ((await run(watcher, query, [sql])).length === 0);
  await watcher.close()
}

test('P12 what is cancelled is what was asked: 500 statements among others, and nobody else is told so', async () => {
  const connection = await place.connect()
  const told: (string | undefined)[] = []
  for (let round = 0; round < 500; round++) {
    const controller = new AbortController()
    const before = connection.query(statement('SELECT $1::int', [round]))
    const call = connection.query(statement('SELECT pg_sleep(0.002)', [], { signal: controller.signal }))
    const behind = [1, 2, 3].map((i) => connection.query(statement('SELECT $1::int', [i])))
    // At every moment of its life: before it is sent, while it runs, when it is just done.
    if (round % 4 > 0) await before
    if (round % 4 > 1) await new Promise((go) => setImmediate(go))
    if (round % 4 > 2) await Promise.race([call, new Promise((go) => setImmediate(go))])
    controller.abort()
    const outcomes = await Promise.all(behind)
    told.push(codeOf(await call))
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome instanceof Failure) assert.equal(outcome.record.code, NOT_BEGUN)
      else assert.deepEqual(outcome.rows, [[i + 1]])
    }
    assert.deepEqual(await run(connection, 'SELECT $1::int', [round]), [[round]])
  }
  assert.deepEqual(
    [...new Set(told)].filter((code) => code !== undefined),
    ['ABORTED'],
  )
})

function codeOf(outcome: Outcome | Failure): string | undefined {
  return outcome instanceof Failure ? outcome.record.code : undefined
}

test('P12 F90 a statement that runs is stopped by its signal, and the connection goes on', async () => {
  const connection = await place.connect()
  const controller = new AbortController()
  const sql = 'SELECT pg_sleep(60)'
  const call = connection.query(statement(sql, [], { signal: controller.signal }))
  await isRunning(sql)
  controller.abort()
  assert.equal(failed(await call).record.code, 'ABORTED')
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})

test('F50 the statement that runs is interrupted, with the failure that is given, and those behind it go on', async () => {
  const connection = await place.connect()
  const sql = 'SELECT pg_sleep(61)'
  const call = connection.query(statement(sql))
  const behind = connection.query(statement('SELECT 2'))
  await isRunning(sql)
  assert.equal(await connection.interrupt?.(stopped), null)
  assert.equal(failed(await call).record.code, 'TOO_LONG')
  const second = await behind
  if (second instanceof Failure) assert.equal(second.record.code, NOT_BEGUN)
  else assert.deepEqual(second.rows, [[2]])
  assert.equal(await connection.interrupt?.(stopped), null)
  assert.deepEqual(await run(connection, 'SELECT 3'), [[3]])
})

test('a connection is ended at once, whatever runs, and so is what runs', async () => {
  const connection = await place.connect()
  const sql = 'SELECT pg_sleep(62)'
  const call = connection.query(statement(sql))
  await isRunning(sql)
  assert.equal(connection.kill?.(), true)
  assert.equal(connection.kill?.(), false)
  assert.equal(failed(await call).record.code, 'CONNECTION_KILLED')
  assert.equal((await connection.closed)?.record.kind, 'connectionLost')
  assert.equal(failed(await connection.query(statement('SELECT 1'))).record.kind, 'connectionLost')
  const watcher = await place.connect()
  const query = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = $1"
  while ((await run(watcher, query, [sql])).length > 0);
})

test('a COMMIT that is interrupted too late is done', async () => {
  const connection = await place.connect()
  succeeded(await connection.begin('write'))
  await run(connection, 'CREATE TABLE kept (id int)', [], { inTransaction: true })
  const commit = connection.commit()
  await connection.interrupt?.(stopped)
  const failure = await commit
  const there = await run(connection, "SELECT to_regclass('kept') IS NOT NULL")
  assert.deepEqual(there, [[failure ? 0 : 1]])
})

test('statement_timeout of the server is a timeout', async () => {
  const connection = await place.connect({ parameters: { statement_timeout: 20 } })
  const { record } = failed(await connection.query(statement('SELECT pg_sleep(60)')))
  assert.deepEqual([record.type, record.kind, record.code], ['TimeoutError', 'timeout', '57014'])
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})
