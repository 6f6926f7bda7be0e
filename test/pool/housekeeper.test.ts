import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool, OperationalError, type PoolOptions } from 'offloop'
import type { ConnectPlan } from 'offloop/driver'
import { FakeClock } from 'offloop/testing'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused } from './expect.ts'
import { type FakeConnection, FakeDriver, lost } from './fixtures/fake-driver.ts'

function setting(owner: Owner, options: PoolOptions = {}, plan: Partial<ConnectPlan<object>> = {}) {
  const clock = new FakeClock()
  const driver = new FakeDriver(plan)
  const pool = closedAtEnd(
    owner,
    new ConnectionPool(
      driver,
      {},
      { ...noDeadlines, clock, max: 3, min: 1, leakWarning: Number.POSITIVE_INFINITY, ...options },
    ),
  )
  return { clock, driver, pool }
}

const query = (pool: ConnectionPool) => pool.runQuery('SELECT 1')
const row = [{ sql: 'SELECT 1' }]

/** Opens as many connections as there may be, by leasing them all at once. */
async function full(pool: ConnectionPool): Promise<void> {
  const leases = await Promise.all(Array.from({ length: pool.stats().max }, () => pool.acquire()))
  await Promise.all(leases.map((lease) => lease.release()))
}

const probes = ({ log }: FakeConnection) => log.filter((sql) => sql === 'PING').length

describe('ADB-038 idleTimeout', () => {
  test('connections that nobody uses are closed, down to the minimum', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000, min: 2 })
    await full(pool)
    await clock.advance(999)
    assert.equal(driver.open.length, 3)
    await clock.advance(500)
    assert.equal(driver.open.length, 2)
    await clock.advance(100_000)
    const { opened, closed, lost } = pool.stats()
    assert.deepEqual({ opened, closed, lost }, { opened: 3, closed: 1, lost: 0 })
    assert.deepEqual(await query(pool), row)
  })

  test('one that is used in between stays', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000, min: 0, max: 1 })
    for (let i = 0; i < 10; i++) {
      await query(pool)
      await clock.advance(900)
    }
    assert.equal(driver.attempts, 1)
    for (let i = 0; i < 10; i++) {
      await pool.runInteraction(() => 1)
      await clock.advance(900)
    }
    assert.equal(driver.attempts, 1)
    await clock.advance(1000)
    assert.deepEqual(pool.stats().lanes, [])
    assert.deepEqual(await query(pool), row)
  })

  test('one that is leased for long stays, and so does one whose statement takes long', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000, min: 0 })
    const lease = await pool.acquire()
    const { promise, resolve } = Promise.withResolvers<null>()
    await query(pool)
    for (const connection of driver.made) connection.answer = () => promise
    const slow = query(pool)
    await clock.advance(10_000)
    assert.equal(driver.open.length, 2)
    resolve(null)
    await slow
    await lease.release()
    await clock.advance(2000)
    assert.equal(driver.open.length, 0)
  })

  test('readers go first and the writer last', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000, min: 0 }, { layout: 'writer-readers' })
    await Promise.all([query(pool), pool.runOperation('x')])
    const order: string[] = []
    for (const connection of driver.made) void connection.closed.then(() => order.push(connection.role))
    await clock.advance(3000)
    assert.equal(driver.open.length, 0)
    assert.deepEqual([order.at(-1), new Set(order.slice(0, -1))], ['writer', new Set(['reader'])])
  })

  test('with a minimum of one it is the writer that stays', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000 }, { layout: 'writer-readers' })
    await Promise.all([query(pool), pool.runOperation('x')])
    await clock.advance(3000)
    assert.deepEqual(
      driver.open.map(({ role }) => role),
      ['writer'],
    )
  })

  test('a call that comes while its connection is being closed gets another', async (t) => {
    const { clock, driver, pool } = setting(t, { idleTimeout: 1000, min: 0, max: 1 })
    await query(pool)
    const [connection] = driver.made as [FakeConnection]
    const { promise, resolve } = Promise.withResolvers<void>()
    const close = connection.close.bind(connection)
    connection.close = () => promise.then(close)
    await clock.advance(2000)
    assert.deepEqual(
      pool.stats().lanes.map(({ state }) => state),
      ['closing'],
    )
    const call = query(pool)
    resolve()
    assert.deepEqual(await call, row)
    assert.equal(driver.attempts, 2)
  })
})

