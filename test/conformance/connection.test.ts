import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cursor, InterfaceError, type PooledConnection, type Row } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { makeBeers } from './borrow.ts'

everywhere((database, suite) => {
  const INSERT = database.dialect.sql('INSERT INTO beers VALUES (?)')
  const pool = openPool(suite, database)
  const count = async () => (await pool.outside(() => pool.runQuery('SELECT name FROM beers'))).length

  test('DBA-021 DBA-023 DBA-067 commit and rollback without work do no harm', async () => {
    await pool.runWithConnection(async (connection) => {
      await connection.commit()
      await connection.rollback()
      await connection.commit()
      assert.deepEqual(await connection.query('SELECT 1 AS one'), [{ one: 1 }])
    })
  })

  test('DBA-021 DBA-026 DBA-027 a transaction begins by itself and others see it once it is committed', async () => {
    await makeBeers(pool, database.dialect, [])
    await pool.runWithConnection(async (connection) => {
      assert.equal(connection.autocommit, false)
      const cursor = connection.cursor()
      await cursor.execute(INSERT, ['first'])
      assert.equal(await count(), 0)
      await connection.commit()
      assert.equal(await count(), 1)
      await cursor.execute(INSERT, ['second'])
      assert.equal(await count(), 1)
      await connection.commit()
      assert.equal(await count(), 2)
    })
  })

  test('DBA-023 DBA-027 rollback goes back to where the transaction began by itself', async () => {
    await makeBeers(pool, database.dialect, [])
    await pool.runWithConnection(async (connection) => {
      const cursor = connection.cursor()
      await cursor.execute(INSERT, ['kept'])
      await connection.commit()
      await cursor.execute(INSERT, ['undone'])
      await connection.rollback()
      await cursor.execute('SELECT name FROM beers')
      assert.deepEqual(await cursor.fetchAll(), [{ name: 'kept' }])
    })
    assert.equal(await count(), 1)
  })

  test('DBA-024 DBA-025 every cursor is a new one and all of a connection see the same', async () => {
    await makeBeers(pool, database.dialect, [])
    await pool.runWithConnection(async (connection) => {
      const [one, two] = [connection.cursor(), connection.cursor()]
      assert.notEqual(one, two)
      await one.execute(INSERT, ['Victoria Bitter'])
      await two.execute('SELECT name FROM beers')
      assert.deepEqual(await two.fetchAll(), [{ name: 'Victoria Bitter' }])
    })
  })

  test('DBA-020 a connection and its cursors are of no more use when they were given back', async () => {
    const kept: { connection?: PooledConnection; cursor?: Cursor<Row> } = {}
    await pool.runWithConnection(async (connection) => {
      kept.connection = connection
      kept.cursor = await connection.cursor().execute('SELECT 1 AS one')
      await connection.close()
      assert.deepEqual(await kept.cursor.fetchAll(), [{ one: 1 }])
    })
    const { connection, cursor } = kept
    assert.ok(connection && cursor)
    const calls = [
      () => connection.commit(),
      () => connection.rollback(),
      () => connection.query('SELECT 1'),
      () => cursor.execute('SELECT 1'),
      () => cursor.fetchOne(),
    ]
    for (const call of calls) await assert.rejects(async () => call(), InterfaceError)
  })

  test('DBA-020 what is not committed is rolled back when the callback throws', async () => {
    await makeBeers(pool, database.dialect, [])
    const mistake = new Error('mine')
    const failing = pool.runWithConnection(async (connection) => {
      await connection.cursor().execute(INSERT, ['undone'])
      throw mistake
    })
    await assert.rejects(failing, (error) => error === mistake)
    assert.equal(await count(), 0)
  })
})
