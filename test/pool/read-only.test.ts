import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, InterfaceError, OperationalError } from 'offloop'
import { closedAtEnd, onEveryDatabase, openPool } from '../databases.ts'
import { refused, usable } from './expect.ts'

const readOnly = { code: 'SQLITE_READONLY', kind: 'readOnly', message: /attempt to write a readonly database/ }

onEveryDatabase((database) => {
  for (const [title, max] of [
    ['with readers', 3],
    ['with one connection', 1],
    ['in memory', 0],
  ] as const) {
    const opened = async (t: Parameters<typeof openPool>[0]) => {
      const pool =
        max > 0
          ? openPool(t, database, { max })
          : closedAtEnd(t, new ConnectionPool(database.driver, { filename: ':memory:' }, database.options))
      await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
      await pool.runOperation('INSERT INTO t VALUES (1)')
      return pool
    }

    test(`ADB-076 ${title}: a read-only interaction is refused every write, by one error, and goes on`, async (t) => {
      const pool = await opened(t)
      await pool.runInteraction({ readOnly: true }, async (txn) => {
        for (const write of [
          () => txn.execute('INSERT INTO t VALUES (2)'),
          () => txn.executeMany('INSERT INTO t VALUES (?)', [[2]]),
          () => txn.query('CREATE TABLE other (a)'),
          () => pool.runOperation('DELETE FROM t'),
          () => pool.insertMany('t', [[2]]),
          () => pool.runOperation('DELETE FROM t', [], { timeout: 60_000 }),
          () => pool.runInteraction((inner) => inner.execute('DELETE FROM t')),
        ]) {
          await refused(write, OperationalError, readOnly)
        }
        assert.deepEqual(await txn.query('SELECT id FROM t'), [{ id: 1 }])
      })
      await pool.runOperation('INSERT INTO t VALUES (3)')
      assert.deepEqual(await pool.runQuery('SELECT id FROM t'), [{ id: 1 }, { id: 3 }])
      await usable(pool)
    })

    test(`ADB-076 ${title}: writing is possible again whichever way it ended`, async (t) => {
      const pool = await opened(t)
      await pool.runInteraction({ readOnly: true }, () => Promise.reject(new Error('mine'))).catch(() => undefined)
      await pool.runInteraction({ readOnly: true }, (txn) => txn.execute('DELETE FROM t')).catch(() => undefined)
      const aborted = { readOnly: true, signal: AbortSignal.abort() }
      await pool.runInteraction(aborted, (txn) => txn.query('SELECT 1')).catch(() => undefined)
      await pool.runOperation('INSERT INTO t VALUES (2)')
      await usable(pool)
    })

    test(`ADB-076 ${title}: a connection lent to read only is refused every write too`, async (t) => {
      const pool = await opened(t)
      await pool.runWithConnection({ readOnly: true }, async (connection) => {
        await refused(() => connection.query('DELETE FROM t'), OperationalError, readOnly)
        await connection.commit()
        await refused(() => connection.query('DELETE FROM t'), OperationalError, readOnly)
        await connection.rollback()
        await refused(() => connection.cursor().execute('DELETE FROM t'), OperationalError, readOnly)
        await connection.rollback()
        await refused(() => connection.setAutocommit(true), InterfaceError, { code: 'READ_ONLY', kind: 'usage' })
        await refused(() => pool.runOperation('DELETE FROM t'), OperationalError, readOnly)
      })
      assert.deepEqual(await pool.runQuery('SELECT id FROM t'), [{ id: 1 }])
      await pool.runOperation('INSERT INTO t VALUES (2)')
      await usable(pool)
    })
  }

  test('ADB-076 a connection that the user had set to query_only stays so', async (t) => {
    const pool = openPool(t, database, {
      max: 1,
      onOpen: async (connection) => void (await connection.query('PRAGMA query_only = 1')),
    })
    await pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT 1'))
    await refused(() => pool.runOperation('CREATE TABLE t (a)'), OperationalError, readOnly)
  })
})