describe('maxLifetime', () => {
  test('a connection is closed between 90 and 100 % of it, and another comes', async (t) => {
    const { clock, driver, pool } = setting(t, { maxLifetime: 10_000, idleTimeout: Infinity, min: 1, max: 1 })
    await pool.start()
    for (let i = 0; i < 17; i++) {
      await query(pool)
      await clock.advance(500)
    }
    assert.equal(driver.attempts, 1)
    for (let i = 0; i < 10; i++) {
      await query(pool)
      await clock.advance(500)
    }
    assert.equal(driver.attempts, 2)
    assert.deepEqual(
      driver.made.map(({ isClosed }) => isClosed),
      [true, false],
    )
  })

  test('one that is in use is closed as soon as it is free, and nobody new comes on', async (t) => {
    const { clock, driver, pool } = setting(t, { maxLifetime: 1000, min: 0, max: 1 })
    const lease = await pool.acquire()
    await clock.advance(2000)
    const waiting = query(pool)
    await lease.query('UPDATE')
    await lease.commit()
    await lease.release()
    assert.deepEqual(await waiting, row)
    assert.deepEqual(driver.made[0]?.log, ['begin', 'UPDATE', 'commit', 'close'])
    assert.equal(driver.attempts, 2)
  })

  test('not all connections reach their age at once', async (t) => {
    const { clock, driver, pool } = setting(t, { maxLifetime: 100_000, validateAfterIdle: 1000, min: 8, max: 8 })
    await full(pool)
    const left = new Set<number>()
    for (let i = 0; i < 110; i++) {
      await clock.advance(1000)
      left.add(driver.open.length)
    }
    assert.ok(left.size > 2, [...left].join())
  })
})

describe('ADB-090 validateAfterIdle', () => {
  const options = { validateAfterIdle: 1000, goodSql: 'PING' }

  test('a connection that rested is asked before it serves, and a dead one is never seen', async (t) => {
    const { clock, driver, pool } = setting(t, { ...options, max: 1 })
    await query(pool)
    await clock.advance(500)
    await query(pool)
    const [first] = driver.made as [FakeConnection]
    assert.equal(probes(first), 0)
    await clock.advance(2000)
    assert.equal(probes(first), 0, 'nobody came')
    await query(pool)
    assert.equal(probes(first), 1)
    await clock.advance(2000)
    first.answer = () => lost()
    assert.deepEqual(await query(pool), row)
    assert.deepEqual(
      driver.made.map(({ log }) => log.includes('close')),
      [true, false],
    )
    const { opened, lost: gone } = pool.stats()
    assert.deepEqual({ opened, gone }, { opened: 2, gone: 1 })
  })

  test('ADB-091 a probe that the database refuses shows that the connection lives', async (t) => {
    const { clock, driver, pool } = setting(t, { ...options, max: 1 })
    await query(pool)
    await clock.advance(2000)
    const { Failure } = await import('offloop/driver')
    const refusal = new Failure({ type: 'ProgrammingError', message: 'what?', kind: 'syntax', code: 'X' })
    ;(driver.made[0] as FakeConnection).answer = (sql) => (sql === 'PING' ? refusal : null)
    assert.deepEqual(await query(pool), row)
    assert.equal(driver.attempts, 1)
  })

  test('F51 a connection that does not answer a probe in time is given up', async (t) => {
    const { clock, driver, pool } = setting(t, { ...options, connectTimeout: 700, max: 1 })
    await query(pool)
    await clock.advance(2000)
    const [first] = driver.made as [FakeConnection]
    first.answer = () => new Promise(() => undefined)
    const call = query(pool)
    await clock.advance(699)
    assert.equal(driver.attempts, 1)
    await clock.advance(1)
    assert.deepEqual(await call, row)
    assert.equal(driver.attempts, 2)
  })

  test('the pool closes while connections are asked', async (t) => {
    const { clock, driver, pool } = setting(t, { ...options, max: 1 })
    await query(pool)
    await clock.advance(2000)
    const { promise, resolve } = Promise.withResolvers<null>()
    ;(driver.made[0] as FakeConnection).answer = () => promise
    const call = query(pool)
    await clock.advance(0)
    const closing = pool.close()
    await assert.rejects(call, { code: 'POOL_CLOSED' })
    resolve(null)
    await closing
    assert.equal(driver.open.length, 0)
    assert.equal(clock.timers, 0)
  })

  test('ADB-016 the statement is the driver’s, or SELECT 1', async (t) => {
    const { clock, driver, pool } = setting(t, { validateAfterIdle: 1000, max: 1 })
    await query(pool)
    await clock.advance(2000)
    await pool.runQuery('x')
    assert.deepEqual(driver.made[0]?.log, ['SELECT 1', 'SELECT 1', 'x'])
    const other = setting(t, { validateAfterIdle: 1000, max: 1 })
    Object.assign(other.driver.traits, { goodSql: 'VALUES (1)' })
    const pooled = closedAtEnd(t, new ConnectionPool(other.driver, {}, { clock: other.clock, validateAfterIdle: 1000 }))
    await pooled.runQuery('x')
    await other.clock.advance(2000)
    await pooled.runQuery('x')
    assert.deepEqual(other.driver.made[0]?.log, ['x', 'VALUES (1)', 'x'])
  })
})

