import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CommitUnknownError, ConnectionPool, type PoolOptions, type SqlError } from 'offloop'
import { FakeClock } from 'offloop/testing'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import { FakeServer, ServerDriver } from './fixtures/server-driver.ts'

/** A primary and two replicas that repeat its writes at once, as long as they are told to. */
function setting(owner: Owner, options: PoolOptions = {}) {
  const clock = new FakeClock()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new FakeServer(name)) as [FakeServer, FakeServer, FakeServer]
  b.follows = a
  c.follows = a
  const pool = closedAtEnd(
    owner,
    new ConnectionPool(new ServerDriver(a, b, c), {}, { clock, min: 0, max: 4, ...options }),
  )
  return { clock, servers: { a, b, c }, pool }
}

/** Lets the time pass in small steps, so that what follows from each is done before the next. */
async function pass(clock: FakeClock, milliseconds: number, step = 25): Promise<void> {
  for (let left = milliseconds; left > 0; left -= step) await clock.advance(Math.min(step, left))
}

/** As others do it: what is written there is nothing that the test has written. */
const byOthers = <T>(work: () => Promise<T>): Promise<T> => Promise.resolve().then(work)

const write = (pool: ConnectionPool) => pool.runOperation('WRITE')
const where = async (pool: ConnectionPool, readOnly: boolean) =>
  await pool.runInteraction({ readOnly }, async (txn) => (await txn.query<{ server: string }>('WHERE'))[0]?.server)

describe('several servers', () => {
  test('writes and plain calls go to the primary, wherever it stands in the list; what only reads to replicas', async (t) => {
    const { clock, servers, pool } = setting(t)
    servers.a.follows = servers.c
    servers.b.follows = servers.c
    servers.c.follows = null
    await byOthers(() => write(pool))
    servers.a.replay()
    servers.b.replay()
    await pass(clock, 1000)
    assert.ok(['a', 'b'].includes((await where(pool, true)) as string))
    assert.equal(await where(pool, false), 'c')
    assert.deepEqual(await pool.runQuery('READ'), [{ server: 'c', role: 'any' }])
    const hosts = pool.stats().hosts?.map(({ name, role }) => `${name} ${role}`)
    assert.deepEqual(hosts, ['a replica', 'b replica', 'c primary'])
  })

  test('replicas share the work', async (t) => {
    const { clock, pool } = setting(t)
    await pool.runQuery('READ')
    await pass(clock, 1000)
    const gate = Promise.withResolvers<void>()
    const seen: unknown[] = []
    const readers = Array.from({ length: 4 }, () =>
      pool.runInteraction({ readOnly: true }, async (txn) => {
        seen.push((await txn.query<{ server: string }>('WHERE'))[0]?.server)
        if (seen.length === 4) gate.resolve()
        await gate.promise
      }),
    )
    await Promise.all(readers)
    assert.deepEqual(seen.sort(), ['b', 'b', 'c', 'c'])
  })

  test('one server is one server: nothing else is asked, and stats has no list', async (t) => {
    const clock = new FakeClock()
    const server = new FakeServer('a')
    const pool = closedAtEnd(t, new ConnectionPool(new ServerDriver(server), {}, { clock, min: 0 }))
    assert.equal(await where(pool, true), 'a')
    assert.deepEqual([server.made.length, pool.stats().hosts], [1, null])
  })
})

describe('how old what a replica tells may be', () => {
  test('one that is further behind than maxStaleness serves nobody, until it has caught up', async (t) => {
    const { clock, servers, pool } = setting(t, { maxStaleness: 1000 })
    await byOthers(() => write(pool))
    for (const replica of [servers.b, servers.c]) replica.replay()
    await pass(clock, 1000)
    assert.notEqual(await where(pool, true), 'a')
    await byOthers(() => write(pool))
    servers.b.replay()
    await pass(clock, 1500)
    for (let i = 0; i < 5; i++) assert.equal(await where(pool, true), 'b', 'c is behind')
    await byOthers(() => write(pool))
    await pass(clock, 1500)
    assert.equal(await where(pool, true), 'a', 'all are behind')
    servers.c.replay()
    await pass(clock, 1000)
    assert.equal(await where(pool, true), 'c')
  })

  test('a replica that is a little behind all the time serves all the same', async (t) => {
    const { clock, servers, pool } = setting(t, { maxStaleness: 1000 })
    servers.c.state = 'away'
    for (let i = 0; i < 40; i++) {
      const before = servers.a.position
      await byOthers(() => write(pool))
      await pass(clock, 50)
      servers.b.position = before
    }
    assert.equal(await where(pool, true), 'b')
  })

  test('0 keeps all on the primary, and a wrong one is refused', async (t) => {
    const { clock, pool } = setting(t, { maxStaleness: 0 })
    await pool.runQuery('READ')
    await pass(clock, 500)
    assert.equal(await where(pool, true), 'a')
    for (const maxStaleness of [-1, Number.NaN, '5', null] as number[]) {
      assert.throws(() => new ConnectionPool('sqlite::memory:', { maxStaleness }), { code: 'INVALID_OPTION' })
    }
  })
})

