import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool, InterfaceError, TimeoutError } from 'offloop'
import { closedAtEnd, onTunedDatabases, openPool, unwatched } from '../databases.ts'
import { collect, refused, rejectionOf, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'

const waits = { code: 'WAITS_FOR_ITSELF', kind: 'usage', message: /loop over a stream.*after the loop.*runQuery.*max/ }

const COUNT = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) SELECT i FROM n'

onTunedDatabases((database) => {
  describe('a call in the loop over a stream that has the only connection', () => {
    for (const [name, call] of Object.entries({
      'a write': (pool: ConnectionPool) => pool.runOperation('INSERT INTO t VALUES (9)'),
      'a read': (pool: ConnectionPool) => pool.runQuery('SELECT 1', [], { timeout: 600_000 }),
      'an interaction': (pool: ConnectionPool) => pool.runInteraction((txn) => txn.query('SELECT 1')),
      'another stream': (pool: ConnectionPool) => collect(pool.stream('SELECT 1')),
      'a call outside': (pool: ConnectionPool) => pool.outside(() => pool.runOperation('INSERT INTO t VALUES (9)')),
    })) {
      test(`P22 F78 ${name} is refused while the loop stands still for it, and the loop goes on`, async (t) => {
        const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`, unwatched))
        await pool.runOperation('CREATE TABLE t (a)')
        const seen: unknown[] = []
        for await (const { i } of pool.stream(COUNT)) {
          seen.push(i)
          if (i !== 1 && (i !== 50 || name !== 'a write')) continue
          await refused(() => call(pool), InterfaceError, waits)
        }
        assert.equal(seen.length, 100)
        assert.deepEqual(await pool.runQuery('SELECT * FROM t'), [])
        await usable(pool)
      })
    }

    test('P22 its deadline tells who has the connection, with the place of the loop', async (t) => {
      const clock = new FakeClock()
      const options = { ...unwatched, clock, acquireTimeout: 300 }
      const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`, options))
      for await (const _ of pool.stream('SELECT 1')) {
        const [lane] = pool.stats().lanes
        assert.match(lane?.holder?.borrowedAt ?? '', /stream-wait\.test/)
        const expected = { code: 'ACQUIRE_TIMEOUT', kind: 'timeout', message: /a stream for .*stream-wait\.test/ }
        const outcome = refused(() => pool.runQuery('SELECT 2'), TimeoutError, expected)
        clock.advance(500)
        await outcome
      }
      await usable(pool)
    })

    test('P22 so it is where the writer itself streams, and a read has another connection', async (t) => {
      const pool = openPool(t, database, { max: 2 })
      await pool.runOperation('CREATE TABLE t (a)')
      for await (const { a } of pool.stream('INSERT INTO t VALUES (1) RETURNING a')) {
        assert.equal(a, 1)
        assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }])
        await refused(() => pool.runOperation('INSERT INTO t VALUES (2)'), InterfaceError, waits)
      }
      for await (const _ of pool.stream('SELECT a FROM t')) await pool.runOperation('INSERT INTO t VALUES (3)')
      assert.equal((await pool.runQuery('SELECT a FROM t')).length, 2)
      await usable(pool)
    })
  })

  describe('what is no waiting for a loop of one’s own', () => {
    test('streams that are read side by side follow each other, as do calls beside them', async (t) => {
      const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`, unwatched))
      await pool.runOperation('CREATE TABLE t (a)')
      const beside = async () => {
        await null
        return await pool.runOperation('INSERT INTO t VALUES (1)')
      }
      const all = await Promise.all([collect(pool.stream(COUNT)), collect(pool.stream(COUNT)), beside(), beside()])
      assert.deepEqual([all[0].length, all[1].length, all[2].rowCount], [100, 100, 1])
      await usable(pool)
    })

    test('a call that the loop does not await is made when the loop has ended, as long as the loop goes on', async (t) => {
      const clock = new FakeClock()
      const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`, { ...unwatched, clock }))
      await pool.runOperation('CREATE TABLE t (a)')
      const calls: Promise<unknown>[] = []
      for await (const { i } of pool.stream(COUNT)) {
        calls.push(pool.runOperation('INSERT INTO t VALUES (?)', [i as number]))
        clock.advance(90)
      }
      await Promise.all(calls)
      assert.equal((await pool.runQuery('SELECT a FROM t')).length, 100)
    })

    test('a loop that was left, by break or by an error, is nowhere any more', async (t) => {
      const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`, unwatched))
      await pool.runOperation('CREATE TABLE t (a)')
      for await (const _ of pool.stream(COUNT)) break
      await pool.runOperation('INSERT INTO t VALUES (1)')
      await rejectionOf(async () => {
        for await (const _ of pool.stream(COUNT)) throw new Error('mine')
      })
      await pool.runOperation('INSERT INTO t VALUES (2)')
      const rows = pool.stream(COUNT)
      await rows.next()
      const written = pool.runOperation('INSERT INTO t VALUES (3)')
      await rows.return()
      await written
      assert.equal((await pool.runQuery('SELECT a FROM t')).length, 3)
    })
  })
})
