import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AbortError, ConnectionPool } from 'offloop'
import { closedAtEnd, onTunedDatabases, openPool } from '../databases.ts'
import { rejectionOf, usable } from '../pool/expect.ts'
import gates from '../pool/fixtures/gate-driver.ts'
import { Gate } from '../pool/fixtures/gate-memory.ts'
import { abortInFlight } from './giving-up.ts'

test('P12 F90 of 9999 calls that are given up in the queue none reaches the database', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { max: 1 }))
  const gate = new Gate()
  const first = pool.runInteraction((txn) => txn.query(`WAIT ${gate.number}`))
  await gate.reached()
  const controller = new AbortController()
  const { signal } = controller
  const givenUp = Array.from({ length: 9999 }, (_, n) => rejectionOf(() => pool.runQuery('ECHO ?', n, { signal })))
  const kept = pool.runQuery('ECHO ?', 'kept')
  controller.abort()
  for (const error of await Promise.all(givenUp)) assert.ok(error instanceof AbortError)
  gate.open()
  await first
  assert.deepEqual(await kept, [{ echo: 'kept' }])
  const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
  assert.deepEqual(log, ['begin write', `WAIT ${gate.number}`, 'commit', 'ECHO ?', 'LOG'])
})

test('F84 an interaction that is given up between its COMMIT and the answer has the result of the COMMIT', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { max: 1 }))
  const gate = new Gate()
  const controller = new AbortController()
  const committed = pool.runInteraction({ signal: controller.signal }, async (txn) => {
    await txn.query(`ARM commit ${gate.number}`)
    return 'result'
  })
  await gate.reached()
  controller.abort()
  gate.open()
  assert.equal(await committed, 'result')
  const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
  assert.deepEqual(log, ['begin write', `ARM commit ${gate.number}`, 'commit', 'LOG'])
})

test('F21 an answer that is there wins over a deadline that passed while the loop was blocked, and comes once', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { max: 1 }))
  await pool.start()
  const gate = new Gate()
  gate.open()
  const timeout = 50
  const answer = pool.runQuery(`WAIT ${gate.number}`, [], { timeout })
  await new Promise((resolve) => setImmediate(resolve))
  // Blocks the loop until the thread was at it and the deadline is long over.
  const blocked = performance.now()
  while (gate.arrivals === 0 || performance.now() - blocked < 10 * timeout);
  assert.deepEqual(await answer, [{ wait: gate.number }])
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
})

onTunedDatabases((database) => {
  test('P12 500 queries that are given up in flight harm nobody else, and end at once', async (t) => {
    const pool = openPool(t, database, { max: 3 })
    const { median, longest, ...figures } = await abortInFlight(pool, 500)
    t.diagnostic(JSON.stringify({ ...figures, median, longest }))
    assert.deepEqual(figures, { aborted: 500, strangeEnds: 0, innocents: 1500, harmed: 0 })
    assert.ok(median < 50, `half of them took longer than ${median} ms to end`)
    await usable(pool)
  })
})
