import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { ConnectionPool, ProgrammingError } from 'offloop'
import { closedAtEnd, type Owner, onTunedDatabases, openPool } from '../databases.ts'
import { rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

/* What Twisted's threads promise, kept by the pool's own. */

function gatePool(owner: Owner, max: number, name = 'gates'): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(gates, { layout: 'equal' }, { max, name }))
}

function turns(count: number): Promise<void> {
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return Array.from({ length: count }).reduce((before: Promise<void>) => before.then(turn), Promise.resolve())
}

test('DEF-001 a call that blocks blocks its thread, and the loop takes turn after turn', async (t) => {
  const pool = gatePool(t, 1)
  const gate = new Gate()
  let answered = false
  const call = pool.runQuery(`WAIT ${gate.number}`).finally(() => {
    answered = true
  })
  await gate.reached()
  await turns(100)
  assert.equal(answered, false)
  gate.open()
  assert.equal((await call).length, 1)
})

test('DEF-001 ADB-039 results come in the order in which the calls end, not in which they began', async (t) => {
  const pool = gatePool(t, 3)
  const all = [new Gate(), new Gate(), new Gate()]
  const ended: number[] = []
  const calls = all.map(async (gate, n) => {
    await pool.runQuery(`WAIT ${gate.number}`)
    ended.push(n)
  })
  await Promise.all(all.map((gate) => gate.reached()))
  for (const n of [1, 2, 0]) {
    all[n]?.open()
    await calls[n]
  }
  assert.deepEqual(ended, [1, 2, 0])
})

test('DEF-005 each pool has threads of its own: one whose threads are all busy does not hold up another', async (t) => {
  const [busy, free] = [gatePool(t, 2), gatePool(t, 2)]
  const gate = new Gate()
  const calls = [1, 2, 3].map(() => busy.runQuery(`WAIT ${gate.number}`))
  await gate.reached(2)
  assert.deepEqual(await free.runQuery('ECHO ?', 7), [{ echo: 7 }])
  assert.deepEqual([busy.stats().waiting, free.stats().waiting], [1, 0])
  gate.open()
  await Promise.all(calls)
})

test('DEF-014 DEF-019 threads start when somebody comes, and the counts tell of each', async (t) => {
  const pool = gatePool(t, 3)
  assert.deepEqual([pool.stats().opened, pool.stats().lanes.length], [0, 0])
  const gate = new Gate()
  const calls = [1, 2].map(() => pool.runQuery(`WAIT ${gate.number}`))
  await gate.reached(2)
  const { opened, lanes, waiting } = pool.stats()
  assert.deepEqual([opened, lanes.map(({ inFlight }) => inFlight), waiting], [2, [1, 1], 0])
  gate.open()
  await Promise.all(calls)
})

test('DEF-015 a thread is named after its pool, with a running number', async (t) => {
  const named: string[] = []
  const onWorker = (worker: Worker) => named.push(worker.threadName ?? '')
  process.on('worker', onWorker)
  t.after(() => process.off('worker', onWorker))
  const pool = gatePool(t, 2, 'beers')
  const gate = new Gate()
  const calls = [1, 2].map(() => pool.runQuery(`WAIT ${gate.number}`))
  await gate.reached(2)
  gate.open()
  await Promise.all(calls)
  assert.deepEqual(named.sort(), ['beers-1', 'beers-2'])
})

test('DEF-016 whatever goes on after a call has the context of its caller', async (t) => {
  const pool = gatePool(t, 1)
  const context = new AsyncLocalStorage<number>()
  const seen = await Promise.all(
    [1, 2, 3, 4].map((caller) =>
      context.run(caller, async () => {
        await pool.runQuery('ECHO ?', caller)
        const inside = await pool.runInteraction(async (txn) => {
          await txn.execute('ECHO ?', caller)
          return context.getStore()
        })
        return [context.getStore(), inside]
      }),
    ),
  )
  assert.deepEqual(seen, [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ])
})

onTunedDatabases((database) => {
  test('DEF-002 an error of a thread comes whole: class, message, and the driver’s own with its stack', async (t) => {
    const pool = openPool(t, database)
    const error = (await rejectionOf(() => pool.runQuery('SELECT * FROM missing'))) as ProgrammingError
    assert.ok(error instanceof ProgrammingError)
    assert.equal(error.message, 'no such table: missing')
    assert.match(String(error.stack), /off-the-loop\.test\.ts/)
    const cause = error.cause as Error & { code?: string }
    assert.ok(cause instanceof Error)
    assert.equal(cause.message, error.message)
    assert.equal(typeof cause.code, 'string')
    assert.match(String(cause.stack), /blocking\.ts|better-sqlite3/)
    await usable(pool)
  })

  test('DEF-027 every hook may be synchronous or not, and may fail either way', async (t) => {
    const mine = new Error('mine')
    const ways: (() => unknown)[] = [
      () => {
        throw mine
      },
      () => Promise.reject(mine),
      async () => {
        throw mine
      },
    ]
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE t (a)')
    for (const way of ways) {
      assert.equal(await rejectionOf(() => pool.runInteraction(way)), mine)
      assert.equal(await rejectionOf(() => pool.runInteraction(() => pool.runInteraction(way))), mine)
      assert.equal(await rejectionOf(() => pool.runWithConnection(way)), mine)
      const onProgress = way as () => void | Promise<void>
      assert.equal(await rejectionOf(() => pool.insertMany('t', [[1]], { onProgress })), mine)
      const opening = openPool(t, database, { onOpen: way as () => Promise<void> })
      assert.equal(await rejectionOf(() => opening.runQuery('SELECT 1')), mine)
    }
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [])
    await usable(pool)
  })

  test('DEF-027 an asynchronous onProgress is awaited before more is sent', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE t (a)')
    let running = 0
    let calls = 0
    const onProgress = async () => {
      assert.equal(++running, 1)
      calls++
      await turns(3)
      running--
    }
    const rows = Array.from({ length: 20_000 }, (_, i) => [i])
    assert.deepEqual(await pool.insertMany('t', rows, { onProgress }), { rowCount: rows.length })
    assert.ok(calls > 1)
    assert.equal(running, 0)
  })
})
