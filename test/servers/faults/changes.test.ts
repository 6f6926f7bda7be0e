import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, SqlError } from 'offloop'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { comesBack, networked, onServers, ownServer, poolOn, until } from './setting.ts'

/** How often a server stops and starts; one takes seconds for it. */
const CYCLES = { postgres: 5, mariadb: 5, mysql: 2 } as const

onServers((name, words) => {
  test('P2 F48 a server that stops and starts again and again is found again each time, within a second', async (t) => {
    const server = await ownServer(t, name)
    const pool = poolOn(t, server.url(), { max: 3, acquireTimeout: 30_000 })
    let goesOn = true
    let done = 0
    const errors: unknown[] = []
    const caller = async () => {
      while (goesOn) {
        await pool
          .runInteraction((txn) => txn.query('SELECT 1'))
          .then(
            () => done++,
            (error: unknown) => errors.push(error),
          )
      }
    }
    const callers = Array.from({ length: 6 }, caller)
    for (let cycle = 0; cycle < CYCLES[name]; cycle++) {
      const before = done
      await until(() => done > before + 10, `calls of cycle ${cycle}`)
      if (cycle % 2 === 0) await server.kill()
      else await server.stop()
      const away = done
      await server.start()
      const up = performance.now()
      await until(() => done > away, `the first success of cycle ${cycle}`)
      assert.ok(performance.now() - up < 1000 + BUSY, `cycle ${cycle}: ${performance.now() - up} ms`)
    }
    goesOn = false
    await Promise.all(callers)
    for (const error of errors) assert.ok(error instanceof SqlError, String(error))
    await comesBack(pool)
  })

  test('F67 F66 a server that was made to only read says so, and is written to as soon as it may be', async (t) => {
    const server = await ownServer(t, name, name === 'postgres' ? {} : { settings: { 'max-allowed-packet': '1M' } })
    const admin = poolOn(t, server.url())
    const pool = poolOn(t, await ofApplication(admin, server.url(), name), { max: 2 })
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    const idOf = async () => Number((await pool.runQuery(words.id))[0]?.id)
    const before = await idOf()
    await setReadOnly(admin, name, true)
    const insert = (id: number) => pool.runOperation(`INSERT INTO t VALUES (${id})`)
    const error = (await rejectionOf(() => insert(1))) as SqlError
    assert.equal(error.kind, 'readOnly', String(error))
    const inside = (await rejectionOf(() =>
      pool.runInteraction(async (txn) => txn.execute('INSERT INTO t VALUES (2)')),
    )) as SqlError
    assert.equal(inside.kind, 'readOnly', String(inside))
    assert.deepEqual(await pool.runQuery('SELECT id FROM t'), [])
    await setReadOnly(admin, name, false)
    await until(async () => (await idOf()) !== before, 'another connection')
    await insert(3)
    assert.deepEqual(await pool.runQuery('SELECT id FROM t'), [{ id: 3 }])
    if (name !== 'postgres') await refusesLargePackets(pool)
    await usable(pool)
  })

  test('F70 a table that changes while its statements are prepared is read as it is now', async (t) => {
    const { url } = await networked(t, name)
    const pool = poolOn(t, url, { max: 1 })
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)')
    await pool.runOperation('INSERT INTO t VALUES (1, 2)')
    const both = () => Promise.all([1, 2, 3, 4].map(() => pool.runQuery('SELECT * FROM t')))
    for (const rows of await both()) assert.deepEqual(rows, [{ id: 1, v: 2 }])
    await pool.runOperation('ALTER TABLE t ADD COLUMN w INTEGER DEFAULT 5')
    for (const rows of await both()) assert.deepEqual(rows, [{ id: 1, v: 2, w: 5 }])
    await pool.runOperation('ALTER TABLE t DROP COLUMN v')
    for (const rows of await both()) assert.deepEqual(rows, [{ id: 1, w: 5 }])
    await pool.runOperation('ALTER TABLE t ADD COLUMN x INTEGER')
    const inside = () => pool.runInteraction((txn) => txn.query('SELECT * FROM t'))
    // There nothing can be run again without the rest of the transaction.
    if (name === 'postgres') assert.equal(((await rejectionOf(inside)) as SqlError).code, '0A000')
    assert.deepEqual(await inside(), [{ id: 1, w: 5, x: null }])
    await usable(pool)
  })
})

/** Milliseconds that a busy machine may be late. */
const BUSY = 1000

/** The URL of a user without the rights of an administrator, who may write to a server that only reads. */
async function ofApplication(admin: ConnectionPool, url: string, name: string): Promise<string> {
  if (name === 'postgres') return url
  await admin.runOperation('CREATE DATABASE app')
  await admin.runOperation("CREATE USER app@'%'")
  await admin.runOperation("GRANT ALL ON app.* TO app@'%'")
  const own = new URL(url)
  own.username = 'app'
  own.pathname = '/app'
  return own.href
}

async function setReadOnly(admin: ConnectionPool, name: string, isReadOnly: boolean): Promise<void> {
  if (name !== 'postgres') {
    await admin.runOperation(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`)
    return
  }
  await admin.runOperation(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
  await admin.runQuery('SELECT pg_reload_conf()')
  const expected = isReadOnly ? 'on' : 'off'
  const told = async () => (await admin.runQuery('SHOW default_transaction_read_only'))[0]
  await until(async () => (await told())?.default_transaction_read_only === expected, 'the new setting')
}

/** What the server would not take is refused before it is sent, and the callers beside it have their answers. */
async function refusesLargePackets(pool: ConnectionPool): Promise<void> {
  const beside = Array.from({ length: 20 }, (_, i) => pool.runQuery(`SELECT ${i % 3} AS n`))
  const error = (await rejectionOf(() => pool.runQuery('SELECT ? AS v', ['x'.repeat(1_100_000)]))) as SqlError
  assert.equal(error.code, 'PACKET_TOO_LARGE')
  for (const [i, rows] of (await Promise.all(beside)).entries()) assert.deepEqual(rows, [{ n: i % 3 }])
}