describe('whoever has written reads what he wrote', () => {
  test('on the primary, until each replica has it; others read on replicas meanwhile', async (t) => {
    const { clock, servers, pool } = setting(t)
    await pool.runQuery('READ')
    await pass(clock, 1000)
    const writer = byOthers(async () => {
      await write(pool)
      const first = await where(pool, true)
      const inner = await byOthers(() => where(pool, true))
      await pass(clock, 1000)
      const later = await where(pool, true)
      servers.b.replay()
      servers.c.replay()
      await pass(clock, 1000)
      return [first, inner, later, await where(pool, true)]
    })
    const other = await byOthers(() => where(pool, true))
    assert.ok(other === 'b' || other === 'c')
    const [first, inner, later, last] = await writer
    assert.deepEqual([first, inner, later], ['a', 'a', 'a'])
    assert.ok(last === 'b' || last === 'c')
  })

  const ways: Readonly<Record<string, (pool: ConnectionPool) => Promise<unknown>>> = {
    runOperation: (pool) => pool.runOperation('WRITE'),
    'runOperation with a timeout': (pool) => pool.runOperation('WRITE', [], { timeout: 100 }),
    'runQuery of what may write': (pool) => pool.runQuery('WRITE'),
    executeMany: (pool) => pool.executeMany('WRITE', [[]]),
    runInteraction: (pool) => pool.runInteraction((txn) => txn.query('WRITE')),
    'an interaction that fails': (pool) =>
      pool.runInteraction({ retry: 2 }, () => Promise.reject(new Error('no'))).catch(() => undefined),
    runWithConnection: (pool) => pool.runWithConnection((connection) => connection.query('WRITE')),
    async acquire(pool) {
      const lease = await pool.acquire()
      await lease.query('WRITE')
      await lease.commit()
      await lease.release()
    },
  }
  for (const [name, way] of Object.entries(ways)) {
    test(`after ${name}`, async (t) => {
      const { clock, pool } = setting(t)
      await pool.runQuery('READ')
      await pass(clock, 1000)
      await byOthers(async () => {
        assert.notEqual(await where(pool, true), 'a')
        await way(pool)
        assert.equal(await where(pool, true), 'a')
      })
      assert.notEqual(await where(pool, true), 'a')
    })
  }

  test('of two writes that ran together the later one counts', async (t) => {
    const { clock, pool } = setting(t)
    await pool.runQuery('READ')
    await pass(clock, 1000)
    await byOthers(async () => {
      const slow = Promise.withResolvers<void>()
      const first = pool.runInteraction(async (txn) => {
        await slow.promise
        await txn.query('WRITE')
      })
      await write(pool)
      await pass(clock, 500)
      slow.resolve()
      await first
      assert.equal(await where(pool, true), 'a')
    })
  })
})

