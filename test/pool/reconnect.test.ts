import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionLostError, ConnectionPool, OperationalError, type PoolOptions, ProgrammingError } from 'offloop'
import { Failure } from 'offloop/driver'
import { FakeClock } from 'offloop/testing'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import { type FakeConnection, FakeDriver, lost } from './fixtures/fake-driver.ts'

async function setting(owner: Owner, options: PoolOptions = {}) {
  const driver = new FakeDriver()
  const clock = new FakeClock()
  const pool = new ConnectionPool(driver, {}, { clock, max: 1, reconnect: true, goodSql: 'PING', ...options })
  closedAtEnd(owner, pool)
  await pool.start()
  return { driver, pool, connection: driver.made[0] as FakeConnection }
}

const syntax = new Failure({ type: 'ProgrammingError', message: 'what?', kind: 'syntax', code: 'SYNTAX' })
const failing = (pool: ConnectionPool) => pool.runInteraction((txn) => txn.query('WRONG'))
const wrong = (sql: string) => (sql === 'WRONG' ? syntax : null)
const tells = { code: 'CONNECTION_LOST', kind: 'connectionLost' }

describe('with reconnect', () => {
  test('ADB-084 the connection of a failed interaction is probed; if it lives the error is the database’s', async (t) => {
    const { connection, driver, pool } = await setting(t)
    connection.answer = wrong
    await refused(() => failing(pool), ProgrammingError, { code: 'SYNTAX', kind: 'syntax' })
    assert.deepEqual(connection.log, ['begin', 'WRONG', 'rollback', 'PING'])
    assert.deepEqual(await pool.runQuery('x'), [{ sql: 'x' }])
    assert.equal(driver.attempts, 1)
  })

  test('ADB-085 ADB-086 if it does not, the loss is told with that error as its cause, and the next call works', async (t) => {
    const { connection, driver, pool } = await setting(t)
    connection.answer = (sql) => (sql === 'PING' ? lost() : wrong(sql))
    const error = await refused(() => failing(pool), ConnectionLostError, tells)
    assert.equal(error.retryable, true)
    assert.ok(error.cause instanceof ProgrammingError)
    assert.equal(pool.stats().lost, 1)
    assert.deepEqual(await pool.runQuery('x'), [{ sql: 'x' }])
    assert.equal(driver.attempts, 2)
  })

  test('ADB-085 so it is when the rollback fails, and when it is the callback that threw', async (t) => {
    const { connection, pool } = await setting(t)
    connection.rollbackFails = lost()
    const mine = new Error('mine')
    const error = await refused(
      () =>
        pool.runInteraction(() => {
          throw mine
        }),
      ConnectionLostError,
      tells,
    )
    assert.equal(error.cause, mine)
    assert.ok((mine as { suppressed?: unknown }).suppressed instanceof ConnectionLostError)
    assert.equal(pool.stats().lost, 1)
    assert.deepEqual(await pool.runQuery('x'), [{ sql: 'x' }])
  })

  test('ADB-091 a probe that is refused is no loss', async (t) => {
    const { connection, pool } = await setting(t)
    connection.answer = () => syntax
    await refused(() => failing(pool), ProgrammingError, { code: 'SYNTAX', kind: 'syntax' })
    assert.equal(pool.stats().lost, 0)
  })

  test('ADB-088 a connection that is found lost when the transaction begins is replaced once', async (t) => {
    const { connection, driver, pool } = await setting(t)
    connection.beginFails = lost()
    connection.answer = () => lost()
    let calls = 0
    const work = () => {
      calls++
      return 'done'
    }
    assert.equal(await pool.runInteraction(work), 'done')
    assert.deepEqual([calls, driver.attempts], [1, 2])
    for (const made of driver.made) made.beginFails = lost()
    const connect = driver.connect.bind(driver)
    driver.connect = async (options, context) => Object.assign(await connect(options, context), { beginFails: lost() })
    await rejectionOf(() => pool.runInteraction(work))
    assert.equal(calls, 1)
  })

  test('a lent connection that failed is probed too', async (t) => {
    const { connection, pool } = await setting(t)
    connection.answer = (sql) => (sql === 'PING' ? lost() : wrong(sql))
    await refused(() => pool.runWithConnection((lent) => lent.query('WRONG')), ConnectionLostError, tells)
  })
})

describe('without reconnect', () => {
  test('ADB-015 ADB-083 nothing is probed, and the error is the first one; the connection is replaced if rolling back failed', async (t) => {
    const { connection, driver, pool } = await setting(t, { reconnect: false })
    connection.answer = wrong
    await refused(() => failing(pool), ProgrammingError, { code: 'SYNTAX', kind: 'syntax' })
    assert.deepEqual(connection.log, ['begin', 'WRONG', 'rollback'])
    const refusal = { type: 'OperationalError', message: 'no', code: 'NO', kind: 'other' } as const
    connection.rollbackFails = new Failure(refusal)
    const error = await refused(() => failing(pool), ProgrammingError, { code: 'SYNTAX', kind: 'syntax' })
    assert.ok((error as { suppressed?: unknown }).suppressed instanceof OperationalError)
    assert.deepEqual(await pool.runQuery('x'), [{ sql: 'x' }])
    assert.equal(driver.attempts, 2)
  })

  test('ADB-089 a dead connection costs at most one call', async (t) => {
    const { connection, driver, pool } = await setting(t, { reconnect: false })
    connection.answer = () => {
      connection.die()
      return lost()
    }
    await rejectionOf(() => pool.runQuery('x'))
    for (let i = 0; i < 5; i++) assert.deepEqual(await pool.runQuery('x'), [{ sql: 'x' }])
    assert.equal(driver.attempts, 2)
  })
})
