import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ConnectionPool, SqlError } from 'offloop'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { networked, onServers, ownServer, poolOn, until } from './setting.ts'

const SECRET = 'p4ssw0rd-canary'

/** The error of the first call on a pool that cannot connect, and how long it took. */
async function refusal(t: { after(work: () => unknown): void }, url: string) {
  const pool = poolOn(t, url, { acquireTimeout: 20_000 })
  const began = performance.now()
  const errors = await Promise.all([1, 2, 3].map(() => rejectionOf(() => pool.runQuery('SELECT 1'))))
  const took = performance.now() - began
  for (const error of errors) {
    assert.ok(error instanceof SqlError, String(error))
    const told = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + inspect(pool) + error.stack
    assert.ok(!told.includes(SECRET), `the password is told: ${told}`)
  }
  return { error: errors[0] as SqlError, took }
}

onServers((name, words) => {
  function changed(url: string, change: (url: URL) => void): string {
    const other = new URL(url)
    change(other)
    return other.href
  }

  test('F64 P19 a wrong password fails at once for all who wait, and is not told', async (t) => {
    const { url } = await networked(t, name)
    const wrong = changed(url, (u) => {
      u.username = 'offloop_nobody'
      u.password = SECRET
    })
    const { error, took } = await refusal(t, wrong)
    assert.equal(error.kind, 'permission')
    assert.ok(!error.retryable && took < 3000, `${took} ms`)
  })

  test('F64 a database that is not there fails at once', async (t) => {
    const { url } = await networked(t, name)
    const { error, took } = await refusal(
      t,
      changed(url, (u) => {
        u.pathname = '/no_such_database'
      }),
    )
    assert.ok(['missing', 'permission'].includes(error.kind), error.kind)
    assert.match(error.message, /no_such_database/)
    assert.ok(took < 3000, `${took} ms`)
  })

  test('F68 a port where nobody listens is tried again until the deadline, and the reason is told', async (t) => {
    const { url, network } = await networked(t, name)
    const { port } = network
    await network.close()
    const pool = poolOn(
      t,
      changed(url, (u) => {
        u.port = String(port)
      }),
      { acquireTimeout: 600 },
    )
    const error = (await rejectionOf(() => pool.runQuery('SELECT 1'))) as SqlError
    assert.ok(['timeout', 'connectionLost'].includes(error.kind), error.kind)
    assert.match(inspect(error, { depth: 5 }), /ECONNREFUSED/)
    await network.open(port)
    const answers = () =>
      pool.runQuery('SELECT 1').then(
        () => true,
        () => false,
      )
    await until(answers, 'an answer')
    await usable(pool)
  })

  test('F68 a host whose name nobody knows is told by its name', async (t) => {
    const { url } = await networked(t, name)
    const pool = poolOn(
      t,
      changed(url, (u) => {
        u.hostname = 'no-such-host.invalid'
      }),
      { acquireTimeout: 600 },
    )
    const error = (await rejectionOf(() => pool.runQuery('SELECT 1'))) as SqlError
    assert.match(inspect(error, { depth: 5 }), /no-such-host\.invalid/)
  })

  test('F63 with fewer connections than the pool wants, those that there are serve all who wait', async (t) => {
    const server = await ownServer(t, name, { settings: { max_connections: name === 'postgres' ? 6 : 10 } })
    // Others have some of them, and servers keep a few for administrators.
    const others = poolOn(t, server.url(), { max: 2 })
    await Promise.all([1, 2].map(() => others.runInteraction((txn) => txn.query(words.id))))
    const pool = poolOn(t, server.url(), { max: 20, acquireTimeout: 20_000 })
    const ids = new Set<unknown>()
    const work = Array.from({ length: 60 }, () =>
      pool.runInteraction(async (txn) => {
        const [row] = await txn.query(words.id)
        await txn.query(words.sleep(0.01))
        ids.add(row?.id)
      }),
    )
    await Promise.all(work)
    assert.ok(ids.size >= 1 && ids.size < 12)
    await usable(pool)
  })

  test('a URL with what a driver does not know is refused before anything is opened', () => {
    assert.throws(() => new ConnectionPool(`${name}://localhost/app?noSuchOption=1`), { code: 'INVALID_OPTION' })
  })
})
