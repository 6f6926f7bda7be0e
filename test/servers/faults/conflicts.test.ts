import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, SqlError, type Transaction } from 'offloop'
import { usable } from '../../pool/expect.ts'
import { meeting, networked, onServers, poolOn } from './setting.ts'

const codesOf = (ends: readonly PromiseSettledResult<unknown>[]) =>
  ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as SqlError).kind ?? String(end.reason)] : []))

onServers((name, { placeholder }) => {
  async function setting(t: { after(work: () => unknown): void }, options = {}): Promise<ConnectionPool> {
    const { url } = await networked(t, name)
    const pool = poolOn(t, url, { max: 4, ...options })
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)')
    await pool.runOperation('INSERT INTO t VALUES (1, 0), (2, 0)')
    return pool
  }

  const raise = (txn: Transaction, id: number) =>
    txn.execute(`UPDATE t SET v = v + 1 WHERE id = ${placeholder(1)}`, [id])

  const values = async (pool: ConnectionPool) =>
    (await pool.runQuery<{ v: number }>('SELECT v FROM t ORDER BY id')).map(({ v }) => v)

  test('F59 two interactions that wait for each other: one fails as a deadlock, which is worth another try', async (t) => {
    const pool = await setting(t)
    const met = meeting(2)
    const cross = (first: number, second: number) =>
      pool.runInteraction(async (txn) => {
        await raise(txn, first)
        await met()
        await raise(txn, second)
      })
    const ends = await Promise.allSettled([cross(1, 2), cross(2, 1)])
    assert.deepEqual(codesOf(ends), ['deadlock'])
    const error = (ends.find((end) => end.status === 'rejected') as PromiseRejectedResult).reason
    assert.ok(error instanceof SqlError && error.retryable)
    assert.deepEqual(await values(pool), [1, 1])
    await usable(pool)
  })

  test('F59 P6 F85 with retry both are done, each once, and each attempt is counted', async (t) => {
    const pool = await setting(t)
    const met = meeting(2)
    let attempts = 0
    const cross = (first: number, second: number) =>
      pool.runInteraction({ retry: 10 }, async (txn) => {
        attempts++
        await raise(txn, first)
        if (txn.attempt === 1) await met()
        await raise(txn, second)
        return txn.attempt
      })
    const done = await Promise.all([cross(1, 2), cross(2, 1)])
    assert.ok(done.reduce((a, b) => a + b) === attempts && attempts >= 3, `${done} of ${attempts}`)
    assert.deepEqual(await values(pool), [2, 2])
  })

  test('F60 F61 a write skew under serializable fails as a serialization failure or a deadlock, never unknown', async (t) => {
    const pool = await setting(t)
    const met = meeting(2)
    const skew = (id: number) =>
      pool.runInteraction({ isolationLevel: 'serializable' }, async (txn) => {
        const rows = await txn.query<{ v: number }>('SELECT v FROM t')
        await met()
        const sum = rows.reduce((all, { v }) => all + v, 0)
        if (sum === 0) await raise(txn, id)
      })
    const ends = await Promise.allSettled([skew(1), skew(2)])
    const kinds = codesOf(ends)
    assert.equal(kinds.length, 1)
    assert.ok(['serialization', 'deadlock'].includes(String(kinds[0])), String(kinds))
    const [a = 0, b = 0] = await values(pool)
    assert.equal(a + b, 1)
    await usable(pool)
  })

  test('F60 with retry a write skew is decided again, and the rule holds', async (t) => {
    const pool = await setting(t)
    const skew = (id: number) =>
      pool.runInteraction({ isolationLevel: 'serializable', retry: 20 }, async (txn) => {
        const rows = await txn.query<{ v: number }>('SELECT v FROM t')
        if (rows.every(({ v }) => v === 0)) await raise(txn, id)
      })
    await Promise.all([skew(1), skew(2), skew(1), skew(2)])
    const [a = 0, b = 0] = await values(pool)
    assert.equal(a + b, 1)
  })

  test('F62 a lock that was waited for in vain fails the interaction, which leaves nothing behind', async (t) => {
    const pool = await setting(t)
    const limit = name === 'postgres' ? "SET LOCAL lock_timeout = '200ms'" : 'SET SESSION innodb_lock_wait_timeout = 1'
    const locked = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    const holder = pool.runInteraction(async (txn) => {
      await raise(txn, 2)
      locked.resolve()
      await done.promise
    })
    await locked.promise
    const waiting = pool.runInteraction(async (txn) => {
      await txn.execute(limit)
      await raise(txn, 1)
      await raise(txn, 2)
    })
    const [end] = await Promise.allSettled([waiting])
    done.resolve()
    await holder
    assert.equal(codesOf([end])[0], 'busy')
    assert.deepEqual(await values(pool), [0, 1])
    await usable(pool)
  })

  test('F73 P4 F27 what failed inside and was swallowed: committed whole or not at all, and never told otherwise', async (t) => {
    const pool = await setting(t)
    const work = pool.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO t VALUES (3, 0)')
      await txn.execute('INSERT INTO t VALUES (1, 0)').catch(() => undefined)
    })
    const [end] = await Promise.allSettled([work])
    const there = await pool.runQuery('SELECT id FROM t WHERE id = 3')
    if (name === 'postgres') {
      assert.equal(codesOf([end])[0], 'rolledBack')
      assert.equal((((end as PromiseRejectedResult).reason as Error).cause as SqlError).kind, 'unique')
    }
    assert.equal(there.length, end.status === 'fulfilled' ? 1 : 0)
    await usable(pool)
  })
})
