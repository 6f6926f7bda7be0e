import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { AbortError, ConnectionPool } from 'offloop'
import { closedAtEnd, onEveryDatabase, openPool } from '../databases.ts'
import { usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

test('P12 F90 of 10,000 calls that are aborted in the queue none reaches the database', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { maxWaiting: 20_000 }))
  const first = new Gate()
  const never = new Gate()
  never.open()
  const running = pool.runQuery(`WAIT ${first.number}`)
  await first.reached()
  const controllers = Array.from({ length: 10_000 }, () => new AbortController())
  const calls = controllers.map(({ signal }) => pool.runOperation(`WRITE ${never.number}`, [], { signal }))
  const outcomes = Promise.allSettled(calls)
  for (const controller of controllers) controller.abort()
  assert.equal(pool.stats().waiting, 0)
  first.open()
  await running
  for (const outcome of await outcomes) assert.ok(outcome.status === 'rejected' && outcome.reason instanceof AbortError)
  assert.equal(never.arrivals, 0)
})

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database, { max: 3 })

  test('P12 F91 500 aborted in flight strike no innocent', async () => {
    await pool.runOperation('CREATE TABLE t (i INTEGER PRIMARY KEY)')
    const LONG = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i FROM n'
    let aborted = 0
    let done = 0
    for (let i = 0; i < 500; i++) {
      const controller = new AbortController()
      const { signal } = controller
      const victim =
        i % 2 ? pool.runQuery(LONG, [], { signal }) : pool.runOperation('INSERT INTO t VALUES (?)', -i, { signal })
      const innocents = [pool.runQuery('SELECT ? AS i', i), pool.runOperation('INSERT INTO t VALUES (?)', i + 1)]
      for (let turns = i % 4; turns > 0; turns--) await turn()
      controller.abort()
      const [outcome] = await Promise.allSettled([victim])
      if (outcome.status === 'fulfilled') done++
      else {
        assert.ok(outcome.reason instanceof AbortError, String(outcome.reason))
        aborted++
      }
      const [rows, written] = await Promise.all(innocents)
      assert.deepEqual(rows, [{ i }])
      assert.equal((written as { rowCount: number }).rowCount, 1)
      // What was aborted left nothing, what was done is there.
      if (i % 2 === 0) {
        const kept = await pool.runQuery('SELECT i FROM t WHERE i = ?', -i)
        assert.equal(kept.length, outcome.status === 'fulfilled' ? 1 : 0)
      }
    }
    assert.ok(aborted > 100, `${aborted} were aborted, ${done} done`)
    const [count] = await pool.runQuery('SELECT count(*) AS n FROM t WHERE i > 0')
    assert.deepEqual(count, { n: 500 })
    await usable(pool)
  })
})
