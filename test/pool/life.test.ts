import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { ConnectionPool, PoolClosedError } from 'offloop'
import { closedAtEnd, type Owner, onTunedDatabases, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

const closed = { code: 'POOL_CLOSED', kind: 'closed' }

/** Counts the threads that are started until the owner ends, and those that have ended. */
function countThreads(owner: Owner): { started: number; ended: number } {
  const counts = { started: 0, ended: 0 }
  const count = (worker: Worker) => {
    counts.started++
    worker.on('exit', () => counts.ended++)
  }
  process.on('worker', count)
  owner.after(() => process.off('worker', count))
  return counts
}

/** Threads of this process as the operating system counts them, where it does. */
function threads(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0
}

onTunedDatabases((database) => {
  test('ADB-022 ADB-006 ADB-023 start opens what the pool keeps at least, and may be called again', async (t) => {
    const pool = openPool(t, database, { min: 2, max: 3 })
    assert.equal(pool.stats().state, 'idle')
    await Promise.all([pool.start(), pool.start()])
    await pool.start()
    const { state, opened, lanes } = pool.stats()
    assert.deepEqual([state, opened, lanes.map(({ role }) => role)], ['running', 2, ['writer', 'reader']])
    await usable(pool)
  })

  test('ADB-022 ADB-024 a pool starts by itself; start is no must', async (t) => {
    const pool = openPool(t, database)
    const [rows] = await Promise.all([pool.runQuery('SELECT 1 AS a'), pool.start()])
    assert.deepEqual(rows, [{ a: 1 }])
  })

  test('ADB-026 a pool that was never started closes at once', async (t) => {
    const pool = openPool(t, database)
    await pool.close()
    assert.equal(pool.stats().state, 'closed')
    await refused(() => pool.runQuery('SELECT 1'), PoolClosedError, closed)
  })

  test('ADB-029 ADB-031 ADB-037 SOT-009 closing ends all threads, once, and may be asked for again', async (t) => {
    const counts = countThreads(t)
    const before = threads()
    const pool = openPool(t, database, { min: 3, max: 3 })
    await pool.start()
    await usable(pool)
    const closing = pool.close()
    assert.equal(pool.close(), closing)
    assert.equal(pool.stats().state, 'closing')
    await closing
    assert.equal(pool.close(), closing)
    const { state, lanes, opened, closed: ended, lost } = pool.stats()
    assert.deepEqual(
      { state, lanes, opened, ended, lost },
      { state: 'closed', lanes: [], opened: 3, ended: 3, lost: 0 },
    )
    assert.deepEqual(counts, { started: 3, ended: 3 })
    assert.equal(threads(), before)
  })

  test('ADB-030 F97 after closing everything is refused', async (t) => {
    const pool = openPool(t, database)
    await pool.start()
    await pool.close()
    for (const call of [
      () => pool.runQuery('SELECT 1'),
      () => pool.runOperation('SELECT 1'),
      () => pool.runInteraction(() => 1),
      () => pool.runWithConnection(() => 1),
      () => pool.executeMany('SELECT ?', [[1]]),
      () => pool.insertMany('t', [[1]]),
      () => collect(pool.stream('SELECT 1')),
    ]) {
      await refused(call, PoolClosedError, closed)
    }
  })

  test('ADB-032 start after close opens a fresh set of connections', async (t) => {
    const pool = openPool(t, database, { min: 2, max: 2 })
    for (let i = 1; i <= 3; i++) {
      const started = pool.start()
      assert.equal(pool.start(), started)
      // No need to wait for the start.
      await Promise.all([started, usable(pool)])
      const { state, opened, closed: gone, lanes } = pool.stats()
      assert.deepEqual([state, opened, gone, lanes.length], ['running', 2 * i, 2 * (i - 1), 2])
      const closing = pool.close()
      assert.equal(pool.close(), closing)
      await closing
      await refused(() => pool.runQuery('SELECT 1'), PoolClosedError, closed)
    }
  })

  test('ADB-032 F96 start while the pool is being closed waits for that, and close takes it back', async (t) => {
    const counts = countThreads(t)
    const pool = openPool(t, database)
    await pool.start()
    const closing = pool.close()
    const starting = pool.start()
    assert.equal(pool.start(), starting)
    await refused(() => pool.runQuery('SELECT 1'), PoolClosedError, closed)
    await Promise.all([closing, starting])
    await usable(pool)
    const again = pool.close()
    const unwanted = refused(() => pool.start(), PoolClosedError, closed)
    assert.equal(pool.close(), again)
    await Promise.all([again, unwanted])
    assert.equal(pool.stats().state, 'closed')
    assert.equal(counts.started, counts.ended)
  })

  test('ADB-032 a start that fails may be tried again', async (t) => {
    let broken = true
    const pool = openPool(t, database, {
      onOpen: () => {
        if (broken) throw new TypeError('not yet')
      },
    })
    await refused(() => pool.start(), TypeError, { code: undefined as never })
    broken = false
    await pool.start()
    await usable(pool)
  })

  test('SEE-007 NOD-023 await using closes the pool', async (t) => {
    const counts = countThreads(t)
    let kept: ConnectionPool
    {
      await using pool = new ConnectionPool(database.url(t))
      kept = pool
      await usable(pool)
    }
    assert.equal(kept.stats().state, 'closed')
    assert.equal(counts.started, counts.ended)
  })

  test('F96 closing while connections are being opened leaves none behind', async (t) => {
    const counts = countThreads(t)
    const pool = openPool(t, database, { min: 3, max: 3 })
    const started = Promise.allSettled([pool.start(), pool.runQuery('SELECT 1')])
    await pool.close()
    await started
    assert.deepEqual(pool.stats().lanes, [])
    assert.equal(counts.started, counts.ended)
  })

  test('ADB-027 NOD-012 many pools leave no listener, warning or thread behind', async (t) => {
    const warnings: Error[] = []
    const warn = (warning: Error) => void warnings.push(warning)
    process.on('warning', warn)
    t.after(() => process.off('warning', warn))
    const counts = countThreads(t)
    const files = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)
    const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
    const before = new Map(listeners() as [string, number][])
    const [threadsBefore, filesBefore] = [threads(), files()]
    for (let i = 0; i < 2; i++) {
      const pools = Array.from({ length: 8 }, () => new ConnectionPool(`${database.driver}::memory:`))
      await Promise.all(pools.map((pool) => pool.runQuery('SELECT 1')))
      await Promise.all(pools.map((pool) => pool.close()))
    }
    assert.deepEqual(counts, { started: 16, ended: 16 })
    assert.deepEqual(new Map(listeners() as [string, number][]), before)
    assert.deepEqual([threads(), files()], [threadsBefore, filesBefore])
    assert.deepEqual(warnings, [])
  })
})

