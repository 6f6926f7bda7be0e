import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CommitUnknownError, ConnectionPool, PoolClosedError } from 'offloop'
import { closedAtEnd, type Owner, onEveryDatabase, onTunedDatabases, openPool, unwatched } from '../databases.ts'
import { collect, rejectionOf } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

function gatePool(owner: Owner, layout = 'one', max = 1) {
  const clock = new FakeClock()
  const pool = closedAtEnd(
    owner,
    new ConnectionPool(gates, { layout }, { ...unwatched, clock, max, closeTimeout: 1000 }),
  )
  return { clock, pool }
}

/** Lets time pass until the call has settled, in however many turns the threads need. */
async function endOf<T>(clock: FakeClock, call: Promise<T>): Promise<T> {
  let settled = false
  const end = () => {
    settled = true
  }
  void call.then(end, end)
  while (!settled) {
    clock.advance(50)
    await turn()
  }
  return await call
}

function assertClosed(error: unknown): void {
  assert.ok(error instanceof PoolClosedError, String(error))
  assert.deepEqual([error.code, error.kind], ['POOL_CLOSED', 'closed'])
  assert.match(error.message, /closeTimeout/)
}

describe('closing while something runs', () => {
  test('ADB-028 F95 what is done in time is delivered; what is not is rejected, and close resolves', async (t) => {
    const { clock, pool } = gatePool(t)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached()
    const closing = pool.close()
    clock.advance(999)
    await turn()
    assert.equal(pool.stats().state, 'closing')
    await endOf(clock, closing)
    assertClosed(await stuck)
    assert.equal(pool.stats().state, 'closed')
    assert.equal(clock.pending, 0)
    gate.open()
    await pool.close()
  })

  test('ADB-028 an interaction is rolled back and rejected, its callback left behind', async (t) => {
    const { clock, pool } = gatePool(t)
    let handle: { query(sql: string): Promise<unknown> } | undefined
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const outcome = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        handle = txn
        await txn.query('ROLE')
        resolve()
        await new Promise(() => {})
      }),
    )
    await begun
    const closing = pool.close()
    clock.advance(1000)
    await closing
    assertClosed(await outcome)
    await assert.rejects(async () => handle?.query('ROLE'), { code: 'TRANSACTION_ENDED' })
    const { state, lanes, closed, lost } = pool.stats()
    assert.deepEqual({ state, lanes, closed, lost }, { state: 'closed', lanes: [], closed: 1, lost: 0 })
  })

  test('a stream that nobody reads and a bulk operation that stands still are given up', async (t) => {
    const { clock, pool } = gatePool(t, 'writer-readers', 2)
    const gate = new Gate()
    gate.open()
    const rows = pool.stream(`ROWS ${gate.number}`, [], { pageSize: 10 })
    await rows.next()
    async function* one() {
      yield [1]
      await new Promise(() => {})
    }
    const bulk = rejectionOf(() => pool.executeMany('CHANGE ?', one()))
    await turn()
    const closing = pool.close()
    clock.advance(1000)
    await closing
    assertClosed(await bulk)
    assertClosed(await rejectionOf(() => collect(rows)))
    assert.deepEqual(pool.stats().lanes, [])
  })

  test('F84 a COMMIT that is not answered leaves the outcome unknown', async (t) => {
    const { clock, pool } = gatePool(t)
    const gate = new Gate()
    const outcome = rejectionOf(() => pool.runInteraction((txn) => txn.execute(`ARM commit ${gate.number}`)))
    await gate.reached()
    await endOf(clock, pool.close())
    assert.ok((await outcome) instanceof CommitUnknownError)
    gate.open()
  })

  test('F96 closing again is the same; a shorter timeout then shortens the wait, a longer one changes nothing', async (t) => {
    const { clock, pool } = gatePool(t)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached()
    const closing = pool.close({ timeout: 60_000 })
    assert.equal(pool.close({ timeout: Number.POSITIVE_INFINITY }), closing)
    clock.advance(30_000)
    await turn()
    assert.equal(pool.stats().state, 'closing')
    assert.equal(pool.close({ timeout: 0 }), closing)
    clock.advance(0)
    assertClosed(await stuck)
    await endOf(clock, closing)
    gate.open()
  })

  test('a wrong timeout is refused, and nothing is closed', async (t) => {
    const { pool } = gatePool(t)
    for (const timeout of [-1, Number.NaN, '5' as never]) {
      await assert.rejects(pool.close({ timeout }), { code: 'INVALID_OPTION' })
    }
    await assert.rejects(pool.close({ hard: true } as never), { code: 'INVALID_OPTION' })
    assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
  })
})

onEveryDatabase((database) => {
  test('P13 F96 after closing under load nothing is left of the pool', async (t) => {
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
    const pool = openPool(t, database, { max: 3 })
    await pool.runOperation('CREATE TABLE t (i)')
    const calls = Array.from({ length: 500 }, (_, i) =>
      i % 2 ? pool.runQuery('SELECT ? AS i', i) : pool.runOperation('INSERT INTO t VALUES (?)', i),
    )
    const outcomes = Promise.allSettled(calls)
    await Promise.all([pool.close(), pool.close({ timeout: 60_000 })])
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof PoolClosedError, String(outcome.reason))
    }
    assert.deepEqual(pool.stats().lanes, [])
    const after = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
    assert.deepEqual(after.sort(), before.sort())
  })
})

onTunedDatabases((database) => {
  test('DEF-020 F98 with isolation: process a statement that nothing else stops does not keep close from its time', async (t) => {
    const pool = openPool(t, database, { isolation: 'process', max: 2 })
    await pool.start()
    const ENDLESS =
      'SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)'
    const stuck = rejectionOf(() => pool.runQuery(ENDLESS))
    while (pool.stats().lanes.every(({ inFlight }) => inFlight === 0)) await turn()
    await pool.close({ timeout: 100 })
    assertClosed(await stuck)
    assert.deepEqual(pool.stats().lanes, [])
  })
})
