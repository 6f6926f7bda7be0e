import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  IntegrityError,
  InterfaceError,
  type PooledConnection,
  TransactionEndedError,
  TransactionRolledBackError,
} from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { collect, refused, rejectionOf, usable } from './expect.ts'

everywhere((database, suite) => {
  const { codes, can } = database.dialect
  const pool = openPool(suite, database)
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`)
    return name
  }

  const ids = (name: string) =>
    pool.outside(async () =>
      (await pool.runQuery<number[]>(`SELECT id FROM ${name} ORDER BY id`, [], { rowMode: 'array' })).flat(),
    )

  const insert = (name: string, id: number) => `INSERT INTO ${name} VALUES (${id})`

  test('ADB-078 the callback gets a connection and its arguments; returning commits', async () => {
    const t = await table()
    const result = await pool.runWithConnection(async (connection, id: number) => {
      const cursor = connection.cursor()
      await cursor.execute(insert(t, id))
      assert.deepEqual(await ids(t), [])
      return cursor.rowCount
    }, 5)
    assert.equal(result, 1)
    assert.deepEqual(await ids(t), [5])
  })

  test('ADB-081 throwing rolls back what two cursors wrote, and the very error comes out', async () => {
    const t = await table()
    const thrown = { my: 'own' }
    const error = await rejectionOf(() =>
      pool.runWithConnection(async (connection) => {
        await connection.cursor().execute(insert(t, 1))
        await connection.cursor().execute(insert(t, 2))
        throw thrown
      }),
    )
    assert.equal(error, thrown)
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('ADB-080 commit and rollback end a transaction, and the next statement begins another', async () => {
    const t = await table()
    await rejectionOf(() =>
      pool.runWithConnection(async (connection) => {
        await connection.commit()
        await connection.rollback()
        await connection.query(insert(t, 1))
        await connection.commit()
        assert.deepEqual(await ids(t), [1])
        await connection.query(insert(t, 2))
        await connection.rollback()
        await connection.query(insert(t, 3))
        throw new Error('no')
      }),
    )
    assert.deepEqual(await ids(t), [1])
    await usable(pool)
  })

  test('autocommit makes each statement its own transaction', async () => {
    const t = await table()
    await rejectionOf(() =>
      pool.runWithConnection(async (connection) => {
        assert.equal(connection.autocommit, false)
        await connection.setAutocommit(true)
        assert.equal(connection.autocommit, true)
        await connection.query(insert(t, 1))
        assert.deepEqual(await ids(t), [1])
        await connection.setAutocommit(false)
        await connection.query(insert(t, 2))
        const expected = { code: 'IN_TRANSACTION', kind: 'usage' }
        await refused(() => connection.setAutocommit(true), InterfaceError, expected)
        throw new Error('no')
      }),
    )
    assert.deepEqual(await ids(t), [1])
    await usable(pool)
  })

  test('ADB-079 closing the connection is ignored', async () => {
    const t = await table()
    await pool.runWithConnection(async (connection) => {
      await connection.query(insert(t, 1))
      await connection.close()
      await connection.query(insert(t, 2))
    })
    assert.deepEqual(await ids(t), [1, 2])
    await usable(pool)
  })

  test('ADB-067 the connection is dead when the callback has returned', async () => {
    const kept: PooledConnection[] = []
    await pool.runWithConnection((connection) => void kept.push(connection))
    const connection = kept[0] as PooledConnection
    const expected = { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' }
    for (const call of [
      () => connection.query('SELECT 1'),
      () => connection.cursor().execute('SELECT 1'),
      () => connection.commit(),
      () => connection.rollback(),
      () => connection.setAutocommit(true),
    ]) {
      await refused(call, TransactionEndedError, expected)
    }
    await usable(pool)
  })

  test('ADB-072 F94 a statement that nobody awaits is committed with the rest, or fails all', async () => {
    const t = await table()
    await pool.runWithConnection((connection) => void connection.query(insert(t, 1)))
    assert.deepEqual(await ids(t), [1])
    const failing = () =>
      pool.runWithConnection((connection) => {
        void connection.query(insert(t, 2))
        void connection.query(insert(t, 1))
      })
    await refused(failing, IntegrityError, { code: codes.key, kind: 'unique' })
    assert.deepEqual(await ids(t), [1])
    await usable(pool)
  })

  test('ADB-058 a commit that fails keeps the transaction, which can be mended, or is rolled back', async () => {
    // Here no constraint waits for the COMMIT.
    if (!can.deferKeys) return
    const parent = await table()
    const child = `child_of_${parent}`
    await pool.runOperation(`CREATE TABLE ${child} (p INTEGER REFERENCES ${parent} DEFERRABLE INITIALLY DEFERRED)`)
    const expected = { code: codes.foreignKey, kind: 'foreignKey' }
    const orphan = async (connection: PooledConnection) => {
      await connection.query(`INSERT INTO ${child} VALUES (1)`)
      await refused(() => connection.commit(), IntegrityError, expected)
    }
    if (can.goOn) {
      await pool.runWithConnection(async (connection) => {
        await orphan(connection)
        await connection.query(insert(parent, 1))
      })
      assert.deepEqual(await pool.runQuery(`SELECT p FROM ${child}`), [{ p: 1 }])
    }
    await pool.runOperation(`DELETE FROM ${child}`)
    await pool.runOperation(`DELETE FROM ${parent}`)
    // The COMMIT behind the callback fails as the first one did, or finds that nothing is left.
    const kept = await rejectionOf(() => pool.runWithConnection(orphan))
    assert.ok(kept instanceof (can.goOn ? IntegrityError : TransactionRolledBackError))
    assert.deepEqual(await pool.runQuery(`SELECT p FROM ${child}`), [])
    await usable(pool)
  })

  test('ADB-066 calls through the pool inside are made on the connection', async (t) => {
    const narrow = openPool(t, database, { max: 1 })
    await narrow.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    await rejectionOf(() =>
      narrow.runWithConnection(async (connection) => {
        await connection.query('INSERT INTO t VALUES (1)')
        await narrow.runOperation('INSERT INTO t VALUES (2)')
        await narrow.insertMany('t', [[3]])
        await narrow.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (4)'))
        assert.equal((await connection.query('SELECT * FROM t')).length, 4)
        assert.equal((await collect(narrow.stream('SELECT * FROM t'))).length, 4)
        throw new Error('undo')
      }),
    )
    await narrow.runWithConnection(async () => {
      await narrow.runOperation('INSERT INTO t VALUES (5)')
    })
    assert.deepEqual(await narrow.runQuery('SELECT id FROM t'), [{ id: 5 }])
    await usable(narrow)
  })

  test('ADB-066 a connection is not lent inside a transaction, where it might wait for itself', async (t) => {
    const narrow = openPool(t, database, { max: 1 })
    const inside = () => narrow.runWithConnection((connection) => connection.query('SELECT 1'))
    const expected = { code: 'INSIDE_INTERACTION', kind: 'usage', message: /pool\.outside/ }
    await refused(() => narrow.runInteraction(inside), InterfaceError, expected)
    await refused(() => narrow.runWithConnection(inside), InterfaceError, expected)
    await usable(narrow)
    const two = openPool(t, database, { max: 2 })
    const lent = () => two.runWithConnection({ readOnly: true }, (connection) => connection.query('SELECT 1 AS a'))
    assert.deepEqual(await two.runInteraction(() => two.outside(lent)), [{ a: 1 }])
  })

  test('a connection that only reads', async () => {
    const t = await table()
    await pool.runOperation(insert(t, 1))
    await pool.runWithConnection({ readOnly: true }, async (connection) => {
      assert.deepEqual(await connection.query(`SELECT id FROM ${t}`), [{ id: 1 }])
      const error = await rejectionOf(() => connection.query(insert(t, 2)))
      assert.equal((error as { kind?: unknown }).kind, 'readOnly')
      if (!can.goOn) await connection.rollback()
    })
    assert.deepEqual(await ids(t), [1])
    await usable(pool)
  })

  test('rows of a lent connection have the shape that was asked for', async () => {
    const rows = await pool.runWithConnection({ rowMode: 'array' }, (connection) => connection.query('SELECT 1 AS a'))
    assert.deepEqual(rows, [[1]])
  })

  test('a connection that is lent in autocommit keeps each statement by itself', async () => {
    const t = await table()
    await rejectionOf(() =>
      pool.runWithConnection({ autocommit: true }, async (connection) => {
        assert.equal(connection.autocommit, true)
        await connection.query(insert(t, 1))
        await pool.runOperation(insert(t, 2))
        assert.deepEqual(await ids(t), [1, 2])
        throw new Error('too late')
      }),
    )
    const lease = await pool.acquire({ autocommit: true })
    await lease.query(insert(t, 3))
    await lease.release()
    assert.deepEqual(await ids(t), [1, 2, 3])
    const reading = { autocommit: true, readOnly: true }
    await refused(() => pool.acquire(reading), InterfaceError, { code: 'READ_ONLY', kind: 'usage' })
    await refused(() => pool.runWithConnection(reading, () => 0), InterfaceError, { code: 'READ_ONLY', kind: 'usage' })
    await refused(() => pool.acquire({ autocommit: 1 as unknown as boolean }), TypeError, {
      code: 'INVALID_OPTION',
    })
    await usable(pool)
  })
})