describe('closing', () => {
  const gatePool = (owner: Owner) => closedAtEnd(owner, new ConnectionPool(gates, { layout: 'one' }))

  test('ADB-028 DEF-018 F95 what runs is done, what waits is refused', async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const waiting = Promise.allSettled([1, 2, 3].map((n) => pool.runQuery('ECHO ?', n)))
    const closing = pool.close()
    for (const outcome of await waiting) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof PoolClosedError)
    }
    await refused(() => pool.runQuery('ECHO ?', 5), PoolClosedError, closed)
    assert.equal(pool.stats().state, 'closing')
    gate.open()
    assert.deepEqual(await running, [{ wait: gate.number }])
    await closing
  })

  test('ADB-028 an interaction that runs goes on to its commit', async (t) => {
    const pool = gatePool(t)
    const { promise: closing, resolve } = Promise.withResolvers<void>()
    const interaction = pool.runInteraction(async (txn) => {
      await txn.execute('ECHO ?', 1)
      resolve()
      await new Promise<void>((done) => setImmediate(done))
      return txn.query('ECHO ?', 2)
    })
    await closing
    await Promise.all([pool.close(), interaction])
    assert.deepEqual(await interaction, [{ echo: 2 }])
  })

  test('a stream that is being read goes on to its end', async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    gate.open()
    const rows = pool.stream(`ROWS ${gate.number}`, [], { pageSize: 10 })
    await rows.next()
    const closing = pool.close()
    assert.equal((await collect(rows)).length, 599)
    await closing
  })
})
