import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitUnknownError, ConnectionLostError, type ConnectionPool, SqlError } from 'offloop'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { Network } from '../network.ts'
import { meeting, networked, onServers, ownServer, poolOn, until } from './setting.ts'

const idOf = async (pool: ConnectionPool, sql: string) => Number((await pool.runQuery(sql))[0]?.id)

onServers((name, words) => {
  test('F47 F65 an idle connection that the server ended is replaced, and nobody notices', async (t) => {
    const { url, through } = await networked(t, name)
    const direct = poolOn(t, url)
    const pool = poolOn(t, through, { max: 1 })
    const first = await idOf(pool, words.id)
    const [lane] = pool.stats().lanes
    await direct.runQuery(words.end(first))
    await until(() => pool.stats().lanes.every(({ id }) => id !== lane?.id), 'the news of its end')
    const second = await idOf(pool, words.id)
    assert.notEqual(second, first)
    await usable(pool)
  })

  test('SQO-018 F46 F65 a connection that the server ends inside an interaction fails it, and what it did is undone', async (t) => {
    const { url, through } = await networked(t, name)
    const direct = poolOn(t, url)
    await direct.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    const pool = poolOn(t, through, { max: 2 })
    const error = await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute('INSERT INTO t VALUES (1)')
        const [row] = await txn.query(words.id)
        const slow = txn.query(words.sleep(20))
        slow.catch(() => undefined)
        await direct.runQuery(words.end(Number(row?.id)))
        await slow
      }),
    )
    assert.ok(error instanceof ConnectionLostError, String(error))
    assert.ok(!(error instanceof CommitUnknownError), 'COMMIT was never sent')
    assert.deepEqual(await direct.runQuery('SELECT id FROM t'), [])
    await usable(pool)
  })

  test('F46 after a crash of the server all connections are replaced, and the first success comes within a second', async (t) => {
    const server = await ownServer(t, name)
    const pool = poolOn(t, server.url(), { max: 4, acquireTimeout: 20_000 })
    const met = meeting(4)
    const one = () =>
      pool.runInteraction(async (txn) => {
        const rows = await txn.query(words.id)
        await met()
        return rows
      })
    const ids = await Promise.all(Array.from({ length: 4 }, one))
    assert.equal(new Set(ids.map(([row]) => Number(row?.id))).size, 4)
    const inside = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.query(words.id)
        await server.kill()
        await txn.query(words.id)
      }),
    )
    assert.ok((await inside) instanceof ConnectionLostError, String(await inside))
    const waiting = pool.runQuery('SELECT 1 AS one')
    await server.start()
    const up = performance.now()
    assert.deepEqual(await waiting, [{ one: 1 }])
    assert.ok(performance.now() - up < 1000, `${performance.now() - up} ms`)
    await usable(pool)
  })

  test('F48 P2 while a server is away callers wait for as long as they have, and few connections are tried', async (t) => {
    const server = await ownServer(t, name)
    const network = await Network.before(server.port)
    t.after(() => network.close())
    const pool = poolOn(t, network.urlFor(server.url()), { max: 4, acquireTimeout: 30_000 })
    const direct = poolOn(t, server.url(), { acquireTimeout: 30_000 })
    await direct.runOperation('CREATE TABLE t (id INTEGER)')
    let written = 0
    let lastOk = 0
    let goesOn = true
    const errors: unknown[] = []
    const writer = async () => {
      while (goesOn) {
        await pool.runOperation('INSERT INTO t VALUES (1)').then(
          () => {
            written++
            lastOk = performance.now()
          },
          (error: unknown) => errors.push(error),
        )
      }
    }
    const writers = Array.from({ length: 8 }, writer)
    await until(() => written > 50, 'writing')
    await server.stop()
    const { linked } = network
    const before = written
    const patient = pool.runQuery('SELECT 1 AS one')
    const hasty = rejectionOf(() => pool.runQuery('SELECT 1 AS one', [], { timeout: 300 }))
    await new Promise((resolve) => setTimeout(resolve, 2000))
    assert.ok(network.linked - linked <= 20, `${network.linked - linked} connections were tried in two seconds`)
    await server.start()
    const up = performance.now()
    await until(() => written > before + 8 && lastOk > up, 'writing again', 5000)
    assert.ok(lastOk - up < 2000)
    assert.deepEqual(await patient, [{ one: 1 }])
    assert.equal(((await hasty) as SqlError).kind, 'timeout')
    goesOn = false
    await Promise.all(writers)
    for (const error of errors) assert.ok(error instanceof SqlError, String(error))
    // Calls that were under way when the server went: each of the 8 writers at most once, and then they waited.
    assert.ok(errors.length <= 16, `${errors.length} calls failed: ${errors.slice(0, 3)}`)
    await usable(pool)
  })

  test('F49 a server that stands still: what is asked ends by its deadline, and all goes on after', async (t) => {
    const server = await ownServer(t, name)
    const pool = poolOn(t, server.url(), { max: 2, connectTimeout: 400, acquireTimeout: 1500 })
    await usable(pool)
    server.pause()
    const began = performance.now()
    const ends = await Promise.allSettled(
      Array.from({ length: 4 }, () => pool.runQuery(words.sleep(0), [], { timeout: 800 })),
    )
    assert.ok(performance.now() - began < 3000)
    for (const end of ends) {
      if (end.status === 'rejected') assert.equal((end.reason as SqlError).kind, 'timeout', String(end.reason))
    }
    server.resume()
    await usable(pool)
  })
})

onServers(
  (name, words) => {
    test('F46 kill -9 of one backend resets them all: nothing is committed, and the pool comes back', async (t) => {
      const server = await ownServer(t, name, { durable: true })
      const pool = poolOn(t, server.url(), { max: 3, acquireTimeout: 10_000 })
      await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
      const error = await rejectionOf(() =>
        pool.runInteraction(async (txn) => {
          await txn.execute('INSERT INTO t VALUES (1)')
          const [row] = await txn.query(words.id)
          process.kill(Number(row?.id), 'SIGKILL')
          await txn.query(words.sleep(5))
        }),
      )
      assert.ok(error instanceof ConnectionLostError && !(error instanceof CommitUnknownError), String(error))
      const began = performance.now()
      assert.deepEqual(await pool.runQuery('SELECT id FROM t'), [])
      assert.ok(performance.now() - began < 5000)
      await usable(pool)
    })

    test('F50 a backend that stands still in the middle of a statement is given up at the deadline', async (t) => {
      const server = await ownServer(t, name)
      const pool = poolOn(t, server.url(), { max: 1, statementTimeout: 400 })
      await usable(pool)
      const id = await idOf(pool, words.id)
      process.kill(id, 'SIGSTOP')
      const began = performance.now()
      const error = (await rejectionOf(() => pool.runQuery('SELECT 1'))) as SqlError
      assert.equal(error.kind, 'timeout')
      assert.ok(performance.now() - began < 1500, `${performance.now() - began} ms`)
      const other = await idOf(pool, words.id)
      process.kill(id, 'SIGCONT')
      assert.notEqual(other, id)
      await usable(pool)
    })
  },
  ['postgres'],
)
