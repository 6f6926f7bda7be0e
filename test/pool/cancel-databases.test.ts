import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { AbortError, ConnectionPool, TimeoutError } from 'offloop'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, onEveryIsolation, openPool, unwatched } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'

/** A write that takes long enough to be given up in its middle. */
// Long enough that a busy machine cannot end it before the clock has been moved on.
const longWrite = (rows: number) =>
  `INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) SELECT i FROM n`
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'

onEveryIsolation((database, suite) => {
  const clock = new FakeClock()
  // A process that does not end its statement within a fifth of a second is ended with it.
  const LONG_WRITE = longWrite(database.options.isolation === 'process' ? 250_000 : 900_000)
  const pool = openPool(suite, database, { clock, max: 2, ...noDeadlines })

  async function emptyTable(): Promise<void> {
    await pool.runOperation('DROP TABLE IF EXISTS t')
    await pool.runOperation('CREATE TABLE t (i)')
  }

  const rows = async () => (await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM t'))[0]?.n

  test('ADB-074 a write whose time is up leaves no trace', async () => {
    await emptyTable()
    for (const write of [
      () => pool.runOperation(LONG_WRITE, [], { timeout: 10 }),
      () => pool.runQuery(`${LONG_WRITE} RETURNING i`, [], { timeout: 10 }),
      () => pool.runInteraction({ timeout: 10 }, (txn) => txn.execute(LONG_WRITE)),
      () => pool.runWithConnection({ timeout: 10 }, (connection) => connection.query(LONG_WRITE)),
    ]) {
      const outcome = rejectionOf(write)
      await turn()
      clock.advance(10)
      assert.ok((await outcome) instanceof TimeoutError)
      assert.equal(await rows(), 0)
      await usable(pool)
      assert.equal(clock.pending, 0)
    }
  })

  test('ADB-074 so does a bulk insert, wherever its time was up', async () => {
    await emptyTable()
    async function* source() {
      for (let i = 0; i < 100_000; i++) {
        if (i === 2500) clock.advance(10)
        yield [i]
      }
    }
    const insert = () => pool.insertMany('t', source(), { timeout: 10 })
    await refused(insert, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
    assert.equal(await rows(), 0)
    await usable(pool)
  })

  test('ADB-073 a query without end is stopped', async () => {
    const controller = new AbortController()
    const outcome = rejectionOf(() => pool.runQuery(ENDLESS, [], { signal: controller.signal }))
    await turn()
    controller.abort()
    assert.ok((await outcome) instanceof AbortError)
    await usable(pool)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test('ADB-073 P12 so is one that had few rows whenever it ran before', async () => {
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n'
    for (let i = 0; i < 5; i++) assert.equal((await pool.runQuery(sql, 3)).length, 3)
    const controller = new AbortController()
    const outcome = rejectionOf(() => pool.runQuery(sql, -1, { signal: controller.signal }))
    while (pool.stats().lanes.every(({ inFlight }) => inFlight === 0)) await turn()
    controller.abort()
    assert.ok((await outcome) instanceof AbortError)
    await usable(pool)
  })

  test('ADB-073 an interaction is rolled back before its promise rejects', async () => {
    await emptyTable()
    const controller = new AbortController()
    const outcome = pool.runInteraction({ signal: controller.signal }, async (txn) => {
      await txn.execute('INSERT INTO t VALUES (1)')
      controller.abort('mine')
      await txn.execute('INSERT INTO t VALUES (2)')
    })
    const error = await refused(() => outcome, AbortError, { code: 'ABORTED', kind: 'aborted' })
    assert.equal(error.cause, 'mine')
    assert.equal(await rows(), 0)
    await usable(pool)
  })

  test('ADB-073 a callback that never ends is left behind, its handle is dead', async () => {
    await emptyTable()
    const outcome = rejectionOf(() =>
      pool.runInteraction({ timeout: 10 }, async (txn) => {
        await txn.execute('INSERT INTO t VALUES (1)')
        clock.advance(10)
        await new Promise(() => {})
      }),
    )
    assert.ok((await outcome) instanceof TimeoutError)
    assert.equal(await rows(), 0)
    await usable(pool)
  })

  test('a call with a limit of its own inside an interaction is undone alone', async () => {
    await emptyTable()
    await pool.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO t VALUES (1)')
      const aborted = { signal: AbortSignal.abort() }
      await refused(() => pool.runOperation('INSERT INTO t VALUES (2)', [], aborted), AbortError, {
        code: 'ABORTED',
        kind: 'aborted',
      })
      const late = rejectionOf(() => pool.runOperation(LONG_WRITE, [], { timeout: 10 }))
      await turn()
      clock.advance(10)
      assert.ok((await late) instanceof TimeoutError)
      const inner = rejectionOf(() => pool.runInteraction({ timeout: 10 }, (nested) => nested.execute(LONG_WRITE)))
      await turn()
      clock.advance(10)
      assert.ok((await inner) instanceof TimeoutError)
      await pool.runOperation('INSERT INTO t VALUES (3)', [], { timeout: 1000 })
    })
    assert.deepEqual(await pool.runQuery('SELECT i FROM t ORDER BY i'), [{ i: 1 }, { i: 3 }])
    assert.equal(clock.pending, 0)
    await usable(pool)
  })

  test('NOD-012 nothing is left of many calls with limits', async () => {
    const controller = new AbortController()
    const calls = Array.from({ length: 300 }, (_, i) =>
      pool.runQuery('SELECT ? AS i', [i], { signal: controller.signal, timeout: 1000 }),
    )
    await Promise.all(calls)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    assert.equal(clock.pending, 0)
  })
})

test('DEF-043 NOD-012 the system’s clock leaves no timer behind', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:', unwatched))
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await Promise.all([1, 2, 3].map((n) => pool.runQuery('SELECT ?', n, { timeout: 60_000 })))
  await assert.rejects(() => pool.runQuery('SELECT nothing', [], { timeout: 60_000 }))
  assert.equal(timers(), before)
})
