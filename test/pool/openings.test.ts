import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionLostError, ConnectionPool, OperationalError, type PoolOptions, TimeoutError } from 'offloop'
import { FakeClock } from 'offloop/testing'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import { FakeDriver } from './fixtures/fake-driver.ts'

const wrong = new OperationalError('the password is wrong', { code: '28P01', kind: 'permission' })
const away = new ConnectionLostError('nobody listens', {
  code: 'ECONNREFUSED',
  kind: 'connectionLost',
  retryable: true,
})
const crash = new ConnectionLostError('the thread ended', { code: 'THREAD_DIED', kind: 'connectionLost' })

function setting(owner: Owner, options: PoolOptions = {}, driver = new FakeDriver()) {
  const clock = new FakeClock()
  const pool = closedAtEnd(owner, new ConnectionPool(driver, {}, { ...noDeadlines, clock, max: 1, min: 0, ...options }))
  return { clock, driver, pool }
}

const query = (pool: ConnectionPool) => pool.runQuery('SELECT 1')
const row = [{ sql: 'SELECT 1' }]

test('whoever begins to wait between two attempts to open a connection keeps the process alive', async (t) => {
  const { clock, driver, pool } = setting(t)
  const alive = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  driver.always = away
  const gone = new AbortController()
  const first = pool.runQuery('SELECT 1', [], { signal: gone.signal })
  const outcome = rejectionOf(() => first)
  gone.abort()
  await outcome
  await clock.advance(0)
  const before = alive()
  const second = query(pool)
  assert.equal(alive(), before + 1)
  driver.always = null
  await clock.advance(5000)
  assert.deepEqual(await second, row)
  assert.equal(alive(), before)
})

describe('an error that somebody must mend', () => {
  test('F64 F32 is told to all who wait, after one attempt', async (t) => {
    const { driver, pool } = setting(t)
    driver.next.push(wrong)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => query(pool)))
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected')
      assert.equal(outcome.reason.code, '28P01')
    }
    assert.equal(driver.attempts, 1)
    assert.deepEqual(await query(pool), row)
    assert.equal(pool.stats().failedOpenings, 1)
  })

  test('F64 calls that come one after the other cause no storm: after five nobody tries for a while', async (t) => {
    const { clock, driver, pool } = setting(t)
    driver.always = wrong
    for (let i = 0; i < 1000; i++)
      await refused(() => query(pool), OperationalError, { code: '28P01', kind: 'permission' })
    assert.equal(driver.attempts, 5)
    const error = await refused(() => query(pool), OperationalError, { code: '28P01', kind: 'permission' })
    assert.match(error.message, /the password is wrong \(several attempts failed/)
    driver.always = null
    await rejectionOf(() => query(pool))
    await clock.advance(5000)
    assert.equal(driver.attempts, 5, 'nobody waits, so nobody tries')
    assert.deepEqual(await query(pool), row)
  })

  test('start() tries at once all the same', async (t) => {
    const { driver, pool } = setting(t, { min: 1 })
    driver.always = wrong
    for (let i = 0; i < 6; i++) await rejectionOf(() => query(pool))
    await refused(() => pool.start(), OperationalError, { code: '28P01', kind: 'permission' })
    driver.always = null
    await pool.start()
    assert.deepEqual(await query(pool), row)
  })

  test('does not keep a pool from being used that has another connection', async (t) => {
    const { driver, pool } = setting(t, { max: 2 })
    await query(pool)
    driver.always = wrong
    const gate = Promise.withResolvers<null>()
    ;(driver.made[0] as (typeof driver.made)[0]).answer = () => gate.promise
    const interaction = pool.runInteraction((txn) => txn.query('SELECT 1'))
    const waiting = query(pool)
    gate.resolve(null)
    await interaction
    assert.deepEqual(await waiting, row)
    assert.ok(driver.attempts <= 6)
  })
})

describe('a server that is away', () => {
  test('F48 P2 is tried again and again while callers wait, and found as soon as it is back', async (t) => {
    const { clock, driver, pool } = setting(t)
    driver.always = away
    const calls = Array.from({ length: 50 }, () => query(pool))
    await clock.advance(30_000)
    assert.ok(driver.attempts > 15, `${driver.attempts} attempts`)
    assert.equal(pool.stats().waiting, 50)
    driver.always = null
    await clock.advance(1000)
    for (const rows of await Promise.all(calls)) assert.deepEqual(rows, row)
  })

  test('callers who leave are not waited for, and no timer is left when the pool is closed', async (t) => {
    const { clock, driver, pool } = setting(t)
    driver.always = away
    await Promise.all([rejectionOf(() => pool.runQuery('SELECT 1', [], { timeout: 100 })), clock.advance(100)])
    await clock.advance(2000)
    const { attempts } = driver
    await clock.advance(10_000)
    assert.equal(driver.attempts, attempts)
    const waiting = rejectionOf(() => query(pool))
    await clock.advance(100)
    await pool.close()
    assert.equal(((await waiting) as { code?: unknown }).code, 'POOL_CLOSED')
    assert.equal(clock.timers, 0)
  })
})