describe('a primary that is gone', () => {
  test('F48 F67 the promoted replica takes the writes, without a restart; callers wait meanwhile', async (t) => {
    const { clock, servers, pool } = setting(t, { max: 4 })
    await Promise.all(Array.from({ length: 20 }, () => write(pool)))
    await pass(clock, 1000)
    servers.b.replay()
    servers.c.replay()
    const gone = servers.a.open.map(({ closed }) => closed)
    servers.a.crash()
    await Promise.all(gone)
    const waiting = Promise.all(Array.from({ length: 20 }, () => write(pool)))
    await pass(clock, 3000)
    servers.b.promote()
    servers.c.follows = servers.b
    await pass(clock, 1200)
    await waiting
    assert.equal(servers.b.position, 40n)
    assert.equal(await where(pool, false), 'b')
  })

  test('one that hangs is left after a second, and reads go on meanwhile', async (t) => {
    const { clock, servers, pool } = setting(t, { statementTimeout: 2000 })
    await byOthers(() => write(pool))
    servers.b.replay()
    servers.c.replay()
    await pass(clock, 1000)
    servers.a.state = 'mute'
    const hung = rejectionOf(() => byOthers(() => write(pool)))
    assert.notEqual(await where(pool, true), 'a')
    servers.b.promote()
    servers.c.follows = servers.b
    await pass(clock, 4000)
    const error = (await hung) as CommitUnknownError
    assert.equal(error.code, 'COMMIT_UNKNOWN')
    const next = write(pool)
    await pass(clock, 1500)
    await next
    assert.equal(servers.b.position, 2n)
    assert.equal(servers.a.open.filter(({ role }) => role === 'any').length, 0)
  })

  test('F67 one that was made a replica is left by connections that were open', async (t) => {
    const { clock, servers, pool } = setting(t)
    await write(pool)
    await pass(clock, 1000)
    servers.b.replay()
    servers.b.promote()
    servers.a.follows = servers.b
    servers.c.follows = servers.b
    await refused(() => write(pool), (await import('offloop')).OperationalError, { code: 'readOnly', kind: 'readOnly' })
    await write(pool)
    assert.equal(servers.b.position, 2n)
    await pass(clock, 1000)
    assert.equal(servers.a.open.filter(({ role }) => role === 'any').length, 0)
  })

  test('of two that say that they take writes the one that was promoted last does', async (t) => {
    const { clock, servers, pool } = setting(t)
    await write(pool)
    await pass(clock, 1000)
    servers.b.replay()
    servers.b.promote()
    servers.c.follows = servers.b
    await pass(clock, 1000)
    await write(pool)
    assert.deepEqual([servers.a.position, servers.b.position], [1n, 2n])
  })

  test('what was fresh under the old one is not taken for fresh under the new one', async (t) => {
    const { clock, servers, pool } = setting(t, { maxStaleness: 800 })
    for (let i = 0; i < 5; i++) await write(pool)
    servers.c.replay()
    await pass(clock, 1000)
    servers.a.crash()
    servers.b.promote()
    servers.c.follows = servers.b
    servers.c.position = 0n
    await pass(clock, 2000)
    for (let i = 0; i < 3; i++) await byOthers(() => write(pool))
    await pass(clock, 1000)
    assert.equal(await byOthers(() => where(pool, true)), 'b')
  })

  test('when nobody takes writes, callers are told so at their deadline', async (t) => {
    const { clock, servers, pool } = setting(t, { acquireTimeout: 2000 })
    servers.a.state = 'away'
    const error = rejectionOf(() => write(pool))
    await pass(clock, 2500)
    const { code, cause } = (await error) as SqlError
    assert.deepEqual([code, (cause as SqlError).code], ['ACQUIRE_TIMEOUT', 'NO_PRIMARY'])
  })
})

describe('replicas that are gone', () => {
  test('what only reads goes to the primary at once', async (t) => {
    const { clock, servers, pool } = setting(t)
    await pool.runQuery('READ')
    await pass(clock, 1000)
    assert.notEqual(await where(pool, true), 'a')
    const gone = [servers.b, servers.c].flatMap(({ open }) => open.map(({ closed }) => closed))
    servers.b.crash()
    servers.c.crash()
    await Promise.all(gone)
    const read = where(pool, true)
    await pass(clock, 500)
    assert.equal(await read, 'a')
    servers.b.state = 'up'
    await pass(clock, 1500)
    assert.equal(await where(pool, true), 'b')
  })

  test('a pool that is closed leaves nothing open, and can be started again', async (t) => {
    const { clock, servers, pool } = setting(t)
    await pool.runQuery('READ')
    await pass(clock, 1000)
    await where(pool, true)
    await pool.close()
    await pass(clock, 2000)
    assert.deepEqual(
      Object.values(servers).map(({ open }) => open.length),
      [0, 0, 0],
    )
    await pool.start()
    assert.equal(await where(pool, false), 'a')
  })
})
