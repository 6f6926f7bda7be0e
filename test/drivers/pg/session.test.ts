import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { closedAtEnd } from '../../databases.ts'
import { site } from './fixtures.ts'

const place = site()

const LEFT: readonly (readonly [what: string, leave: string, look: string])[] = [
  ['a setting', "SET search_path = 'elsewhere'", "SELECT current_setting('search_path') = 'elsewhere' AS there"],
  [
    'a setting by a function',
    "SELECT set_config('work_mem', '1MB', false)",
    "SELECT current_setting('work_mem') = '1MB' AS there",
  ],
  ['a role', 'SET ROLE pg_monitor', "SELECT current_user = 'pg_monitor' AS there"],
  ['a temporary table', 'CREATE TEMP TABLE mine (id int)', "SELECT to_regclass('pg_temp.mine') IS NOT NULL AS there"],
  ['a lock', 'SELECT pg_advisory_lock(7)', "SELECT count(*) > 0 AS there FROM pg_locks WHERE locktype = 'advisory'"],
  ['a subscription', 'LISTEN something', 'SELECT count(*) > 0 AS there FROM pg_listening_channels()'],
  [
    'a prepared statement',
    'PREPARE mine AS SELECT 1',
    "SELECT count(*) > 0 AS there FROM pg_prepared_statements WHERE name = 'mine'",
  ],
  ['a time zone', "SET TIME ZONE 'Europe/Berlin'", "SELECT current_setting('TimeZone') <> 'UTC' AS there"],
]

for (const [what, leave, look] of LEFT) {
  test(`P8 ${what} is found by whoever left it, and by nobody else`, async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool('pg', place.options(), { max: 1 }))
    const backend = 'SELECT pg_backend_pid() AS pid'
    const before = await pool.runQuery(backend)
    const found = await pool.runWithConnection({ autocommit: true }, async (connection) => {
      await connection.query(leave)
      return await connection.query(look)
    })
    assert.deepEqual(found, [{ there: 1 }])
    assert.deepEqual(await pool.runQuery(look), [{ there: 0 }])
    await pool.runQuery(leave)
    assert.deepEqual(await pool.runQuery(look), [{ there: 0 }])
    assert.deepEqual(await pool.runQuery(backend), before, 'the connection is the same')
  })
}

test('P8 ADB-013 what onOpen set stays; a connection that somebody else changed is replaced', async (t) => {
  const pool = closedAtEnd(
    t,
    new ConnectionPool('pg', place.options(), {
      max: 1,
      onOpen: async (connection) => {
        await connection.query("SET search_path = 'opened'")
      },
    }),
  )
  const look = "SELECT current_setting('search_path') AS path, pg_backend_pid() AS pid"
  const [first] = await pool.runQuery(look)
  assert.equal(first?.path, 'opened')
  await pool.runInteraction((txn) => txn.query('SELECT 1'))
  assert.deepEqual(await pool.runQuery(look), [first])
  await pool.runWithConnection((connection) => connection.query("SET search_path = 'changed'"))
  const [second] = await pool.runQuery(look)
  assert.equal(second?.path, 'opened')
  assert.notEqual(second?.pid, first?.pid)
})

test('P8 statements that leave nothing cost no more for it', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('pg', place.options(), { max: 1 }))
  await pool.runInteraction((txn) => txn.query('SELECT 1'))
  await pool.runWithConnection((connection) => connection.query('SELECT 2'))
  const names = await pool.runQuery('SELECT statement FROM pg_prepared_statements ORDER BY 1')
  assert.ok(names.length >= 3, 'what was prepared is still there')
})