describe('P14 threads that die at their start', () => {
  test('F12 are replaced, but after five deaths in ten seconds all who wait are told, and there is a pause', async (t) => {
    const { clock, driver, pool } = setting(t)
    driver.always = crash
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => query(pool)))
    await clock.advance(2000)
    for (const call of await calls) assert.ok(call.status === 'rejected' && call.reason instanceof ConnectionLostError)
    assert.equal(driver.attempts, 5)
    await refused(() => query(pool), ConnectionLostError, { code: 'THREAD_DIED', kind: 'connectionLost' })
    assert.equal(driver.attempts, 5)
    driver.always = null
    await clock.advance(5000)
    assert.deepEqual(await query(pool), row)
  })

  test('one that dies once costs nobody anything', async (t) => {
    const { clock, driver, pool } = setting(t)
    driver.next.push(crash)
    const call = query(pool)
    await clock.advance(50)
    assert.deepEqual(await call, row)
  })

  test('right after they were opened are not replaced without an end either', async (t) => {
    const { clock, driver, pool } = setting(t, { min: 1 })
    await pool.start()
    for (let i = 0; i < 100; i++) {
      driver.open[0]?.die()
      await clock.advance(20)
    }
    assert.ok(driver.attempts <= 6, `${driver.attempts} attempts`)
    await clock.advance(5000)
    assert.deepEqual(await query(pool), row)
  })
})

describe('after a loss', () => {
  test('P14 ADB-087 as many connections as are to stay open are opened again within a second', async (t) => {
    const { clock, driver, pool } = setting(t, { min: 2, max: 3 })
    await pool.start()
    await query(pool)
    for (const connection of driver.open) connection.die()
    await clock.advance(1000)
    assert.equal(driver.open.length, 2)
    assert.equal(pool.stats().lost, 2)
    assert.deepEqual(await query(pool), row)
  })

  test('a pool that was never started has again what it had', async (t) => {
    const { clock, driver, pool } = setting(t, { min: 3, max: 3 })
    await query(pool)
    driver.open[0]?.die()
    await clock.advance(1000)
    assert.equal(driver.open.length, 1)
  })
})

describe('connectTimeout', () => {
  const late = { code: 'CONNECT_TIMEOUT', kind: 'timeout', message: /not open after 5000 ms/ }

  test('F15 F52 a connection that does not come is not waited for, and closed when it comes', async (t) => {
    const { clock, driver, pool } = setting(t)
    const { promise, resolve } = Promise.withResolvers<void>()
    driver.next.push(promise)
    const call = refused(() => query(pool), TimeoutError, late)
    await clock.advance(4999)
    assert.equal(pool.stats().waiting, 1)
    await clock.advance(1)
    assert.equal((await call).retryable, true)
    assert.equal(driver.contexts[0]?.signal?.aborted, true)
    assert.deepEqual(await query(pool), row)
    resolve()
    await clock.advance(0)
    assert.deepEqual(
      driver.made.map(({ isClosed }) => isClosed),
      [false, true],
    )
    assert.equal(pool.stats().lanes.length, 1)
  })

  test('F15 an onOpen that does not end is not waited for, and its connection is closed', async (t) => {
    const { clock, driver, pool } = setting(t, { onOpen: () => new Promise(() => undefined) })
    const call = refused(() => query(pool), TimeoutError, late)
    await clock.advance(5000)
    await call
    assert.deepEqual(driver.open, [])
  })

  test('the time of a reader runs from when its writer is open', async (t) => {
    const { clock, driver, pool } = setting(t, { max: 2 }, new FakeDriver({ layout: 'writer-readers' }))
    const [writer, reader] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    driver.next.push(writer.promise, reader.promise)
    const call = query(pool)
    await clock.advance(4000)
    writer.resolve()
    await clock.advance(4000)
    reader.resolve()
    assert.deepEqual(await call, row)
  })

  test('waiting for locks, as the driver plans it, comes on top', async (t) => {
    const { clock, driver, pool } = setting(t, { connectTimeout: 100 }, new FakeDriver({ lockWait: 900 }))
    const { promise, resolve } = Promise.withResolvers<void>()
    driver.next.push(promise)
    const call = query(pool)
    await clock.advance(999)
    resolve()
    assert.deepEqual(await call, row)
  })

  test('Infinity means no limit, and a connection that came leaves no timer', async (t) => {
    const { clock, driver, pool } = setting(t, {
      connectTimeout: Infinity,
      idleTimeout: Infinity,
      validateAfterIdle: Infinity,
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    driver.next.push(promise)
    const call = query(pool)
    await clock.advance(100_000_000)
    resolve()
    assert.deepEqual(await call, row)
    assert.equal(clock.timers, 0)
  })
})

test('F44 F100 a pool is not used by another process than the one that made it', async (t) => {
  const { pool } = setting(t)
  const { pid } = process
  Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true })
  t.after(() => Object.defineProperty(process, 'pid', { value: pid, configurable: true, writable: true }))
  const error = (await rejectionOf(() => query(pool))) as { code?: unknown; message: string }
  assert.equal(error.code, 'OTHER_PROCESS')
  assert.match(error.message, /make one in each process/)
})