describe('ADB-093 after a loss', () => {
  test('connections that are idle are asked before they serve: one restart of a server costs one call', async (t) => {
    const { clock, driver, pool } = setting(t, { goodSql: 'PING' })
    await full(pool)
    for (const connection of driver.made) connection.answer = () => lost()
    driver.open[0]?.die()
    await clock.advance(0)
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => query(pool)))
    assert.deepEqual(new Set(calls.map(({ status }) => status)), new Set(['fulfilled']))
  })
})

describe('a pool that nobody uses', () => {
  test('sets no timer before its first call, and none once all that stays rests', async (t) => {
    const { clock, pool } = setting(t)
    assert.equal(clock.timers, 0)
    await full(pool)
    assert.equal(clock.timers, 1)
    await clock.advance(200_000)
    assert.equal(clock.timers, 0)
    assert.equal(pool.stats().lanes.length, 1)
    await query(pool)
    assert.equal(clock.timers, 1)
    await pool.close()
    assert.equal(clock.timers, 0)
  })
})

test('F43 a database that lives in its one connection is never closed, replaced or asked', async (t) => {
  const plan = { transient: true, layout: 'one' } as const
  const options = { min: 0, max: 1, idleTimeout: 10, maxLifetime: 10, validateAfterIdle: 10 }
  const { clock, driver, pool } = setting(t, options, plan)
  await query(pool)
  await clock.advance(10_000_000)
  assert.deepEqual(driver.made[0]?.log, ['SELECT 1'])
  assert.equal(clock.timers, 0)
  assert.equal(driver.open.length, 1)
})

describe('F36 a database that is replaced', () => {
  const replaced = { code: 'DATABASE_REPLACED', kind: 'io', message: /the database fake was replaced or removed/ }

  test('is noticed within seconds of use, all calls are refused, and a restart uses what is there then', async (t) => {
    let identity: string | null = 'a'
    const { clock, driver, pool } = setting(t, { max: 1 }, { identity: async () => identity })
    await pool.start()
    for (let i = 0; i < 10; i++) {
      await clock.advance(2500)
      await query(pool)
    }
    identity = null
    await clock.advance(5000)
    for (const call of [() => query(pool), () => pool.runInteraction(() => 1), () => pool.acquire()]) {
      await refused(call, OperationalError, replaced)
    }
    await pool.close()
    identity = 'b'
    await pool.start()
    await clock.advance(6000)
    assert.deepEqual(await query(pool), row)
    assert.equal(driver.attempts, 2)
  })

  test('is noticed by a pool that rested, before it serves', async (t) => {
    let identity = 'a'
    const { clock, pool } = setting(t, { max: 1 }, { identity: async () => identity })
    await query(pool)
    await clock.advance(100_000)
    assert.equal(clock.timers, 0)
    identity = 'b'
    await refused(() => query(pool), OperationalError, replaced)
  })

  test('is not imagined when nobody can tell', async (t) => {
    let identity: string | undefined = 'a'
    const { clock, pool } = setting(t, { max: 1 }, { identity: async () => identity })
    await query(pool)
    await clock.advance(1000)
    identity = undefined
    await clock.advance(10_000)
    assert.deepEqual(await query(pool), row)
  })
})
