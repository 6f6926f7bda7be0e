import assert from 'node:assert/strict'
import { tracingChannel } from 'node:diagnostics_channel'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { PoolOptions } from 'offloop'
import type { QueryTrace, TransactionTrace } from '../../src/pool/traces.ts'
import { everywhere, openPool } from '../databases.ts'
import { rejectionOf, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'

type LogEntry = Parameters<NonNullable<PoolOptions['log']>>[0]

/** What ends on a channel until the owner ends. */
function ended<C>(owner: { after(work: () => void): void }, name: string): C[] {
  const traces: C[] = []
  const channel = tracingChannel(name)
  const listener = (trace: unknown) => void traces.push(trace as C)
  channel.asyncEnd.subscribe(listener)
  owner.after(() => channel.asyncEnd.unsubscribe(listener))
  return traces
}

everywhere((database) => {
  const { sql } = database.dialect
  describe('who holds a connection', () => {
    test('ADB-021 stats tell what it is, for how long, from where, and the last statement', async (t) => {
      const clock = new FakeClock()
      const pool = openPool(t, database, { clock })
      const holderNow = () => pool.stats().lanes.find(({ holder }) => holder)?.holder
      await pool.runInteraction(async function theBorrower(txn) {
        assert.equal(holderNow()?.sql, null)
        await txn.execute(sql('SELECT ?'), ['canary'])
        clock.advance(40)
        const holder = holderNow()
        assert.deepEqual([holder?.kind, holder?.heldFor, holder?.sql], ['transaction', 40, sql('SELECT ?')])
        assert.match(holder?.borrowedAt.split('\n')[0] ?? '', /holders\.test\.ts/)
        assert.ok(!inspect(pool.stats(), { depth: 9 }).includes('canary'))
        await pool.runInteraction((inner) => inner.execute('SELECT 2'))
        assert.equal(holderNow()?.sql, 'SELECT 2', 'a nested interaction is part of the one around it')
      })
      assert.equal(holderNow(), undefined)
    })

    test('a stream and a lent connection are holders too', async (t) => {
      const pool = openPool(t, database)
      const kinds = () => pool.stats().lanes.flatMap(({ holder }) => (holder ? [holder.kind] : []))
      await pool.runWithConnection(async (connection) => {
        await connection.query('SELECT 1')
        assert.deepEqual(kinds(), ['connection'])
      })
      for await (const row of pool.stream('SELECT 1 AS a')) assert.deepEqual([row, kinds()], [{ a: 1 }, ['stream']])
      assert.deepEqual(kinds(), [])
    })
  })

  describe('F92 P16 a connection that is lent for too long', () => {
    test('is reported once, with the place that borrowed it, and is still good', async (t) => {
      const clock = new FakeClock()
      const entries: LogEntry[] = []
      const options = { clock, leakWarning: 1000, log: (entry: LogEntry) => void entries.push(entry) }
      const pool = openPool(t, database, options)
      const leaks: unknown[] = []
      pool.events.on('leak', (leak) => void leaks.push(leak))
      await pool.runInteraction(async (txn) => {
        await txn.execute('SELECT 1')
        clock.advance(999)
        assert.equal(entries.length, 0)
        clock.advance(1)
        assert.equal(entries.length, 1)
        clock.advance(10_000)
        assert.equal(entries.length, 1)
        await txn.execute('SELECT 2')
      })
      const [entry] = entries
      assert.deepEqual([entry?.level, entry?.event, entry?.details.heldFor], ['warning', 'leak', 1000])
      assert.match(entry?.message ?? '', /lent to a transaction for 1000 ms, borrowed at .*holders\.test\.ts.*SELECT 1/)
      assert.deepEqual(leaks, [entry?.details])
      await usable(pool)
    })

    test('sooner given back it is not, and no timer outlives the last one by more than its time', async (t) => {
      const clock = new FakeClock()
      const entries: LogEntry[] = []
      const log = (entry: LogEntry) => void entries.push(entry)
      const pool = openPool(t, database, { clock, leakWarning: 1000, log })
      for (let i = 0; i < 5; i++) {
        await pool.runInteraction((txn) => txn.execute('SELECT 1'))
        clock.advance(600)
      }
      clock.advance(5000)
      assert.deepEqual([entries, pool.stats().lanes.map(({ holder }) => holder)], [[], [null]])
    })
  })

  describe('what is told of transactions', () => {
    test('offloop:transaction tells of the whole, offloop:query of each statement in it', async (t) => {
      const pool = openPool(t, database)
      await pool.runOperation('CREATE TABLE t (a INTEGER)')
      const queries = ended<QueryTrace>(t, 'offloop:query')
      const transactions = ended<TransactionTrace>(t, 'offloop:transaction')
      await pool.runInteraction(async (txn) => {
        await txn.execute('DELETE FROM t')
        await pool.insertMany('t', [{ a: 1 }, { a: 2 }])
        await pool.runQuery('SELECT a FROM t')
      })
      const [transaction] = transactions
      assert.equal(transactions.length, 1)
      assert.deepEqual(
        [transaction?.kind, transaction?.readOnly, transaction?.error],
        ['transaction', false, undefined],
      )
      assert.ok((transaction?.duration ?? 0) > 0)
      const statements = queries.map(({ sql, inTransaction, lane, sets, rows }) => ({
        sql,
        inTransaction,
        lane,
        sets,
        rows,
      }))
      const same = { inTransaction: true, lane: transaction?.lane, sets: undefined, rows: 0 }
      assert.deepEqual(statements[0], { ...same, sql: 'DELETE FROM t' })
      assert.equal(statements[1]?.sets, 2)
      assert.deepEqual(statements.at(-1), { ...same, sql: 'SELECT a FROM t', rows: 2 })
    })

    test('one that fails is told of with the very error', async (t) => {
      const pool = openPool(t, database)
      const queries = ended<QueryTrace>(t, 'offloop:query')
      const transactions = ended<TransactionTrace>(t, 'offloop:transaction')
      const error = await rejectionOf(() => pool.runInteraction((txn) => txn.execute('SELECT * FROM nothing')))
      assert.deepEqual([transactions[0]?.error, queries[0]?.error], [error, error])
      await usable(pool)
    })
  })
})
