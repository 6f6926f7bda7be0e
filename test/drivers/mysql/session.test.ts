import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { closedAtEnd } from '../../databases.ts'
import { onMysqlServers } from './fixtures.ts'

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
