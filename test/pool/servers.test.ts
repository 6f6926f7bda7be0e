import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  CommitUnknownError,
  ConnectionLostError,
  ConnectionPool,
  OperationalError,
  type PoolOptions,
  type SqlError,
  TimeoutError,
  TransactionRolledBackError,
} from 'offloop'
import { FakeClock } from 'offloop/testing'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import { FakeServer, loss, ServerDriver } from './fixtures/server-driver.ts'

/** A pool on one server, and the time of both. */
function setting(owner: Owner, options: PoolOptions = {}) {
  const clock = new FakeClock()
  const server = new FakeServer('a')
  server.now = () => clock.now()
  const pool = closedAtEnd(
    owner,
    new ConnectionPool(new ServerDriver(server), {}, { clock, min: 0, max: 4, ...options }),
  )
  return { clock, server, pool }
}

const write = (pool: ConnectionPool) => pool.runOperation('WRITE')

/** So many callers have a connection each at the same time. */
async function connected(pool: ConnectionPool, count: number): Promise<void> {
  const all = Promise.withResolvers<void>()
  let there = 0
  const one = () =>
    pool.runInteraction(async () => {
      if (++there === count) all.resolve()
      await all.promise
    })
  await Promise.all(Array.from({ length: count }, one))
}

/** Lets the time pass in small steps, so that what follows from each is done before the next. */
async function pass(clock: FakeClock, milliseconds: number, step = 10): Promise<void> {
  for (let left = milliseconds; left > 0; left -= step) await clock.advance(Math.min(step, left))
}

describe('a server that goes away and comes back', () => {
  test('F48 F46 callers wait for it, few connections are tried, and the first call is served within a second', async (t) => {
    const { clock, server, pool } = setting(t, { min: 4, max: 4 })
    await pool.start()
    assert.equal(server.open.length, 4)
    const gone = server.open.map(({ closed }) => closed)
    server.crash()
    await Promise.all(gone)
    const calls = Array.from({ length: 200 }, () => write(pool))
    const served = Promise.all(calls)
    const before = server.attempts.length
    await pass(clock, 5000)
    const tried = server.attempts.length - before
    assert.ok(tried >= 5 && tried <= 20, `${tried} connections were tried in five seconds`)
    assert.equal(pool.stats().waiting, 200)
    server.state = 'up'
    await pass(clock, 1000)
    await served
    assert.ok(server.open.length <= 4)
  })

  test('F46 all connections are dropped together, and no call meets a dead one', async (t) => {
    const { server, pool } = setting(t)
    await connected(pool, 4)
    const [first, ...others] = server.open
    // The server has died, but so far only one connection has been told: the others answer with the loss when asked.
    for (const other of others) other.query = () => Promise.resolve(loss('57P01'))
    first?.die(loss('57P02'))
    await first?.closed
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => write(pool)))
    assert.ok(results.every(({ status }) => status === 'fulfilled'))
    assert.equal(server.open.filter((connection) => others.includes(connection)).length, 0)
  })

  test('P1 each caller waits no longer than his own deadline, and is told why no connection came', async (t) => {
    const { clock, server, pool } = setting(t, { acquireTimeout: 2000 })
    server.state = 'away'
    const short = rejectionOf(() => pool.runQuery('READ', [], { timeout: 500 }))
    const long = rejectionOf(() => write(pool))
    await pass(clock, 600)
    assert.ok((await short) instanceof TimeoutError)
    await pass(clock, 1700)
    const error = (await long) as TimeoutError
    assert.equal(error.code, 'ACQUIRE_TIMEOUT')
    assert.match(error.message, /The last attempt to open one failed: lost: ECONNREFUSED\./)
    assert.equal((error.cause as { code?: string }).code, 'ECONNREFUSED')
  })

  test('F52 P1 a server that never answers is left after connectTimeout', async (t) => {
    const { clock, server, pool } = setting(t, { connectTimeout: 1000 })
    server.state = 'mute'
    const error = rejectionOf(() => write(pool))
    await pass(clock, 1100)
    assert.equal(((await error) as SqlError).code, 'CONNECT_TIMEOUT')
  })
})

