import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { ConnectionPool, type PoolOptions } from 'offloop'
import type { AcquireTrace, QueryTrace } from '../../src/pool/traces.ts'
import { onTunedDatabases, openPool, unwatched } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'

type LogEntry = Parameters<NonNullable<PoolOptions['log']>>[0]

const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** Subscribes to a channel until the owner ends; gives what was told, by phase. */
function listen<C extends object>(owner: { after(work: () => void): void }, name: string) {
  const channel = tracingChannel<unknown, C>(name)
  const told: { phase: (typeof PHASES)[number]; trace: C }[] = []
  const subscribers = Object.fromEntries(
    PHASES.map((phase) => [phase, (trace: unknown) => void told.push({ phase, trace: trace as C })]),
  ) as unknown as Parameters<typeof channel.subscribe>[0]
  channel.subscribe(subscribers)
  owner.after(() => channel.unsubscribe(subscribers))
  return told
}

onTunedDatabases((database) => {
  describe('offloop:query', () => {
    test('a statement is told of when it starts and when it has ended, with what it took', async (t) => {
      const pool = openPool(t, database, { name: 'shop' })
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.runOperation('INSERT INTO t VALUES (1), (2)')
      const told = listen<QueryTrace>(t, 'offloop:query')
      const rows = await pool.runQuery('SELECT a FROM t WHERE a >= ?', [1])
      assert.equal(rows.length, 2)
      assert.deepEqual(
        told.map(({ phase }) => phase),
        ['start', 'end', 'asyncStart', 'asyncEnd'],
      )
      const trace = told[0]?.trace as QueryTrace
      assert.ok(told.every((entry) => entry.trace === trace))
      const { pool: name, sql, inTransaction, lane, values, error } = trace
      assert.deepEqual(
        { name, sql, inTransaction, rows: trace.rows, values, error },
        {
          name: 'shop',
          sql: 'SELECT a FROM t WHERE a >= ?',
          inTransaction: false,
          rows: 2,
          values: undefined,
          error: undefined,
        },
      )
      assert.ok(pool.stats().lanes.some(({ id }) => id === lane))
      const { queueTime, databaseTime, transferTime, loopTime, duration } = trace
      assert.ok(databaseTime > 0 && loopTime > 0 && transferTime > 0 && queueTime >= 0, inspect(trace))
      assert.ok(queueTime + databaseTime + transferTime <= duration + 0.001, inspect(trace))
      assert.ok(loopTime < duration, inspect(trace))
    })

    test('a statement that fails is told of with the very error that its caller gets', async (t) => {
      const pool = openPool(t, database)
      const told = listen<QueryTrace>(t, 'offloop:query')
      const error = await rejectionOf(() => pool.runQuery('SELECT * FROM nothing'))
      const last = told.find(({ phase }) => phase === 'error')
      assert.equal(last?.trace.error, error)
      assert.equal(told.filter(({ phase }) => phase === 'asyncEnd').length, 1)
      await usable(pool)
    })

    test('what a subscriber binds to the start is current in the call and not after it', async (t) => {
      const pool = openPool(t, database)
      const spans = new AsyncLocalStorage<string>()
      const { start } = tracingChannel('offloop:query')
      start.bindStore(spans, (trace) => (trace as QueryTrace).sql)
      t.after(() => start.unbindStore(spans))
      const told = listen<QueryTrace>(t, 'offloop:query')
      const seen: unknown[] = []
      const subscriber = () => void seen.push(spans.getStore())
      const channel = tracingChannel('offloop:query')
      channel.start.subscribe(subscriber)
      t.after(() => channel.start.unsubscribe(subscriber))
      await pool.runQuery('SELECT 1')
      assert.deepEqual(seen, ['SELECT 1'])
      assert.equal(spans.getStore(), undefined)
      assert.ok(told.length > 0)
    })
  })

  test('offloop:pool:acquire tells of who waits for a connection, for how long, and which they get', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    await pool.start()
    const told: { trace: AcquireTrace }[] = listen<AcquireTrace>(t, 'offloop:pool:acquire')
    await pool.runQuery('SELECT 1')
    assert.equal(told.length, 0, 'whoever need not wait is not told of')
    const { promise: end, resolve } = Promise.withResolvers<void>()
    const holding = pool.runInteraction(() => end)
    const waiting = pool.runInteraction(() => 'served')
    resolve()
    await holding
    assert.equal(await waiting, 'served')
    const trace = told.at(-1)?.trace as AcquireTrace
    assert.deepEqual([trace.sql, trace.intent, trace.lane], [null, 'write', pool.stats().lanes[0]?.id])
    assert.ok(trace.duration > 0)
  })

  describe('events and the log', () => {
    test('ADB-011 ADB-021 connections that come and go are events', async (t) => {
      const pool = openPool(t, database)
      const seen: string[] = []
      for (const event of ['opening', 'opened', 'closed'] as const) {
        pool.events.on(event, ({ role }) => void seen.push(`${event} ${role}`))
      }
      const closed = once(pool.events, 'closed')
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.close()
      await closed
      const [{ role }] = (await closed) as [{ role: string }]
      assert.deepEqual(seen.slice(0, 2), [`opening ${role}`, `opened ${role}`])
      assert.equal(seen.at(-1), `closed ${role}`)
    })

    test('ADB-011 noisy logs them too, and nothing else', async (t) => {
      const entries: LogEntry[] = []
      const pool = openPool(t, database, { name: 'shop', noisy: true, log: (entry) => void entries.push(entry) })
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.close()
      const role = entries[0]?.details.role
      assert.deepEqual(
        entries.map(({ level, pool: name, message }) => [level, name, message]),
        [
          ['info', 'shop', `opening connection 1 (${role})`],
          ['info', 'shop', `opened connection 1 (${role})`],
          ['info', 'shop', `closed connection 1 (${role})`],
        ],
      )
    })

    test('ADB-036 a close that fails is told, noisy or not, and the other connections are closed all the same', async (t) => {
      const entries: LogEntry[] = []
      const failed: unknown[] = []
      const options = { max: 3, min: 3, name: 'shop', log: (entry: LogEntry) => void entries.push(entry) }
      const pool = new ConnectionPool(gates, { layout: 'equal' }, { ...unwatched, ...options })
      t.after(() => pool.close())
      pool.events.on('closeFailed', ({ lane, role, error }) => void failed.push([lane, role, String(error)]))
      await pool.start()
      await pool.runQuery('ARM close fail')
      const told = once(pool.events, 'closeFailed')
      await pool.close()
      await told
      const reason = 'OperationalError: the close failed'
      assert.deepEqual(failed, [[1, 'any', reason]])
      assert.deepEqual(
        entries.map(({ level, event, message }) => [level, event, message]),
        [['warning', 'closeFailed', 'could not close connection 1 (any): the close failed']],
      )
      assert.equal(String(entries[0]?.details.error), reason)
      const { closed, lost, lanes, state } = pool.stats()
      assert.deepEqual({ closed, lost, lanes, state }, { closed: 3, lost: 0, lanes: [], state: 'closed' })
    })

    test('ADB-036 so it is of a connection that is replaced, and of a lease that is destroyed', async (t) => {
      const pool = new ConnectionPool(gates, { layout: 'equal' }, { ...unwatched, log: () => undefined })
      t.after(() => pool.close())
      const lease = await pool.acquire()
      await lease.query('ARM close fail')
      const told = once(pool.events, 'closeFailed')
      await lease.destroy()
      assert.equal((await told)[0].error.code, 'GATE_FAILED')
      assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
    })

    test('TWI-009 SQO-015 SEE-012 logQueries logs every statement, and its values only when asked', async (t) => {
      for (const logQueries of [true, 'values'] as const) {
        const entries: LogEntry[] = []
        const pool = openPool(t, database, { logQueries, log: (entry) => void entries.push(entry) })
        await pool.runQuery('SELECT ? AS a', ['canary'])
        await rejectionOf(() => pool.runQuery('SELECT nothing'))
        assert.deepEqual(
          entries.map(({ level, event }) => [level, event]),
          [
            ['debug', 'query'],
            ['debug', 'query'],
          ],
        )
        const [done, failed] = entries
        assert.match(done?.message ?? '', /^\d+\.\d\d ms \(database \d+\.\d\d ms\) SELECT \? AS a$/)
        assert.match(failed?.message ?? '', /SELECT nothing failed: /)
        assert.deepEqual(done?.details.values, logQueries === 'values' ? ['canary'] : undefined)
        assert.equal(inspect(entries, { depth: 9 }).includes('canary'), logQueries === 'values')
      }
    })

    test('TWI-010 a log or a listener that throws harms no call, and is not passed over in silence', async (t) => {
      const thrown: unknown[] = []
      const catching = (error: unknown) => void thrown.push(error)
      const listeners = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.on('uncaughtException', catching)
      t.after(() => {
        process.off('uncaughtException', catching)
        for (const listener of listeners) process.on('uncaughtException', listener)
      })
      const log = () => {
        throw new Error('no log')
      }
      const pool = openPool(t, database, { logQueries: true, log })
      pool.events.on('opened', () => {
        throw new Error('no listener')
      })
      assert.deepEqual(await pool.runQuery('SELECT 1 AS a'), [{ a: 1 }])
      await usable(pool)
      await new Promise((resolve) => setImmediate(resolve))
      const messages = thrown.map((error) => (error as Error).message)
      assert.ok(messages.includes('no log') && messages.includes('no listener'), messages.join())
    })

    test('options that are wrong are refused', async () => {
      const invalid = { log: 'x', noisy: 1, logQueries: 'all', leakWarning: '5' }
      for (const [option, value] of Object.entries(invalid)) {
        const make = () => new ConnectionPool('sqlite::memory:', { [option]: value } as PoolOptions)
        await refused(make, TypeError, { code: 'INVALID_OPTION', message: new RegExp(`${option} must be`) })
      }
      const make = () => new ConnectionPool('sqlite::memory:', { leakWarning: 0 })
      await refused(make, RangeError, { code: 'INVALID_OPTION', message: /leakWarning must be/ })
    })
  })
})
