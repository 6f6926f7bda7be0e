import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  ConnectionLostError,
  ConnectionPool,
  InterfaceError,
  PoolClosedError,
  TimeoutError,
  TransactionEndedError,
} from 'offloop'
import { closedAtEnd, onEveryDatabase, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

const ended = { code: 'LEASE_ENDED', kind: 'usage' }

onEveryDatabase((database) => {
  test('ADB-033 ADB-077 a lease is a connection until it is released, and what was committed stays', async (t) => {
    const pool = openPool(t, database)
    {
      await using lease = await pool.acquire()
      await lease.query('CREATE TABLE t (a)')
      await lease.query('INSERT INTO t VALUES (1)')
      await lease.commit()
      await lease.query('INSERT INTO t VALUES (2)')
    }
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }])
    await usable(pool)
  })

  test('ADB-033 F94 what was not committed at the release is rolled back, by whatever way it ends', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE t (a)')
    for (const way of ['release', 'destroy', 'close'] as const) {
      const lease = await pool.acquire()
      await lease.query('INSERT INTO t VALUES (1)')
      await lease[way]()
      assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [])
    }
    await usable(pool)
  })

  test('ADB-034 F93 a lease ends once: releasing or destroying it again is refused', async (t) => {
    const pool = openPool(t, database)
    for (const first of ['release', 'destroy'] as const) {
      for (const second of ['release', 'destroy'] as const) {
        const lease = await pool.acquire()
        await lease[first]()
        await refused(() => lease[second](), InterfaceError, ended)
        // As `await using` would after an explicit release.
        await lease[Symbol.asyncDispose]()
      }
    }
    await usable(pool)
  })

  test('F74 after its end a lease and its cursors are dead', async (t) => {
    const pool = openPool(t, database)
    const lease = await pool.acquire()
    const cursor = lease.cursor()
    await cursor.execute('SELECT 1 AS a')
    await lease.release()
    const dead = { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' }
    for (const call of [
      () => lease.query('SELECT 1'),
      () => lease.commit(),
      () => lease.setAutocommit(true),
      () => cursor.execute('SELECT 1'),
    ]) {
      await refused(call, TransactionEndedError, dead)
    }
    await usable(pool)
  })

  test('ADB-034 a destroyed lease’s connection is closed, and another takes its place', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    const lease = await pool.acquire()
    await lease.query('CREATE TEMP TABLE mine (a)')
    await lease.commit()
    await lease.destroy()
    const { opened, closed } = pool.stats()
    assert.deepEqual({ opened, closed }, { opened: 1, closed: 1 })
    await assert.rejects(pool.runQuery('SELECT * FROM mine'), { kind: 'missing' })
    await usable(pool)
  })

  test('calls through the pool do not join a lease, and a lease is not given inside an interaction', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE t (a)')
    const lease = await pool.acquire()
    await lease.query('INSERT INTO t VALUES (1)')
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [])
    await lease.commit()
    await lease.release()
    await pool.runInteraction(async () => {
      await refused(() => pool.acquire(), InterfaceError, { code: 'INSIDE_INTERACTION', kind: 'usage' })
      const inner = await pool.outside(() => pool.acquire({ readOnly: true }))
      assert.deepEqual(await inner.query('SELECT a FROM t'), [{ a: 1 }])
      await inner.release()
    })
    await usable(pool)
  })
})

describe('a lease', () => {
  const gatePool = (owner: { after(work: () => unknown): void }) =>
    closedAtEnd(owner, new ConnectionPool(gates, { layout: 'one' }))

  test('ADB-033 is waited for in turn, as long as the signal and the time allow', async (t) => {
    const pool = gatePool(t)
    const first = await pool.acquire()
    const controller = new AbortController()
    const aborted = rejectionOf(() => pool.acquire({ signal: controller.signal }))
    await refused(() => pool.acquire({ timeout: 1 }), TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
    controller.abort()
    assert.equal(((await aborted) as { code?: unknown }).code, 'ABORTED')
    const order: number[] = []
    const others = [1, 2, 3].map(async (n) => {
      await using _lease = await pool.acquire()
      order.push(n)
    })
    assert.equal(pool.stats().waiting, 3)
    await first.release()
    await Promise.all(others)
    assert.deepEqual(order, [1, 2, 3])
  })

  test('the limit of the waiting is none of the work', async (t) => {
    const pool = gatePool(t)
    const controller = new AbortController()
    const lease = await pool.acquire({ signal: controller.signal })
    controller.abort()
    assert.deepEqual(await lease.query('ECHO ?', 1), [{ echo: 1 }])
    await lease.release()
  })

  test('F94 a call that still runs at the release is waited for, and its failure is nobody’s', async (t) => {
    const pool = gatePool(t)
    const lease = await pool.acquire()
    const gate = new Gate()
    const running = lease.query(`WAIT ${gate.number}`)
    void lease.query('NONSENSE')
    await gate.reached()
    const released = lease.release()
    const next = pool.runQuery('LOG', [], { rowMode: 'array' })
    assert.equal(pool.stats().lanes[0]?.state, 'leased')
    gate.open()
    assert.deepEqual(await running, [{ wait: gate.number }])
    await released
    const log = (await next).flat()
    assert.deepEqual(log, ['begin write', `WAIT ${gate.number}`, 'NONSENSE', 'rollback', 'LOG'])
  })

  test('whose thread dies rejects its calls and can still be released', async (t) => {
    const pool = gatePool(t)
    const lease = await pool.acquire()
    await refused(() => lease.query('EXIT'), ConnectionLostError, { code: 'THREAD_DIED', kind: 'connectionLost' })
    await rejectionOf(() => lease.query('ECHO ?', 1))
    await lease.release()
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  })

  test('one whose rollback fails is not given to anybody else', async (t) => {
    const pool = gatePool(t)
    const lease = await pool.acquire()
    await lease.query('ARM rollback fail')
    await lease.release()
    assert.deepEqual((await pool.runQuery('LOG', [], { rowMode: 'array' })).flat(), ['LOG'])
    assert.equal(pool.stats().lost, 1)
  })

  test('a pool that is closed waits for it, and gives none afterwards', async (t) => {
    const pool = gatePool(t)
    const lease = await pool.acquire()
    const closing = pool.close()
    await refused(() => pool.acquire(), PoolClosedError, { code: 'POOL_CLOSED', kind: 'closed' })
    assert.deepEqual(await lease.query('ECHO ?', 1), [{ echo: 1 }])
    await lease.release()
    await closing
  })
})