describe('a server that refuses', () => {
  const wrong = new OperationalError('password authentication failed', { code: '28P01', kind: 'permission' })

  test('F64 a wrong password is told to all at once, after one attempt', async (t) => {
    const { server, pool } = setting(t, { min: 4 })
    server.refusal = wrong
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => write(pool)))
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === '28P01'))
    assert.equal(server.attempts.length, 1)
    await refused(() => pool.start(), OperationalError, { code: '28P01', kind: 'permission' })
    assert.equal(server.attempts.length, 2, 'start opens one first')
  })

  test('F63 a server that is full is served by the connections there are, and asked for more later', async (t) => {
    const { clock, server, pool } = setting(t, { max: 10 })
    server.maxConnections = 5
    let running = 0
    let most = 0
    const gates: (() => void)[] = []
    const calls = Array.from({ length: 30 }, () =>
      pool.runInteraction(async () => {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => gates.push(resolve))
        running--
      }),
    )
    await pass(clock, 20, 1)
    assert.deepEqual([running, server.attempts.length], [5, 6], 'one more was tried, once')
    for (let done = 0; done < 30; done++) {
      gates.shift()?.()
      await pass(clock, 3, 1)
    }
    await Promise.all(calls)
    assert.equal(most, 5)
    assert.equal(server.attempts.length, 6)

    server.maxConnections = 100
    const more = connected(pool, 10)
    await pass(clock, 1100)
    await more
    assert.equal(server.open.length, 10)
  })

  test('F63 where others have all connections, callers wait for one', async (t) => {
    const { clock, server, pool } = setting(t)
    server.maxConnections = 0
    const call = write(pool)
    await pass(clock, 3000)
    assert.ok(server.attempts.length <= 15)
    server.maxConnections = 1
    await pass(clock, 1000)
    await call
  })
})

describe('a server that only reads by now', () => {
  test('F67 connections are replaced, and the next writes reach the server that took over', async (t) => {
    const { server, pool } = setting(t)
    await connected(pool, 4)
    const before = server.open
    server.onlyReads = true
    await refused(() => write(pool), OperationalError, { code: 'readOnly', kind: 'readOnly' })
    server.onlyReads = false
    await write(pool)
    assert.ok(before.every(({ isClosed }) => isClosed))
  })

  test('F67 so they are after an interaction; one that asked to only read changes nothing', async (t) => {
    const { server, pool } = setting(t)
    await connected(pool, 2)
    await rejectionOf(() => pool.runInteraction({ readOnly: true }, (txn) => txn.query('WRITE')))
    assert.equal(server.open.length, 2)
    server.onlyReads = true
    await rejectionOf(() => pool.runInteraction((txn) => txn.query('WRITE')))
    await pool.runQuery('READ')
    assert.equal(server.made.length, 3)
  })

  test('F67 a server that only reads at all times is not connected to again and again', async (t) => {
    const { server, pool } = setting(t)
    server.onlyReads = true
    for (let i = 0; i < 50; i++) await rejectionOf(() => write(pool))
    assert.ok(server.made.length <= 2)
  })
})

