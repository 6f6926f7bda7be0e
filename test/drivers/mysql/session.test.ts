import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { type Connection, Failure, NOT_BEGUN, type Value } from '../../../src/contract/index.ts'
import { closedAtEnd } from '../../databases.ts'
import { failed, onMysqlServers, run, statement } from './fixtures.ts'

const LEFT: readonly (readonly [what: string, leave: string, look: string])[] = [
  ['a setting', 'SET SESSION sort_buffer_size = 65536', 'SELECT @@sort_buffer_size = 65536 AS there'],
  ['a variable', 'SET @mine = 7', 'SELECT @mine IS NOT NULL AS there'],
  ['a variable of a SELECT', 'SELECT 7 INTO @yours', 'SELECT @yours IS NOT NULL AS there'],
  ['a lock', "SELECT GET_LOCK('offloop_p8', 0)", "SELECT IS_USED_LOCK('offloop_p8') IS NOT NULL AS there"],
  ['a time zone', "SET time_zone = '+02:00'", "SELECT @@time_zone <> '+00:00' AS there"],
  ['another mode', "SET sql_mode = 'ANSI_QUOTES'", "SELECT @@sql_mode = 'ANSI_QUOTES' AS there"],
]

onMysqlServers('sessions', (server) => {
  for (const [what, leave, look] of LEFT) {
    test(`P8 ${what} is found by whoever left it, and by nobody else`, async (t) => {
      const pool = closedAtEnd(t, new ConnectionPool('mysql', server.source, { max: 1 }))
      const id = 'SELECT CONNECTION_ID() AS id'
      const before = await pool.runQuery(id)
      const found = await pool.runWithConnection({ autocommit: true }, async (connection) => {
        await connection.query(leave)
        return await connection.query(look)
      })
      assert.deepEqual(found, [{ there: 1 }])
      assert.deepEqual(await pool.runQuery(look), [{ there: 0 }])
      assert.deepEqual(await pool.runQuery("SELECT 'é' AS text, @@autocommit AS auto"), [{ text: 'é', auto: 1 }])
      assert.deepEqual(await pool.runQuery(id), before, 'the connection is the same')
    })
  }

  for (const [what, leave, look] of LEFT) {
    test(`P8 ${what} that a statement by itself left is found by nobody, be he next in line`, async (t) => {
      const pool = closedAtEnd(t, new ConnectionPool('mysql', server.source, { max: 1 }))
      const [, , found] = await Promise.all([pool.runQuery('SELECT 1'), pool.runOperation(leave), pool.runQuery(look)])
      assert.deepEqual(found, [{ there: 0 }])
      assert.deepEqual(await pool.runQuery(look), [{ there: 0 }])
    })
  }

  test('P8 a temporary table is gone with whoever made it', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool('mysql', server.source, { max: 1 }))
    await pool.runWithConnection({ autocommit: true }, (connection) => {
      return connection.query('CREATE TEMPORARY TABLE mine (id INT)')
    })
    await assert.rejects(pool.runQuery('SELECT * FROM mine'), { kind: 'missing' })
  })

  test('P8 ADB-013 what onOpen set stays; a connection that somebody else changed is replaced', async (t) => {
    const onOpen = async (connection: { query(sql: string): Promise<unknown> }) => {
      await connection.query('SET @opened = 1')
    }
    const pool = closedAtEnd(t, new ConnectionPool('mysql', server.source, { max: 1, onOpen }))
    const look = 'SELECT @opened AS opened, CONNECTION_ID() AS id'
    const [first] = await pool.runQuery(look)
    assert.equal(first?.opened, 1)
    await pool.runInteraction((txn) => txn.query('SELECT 1'))
    assert.deepEqual(await pool.runQuery(look), [first])
    await pool.runWithConnection((connection) => connection.query('SET @opened = 2'))
    const [second] = await pool.runQuery(look)
    assert.equal(second?.opened, 1)
    assert.notEqual(second?.id, first?.id)
  })
})

onMysqlServers('stopping', (server) => {
  const stopped = new Failure({ type: 'TimeoutError', message: 'too long', code: 'TOO_LONG', kind: 'timeout' })
  // Other tests have the same server, and may run the same text.
  const isRunning = async (sql: string, id: Value) => {
    const watcher = await server.connect()
    const query =
      "SELECT 1 FROM information_schema.processlist WHERE command IN ('Query', 'Execute') AND info LIKE ? AND id = ?"
    while ((await run(watcher, query, [`${sql}%`, id])).rows.length === 0);
  }

  const idOf = async (connection: Connection) =>
    ((await run(connection, 'SELECT connection_id()')).rows[0] as Value[])[0] as Value

  test('F50 the statement that runs is interrupted, with the failure that is given, and those behind it go on', async () => {
    const connection = await server.connect()
    const id = await idOf(connection)
    const sql = 'SELECT SLEEP(61)'
    const call = connection.query(statement(sql))
    const behind = connection.query(statement('SELECT 2'))
    await isRunning(sql, id)
    assert.equal(await connection.interrupt?.(stopped), null)
    assert.equal((await failed(call)).record.code, 'TOO_LONG')
    const second = await behind
    if (second instanceof Failure) assert.equal(second.record.code, NOT_BEGUN)
    else assert.deepEqual(second.rows, [[2]])
    assert.equal(await connection.interrupt?.(stopped), null)
    assert.deepEqual((await run(connection, 'SELECT 3')).rows, [[3]])
  })

  test('F50 a write that is interrupted leaves nothing, and its transaction goes on', async () => {
    const connection = await server.connect()
    const id = await idOf(connection)
    const other = await server.connect()
    await run(connection, 'CREATE TABLE locked (id INT PRIMARY KEY, n INT)')
    await run(connection, 'INSERT INTO locked VALUES (1, 0), (2, 0)')
    assert.equal(await other.begin('write'), null)
    const inTransaction = { inTransaction: true }
    await run(other, 'UPDATE locked SET n = 1 WHERE id = 2', [], inTransaction)
    assert.equal(await connection.begin('write'), null)
    await run(connection, 'UPDATE locked SET n = 2 WHERE id = 1', [], inTransaction)
    const sql = 'UPDATE locked SET n = 3 WHERE id = 2'
    const call = connection.query(statement(sql, [], inTransaction))
    await isRunning(sql, id)
    assert.equal(await connection.interrupt?.(stopped), null)
    assert.equal((await failed(call)).record.code, 'TOO_LONG')
    assert.equal(await connection.commit(), null)
    assert.equal(await other.rollback(), null)
    assert.deepEqual((await run(connection, 'SELECT n FROM locked ORDER BY id')).rows, [[2], [0]])
  })

  test('a statement without end is stopped at statementTimeout, and its connection goes on', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool('mysql', server.source, { max: 1, statementTimeout: 300 }))
    const id = 'SELECT CONNECTION_ID() AS id'
    const before = await pool.runQuery(id)
    await assert.rejects(pool.runQuery('SELECT SLEEP(62)'), { code: 'STATEMENT_TIMEOUT' })
    assert.deepEqual(await pool.runQuery(id), before)
  })
})
