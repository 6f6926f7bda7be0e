import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool, type PooledConnection, ProgrammingError } from 'offloop'
import { closedAtEnd, everywhere, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'

everywhere((database) => {
  const { codes, can } = database.dialect

  test('ADB-013 is called once per connection and awaited before it serves anybody', async (t) => {
    let opened = 0
    const pool = openPool(t, database, {
      max: 3,
      min: 3,
      onOpen: async (connection) => {
        opened++
        await connection.query('CREATE TEMPORARY TABLE mine (a INTEGER)')
        await connection.query('INSERT INTO mine VALUES (1)')
        assert.equal(connection.autocommit, true)
      },
    })
    await pool.start()
    assert.equal(opened, 3)
    const rows = await Promise.all(Array.from({ length: 50 }, () => pool.runQuery('SELECT a FROM mine')))
    assert.ok(rows.every(([row]) => row?.a === 1))
    assert.deepEqual(await pool.runInteraction((txn) => txn.query('SELECT a FROM mine')), [{ a: 1 }])
    assert.equal(opened, 3)
    await usable(pool)
  })

  test('DEF-027 may return at once, give a promise, or anything that can be awaited', async (t) => {
    const hooks: (() => unknown)[] = [
      () => undefined,
      () => 5,
      async () => undefined,
      // biome-ignore lint/suspicious/noThenProperty: the case is a thenable
      () => ({ then: (resolve: () => void) => resolve() }),
    ]
    for (const hook of hooks) {
      const onOpen = hook as () => void
      assert.deepEqual(await openPool(t, database, { onOpen }).runQuery('SELECT 1 AS one'), [{ one: 1 }])
    }
    const thrown = new Error('at once')
    const throwing = () => {
      throw thrown
    }
    for (const onOpen of [throwing, () => Promise.reject(thrown)]) {
      await assert.rejects(openPool(t, database, { onOpen }).runQuery('SELECT 1'), thrown)
    }
  })

  test('ADB-014 if it throws the call fails with that error, the connection is closed, and the next call tries again', async (t) => {
    const thrown = new TypeError('not yet')
    let failures = 3
    const pool = openPool(t, database, {
      max: 1,
      onOpen: () => {
        if (failures-- > 0) throw thrown
      },
    })
    for (const call of [() => pool.runQuery('SELECT 1'), () => pool.runInteraction(() => 1), () => pool.start()]) {
      assert.equal(await rejectionOf(call), thrown)
      assert.deepEqual(pool.stats().lanes, [])
    }
    await usable(pool)
  })

  test('ADB-014 the database’s error in it is the call’s', async (t) => {
    let broken = true
    const pool = openPool(t, database, {
      onOpen: (connection) => {
        if (broken) void connection.query('SELECT * FROM missing')
      },
    })
    const expected = { code: codes.missing, kind: 'missing', message: /missing/ }
    await refused(() => pool.runQuery('SELECT 1'), ProgrammingError, expected)
    await refused(() => pool.runOperation('CREATE TABLE t (a INTEGER)'), ProgrammingError, expected)
    broken = false
    await usable(pool)
  })

  test('what it leaves uncommitted is committed', async (t) => {
    const pool = openPool(t, database, {
      max: 1,
      onOpen: async (connection) => {
        if (!can.undoTables) await connection.query('CREATE TABLE made (a INTEGER)')
        await connection.setAutocommit(false)
        await connection.query(can.undoTables ? 'CREATE TABLE made (a INTEGER)' : 'DELETE FROM made')
      },
    })
    assert.deepEqual(await pool.runQuery('SELECT * FROM made'), [])
    await usable(pool)
  })

  test('the connection it was given is dead afterwards', async (t) => {
    const kept: PooledConnection[] = []
    const pool = openPool(t, database, { max: 1, onOpen: (connection) => void kept.push(connection) })
    await pool.start()
    const error = await rejectionOf(() => (kept[0] as PooledConnection).query('SELECT 1'))
    assert.equal((error as { code?: unknown }).code, 'TRANSACTION_ENDED')
    await usable(pool)
  })
})

describe('what reaches the connection', () => {
  test('ADB-014 a connection whose onOpen failed is closed, and those who wait are all told', async (t) => {
    const pool = closedAtEnd(
      t,
      new ConnectionPool(
        gates,
        { layout: 'one' },
        {
          onOpen: async (connection) => {
            await connection.query('NONSENSE')
          },
        },
      ),
    )
    const calls = await Promise.allSettled([1, 2, 3].map((n) => pool.runQuery('ECHO ?', n)))
    assert.deepEqual(
      calls.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    const { opened, lost, waiting, lanes } = pool.stats()
    assert.deepEqual({ opened, lost, waiting, lanes }, { opened: 0, lost: 0, waiting: 0, lanes: [] })
  })
})