describe('a statement without an end', () => {
  test('F50 it alone is stopped and fails, and those behind it on the same connection run', async (t) => {
    const { clock, server, pool } = setting(t, { max: 1, statementTimeout: 1000 })
    await pool.runQuery('READ')
    const hung = rejectionOf(() => pool.runQuery('HANG'))
    const behind = Array.from({ length: 5 }, () => pool.runQuery('READ'))
    await pass(clock, 1300)
    assert.equal(((await hung) as SqlError).code, 'STATEMENT_TIMEOUT')
    await Promise.all(behind)
    assert.equal(server.made.length, 1)
  })

  test('F50 a server that cannot be told loses the connection a second later; nothing is given back before', async (t) => {
    const { clock, server, pool } = setting(t, { max: 1, statementTimeout: 1000 })
    await pool.runQuery('READ')
    const [first] = server.open
    if (first) first.isDeaf = true
    const hung = rejectionOf(() => pool.runQuery('HANG READ'))
    const behind = pool.runQuery('READ')
    await pass(clock, 1200)
    assert.equal(first?.isClosed, false)
    await pass(clock, 1100)
    const error = (await hung) as TimeoutError
    assert.deepEqual([error.code, error.kind], ['STATEMENT_TIMEOUT', 'timeout'])
    await behind
    assert.equal(first?.isClosed, true)
  })

  test('F50 of a write whose connection was ended nobody knows whether it was done', async (t) => {
    const { clock, server, pool } = setting(t, { max: 1, statementTimeout: 1000 })
    await pool.runQuery('READ')
    for (const connection of server.open) connection.isDeaf = true
    const hung = rejectionOf(() => pool.runOperation('HANG'))
    await pass(clock, 2300)
    assert.ok((await hung) instanceof CommitUnknownError)
  })

  test('F50 in an interaction it is stopped, and the interaction is rolled back', async (t) => {
    const { clock, server, pool } = setting(t, { max: 1, statementTimeout: 1000 })
    const hung = rejectionOf(() => pool.runInteraction((txn) => txn.query('HANG')))
    await pass(clock, 1300)
    assert.equal(((await hung) as SqlError).code, 'STATEMENT_TIMEOUT')
    await write(pool)
    assert.deepEqual([server.made.length, server.open[0]?.transaction], [1, 'none'])
  })
})

describe('a transaction that a statement has ended', () => {
  test('F73 what comes after tells of the first error', async (t) => {
    const { pool } = setting(t)
    const error = (await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.query('FAIL unique').catch(() => undefined)
        await txn.query('READ')
      }),
    )) as SqlError
    assert.deepEqual([error.code, (error.cause as SqlError).kind], ['25P02', 'unique'])
  })

  test('P4 F73 a COMMIT that rolled back is no commit, and says why', async (t) => {
    const { pool } = setting(t)
    for (let i = 0; i < 100; i++) {
      const swallowed = pool.runInteraction(async (txn) => {
        await txn.query('FAIL unique').catch(() => undefined)
      })
      const error = (await rejectionOf(() => swallowed)) as SqlError
      assert.ok(error instanceof TransactionRolledBackError)
      assert.equal((error.cause as SqlError).kind, 'unique')
    }
  })

  test('an inner interaction undoes what it failed with, and later failures tell of their own', async (t) => {
    const { pool } = setting(t)
    const error = (await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        const inner = pool.runInteraction(async (inside) => {
          await inside.query('FAIL unique').catch(() => undefined)
          await inside.query('READ')
        })
        await inner.catch(() => undefined)
        await txn.query('READ')
        await txn.query('FAIL deadlock').catch(() => undefined)
        await txn.query('READ')
      }),
    )) as SqlError
    assert.deepEqual([error.code, (error.cause as SqlError).kind], ['25P02', 'deadlock'])
  })

  test('P6 a serialization failure that was swallowed is tried again all the same', async (t) => {
    const { clock, pool } = setting(t)
    const attempts: number[] = []
    const done = pool.runInteraction({ retry: 3 }, async (txn) => {
      attempts.push(txn.attempt)
      if (txn.attempt < 3) await txn.query('FAIL serialization').catch(() => undefined)
    })
    await pass(clock, 500)
    await done
    assert.deepEqual(attempts, [1, 2, 3])
  })

  test('P5 a COMMIT whose answer is lost is unknown, and never tried again', async (t) => {
    const { server, pool } = setting(t)
    let runs = 0
    const error = await rejectionOf(() =>
      pool.runInteraction({ retry: { attempts: 5, on: () => true } }, async (txn) => {
        runs++
        await txn.query('WRITE')
        for (const connection of server.open) connection.commit = () => Promise.resolve(loss('ECONNRESET'))
      }),
    )
    assert.ok(error instanceof CommitUnknownError)
    assert.ok(!(error instanceof ConnectionLostError))
    assert.equal(runs, 1)
  })
})
