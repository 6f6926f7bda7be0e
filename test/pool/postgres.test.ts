import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ConnectionPool, type PoolOptions, type SqlError, TransactionRolledBackError } from 'offloop'
import { closeSite, type Server, startServer } from '../../scripts/servers/index.ts'
import { rejectionOf } from './expect.ts'

describe('a pool on PostgreSQL', () => {
  let server: Server
  before(async () => {
    server = await startServer('postgres', { settings: { max_connections: 6, superuser_reserved_connections: 0 } })
  })
  after(async () => {
    await server?.remove()
    await closeSite()
  })
  const open = (options: PoolOptions = {}, url = server.url()) =>
    new ConnectionPool(url, { acquireTimeout: 30_000, ...options })

  test('F63 more callers than the server takes connections are served by those there are', async () => {
    await using pool = open({ max: 10 })
    const one = () => pool.runInteraction((txn) => txn.query('SELECT pg_sleep(0.01)'))
    await Promise.all(Array.from({ length: 60 }, one))
    const { lanes } = pool.stats()
    assert.ok(lanes.length <= 6)
  })

  test('F64 a database that is not there is told to all at once', async () => {
    await using pool = open({ min: 4 }, server.url('nowhere'))
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => pool.runQuery('SELECT 1')))
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === '3D000'))
    assert.ok(pool.stats().failedOpenings <= 5)
  })

  test('F50 a statement without an end is stopped, and its connection serves on', async () => {
    await using pool = open({ max: 1, statementTimeout: 300 })
    const error = (await rejectionOf(() => pool.runQuery('SELECT pg_sleep(60)'))) as SqlError
    assert.equal(error.code, 'STATEMENT_TIMEOUT')
    await pool.runQuery('SELECT 1')
    assert.equal(pool.stats().opened, 1)
    const rest =
      "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
    assert.deepEqual(await pool.runQuery(rest), [{ n: 0 }])
  })

  test('F73 P4 what follows a failed statement names it, and its COMMIT is none', async () => {
    await using pool = open({ max: 1 })
    await pool.runOperation('CREATE TABLE single (id int PRIMARY KEY)')
    const insert = 'INSERT INTO single VALUES (1)'
    const swallowed = await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute(insert)
        await txn.execute(insert).catch(() => undefined)
      }),
    )
    assert.ok(swallowed instanceof TransactionRolledBackError)
    assert.equal((swallowed.cause as SqlError).kind, 'unique')
    assert.deepEqual(await pool.runQuery('SELECT * FROM single'), [])
  })

  test('F46 F47 F48 the server is killed under load and started again: calls go on without a restart', async () => {
    await using pool = open({ max: 4 })
    await pool.runQuery('SELECT 1')
    let done = 0
    let isOver = false
    const caller = async () => {
      while (!isOver) {
        await pool.runQuery('SELECT 1').then(
          () => done++,
          () => undefined,
        )
      }
    }
    const callers = Promise.all(Array.from({ length: 20 }, caller))
    await server.kill()
    await server.start()
    const before = done
    const next = await pool.runQuery('SELECT 1 AS one')
    isOver = true
    await callers
    assert.deepEqual(next, [{ one: 1 }])
    assert.ok(done > before)
  })
})
