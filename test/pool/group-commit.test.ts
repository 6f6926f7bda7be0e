import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AbortError, ConnectionPool, IntegrityError, OperationalError } from 'offloop'
import { closedAtEnd, onTunedDatabases, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

async function logOf(pool: ConnectionPool): Promise<string[]> {
  return (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
}

/** What a connection does for writes that wait behind a read. */
async function waiting(pool: ConnectionPool): Promise<string[]> {
  const gate = new Gate()
  await pool.runOperation('CHANGE ?', 'first')
  const before = await logOf(pool)
  const blocking = pool.runQuery(`WAIT ${gate.number}`)
  await gate.reached()
  const writes = range(60).map((i) => pool.runOperation('CHANGE ?', i))
  gate.open()
  await Promise.all([blocking, ...writes])
  return (await logOf(pool)).slice(before.length)
}

test('S5 writes that wait together share few COMMITs', async (t) => {
  const log = await waiting(closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' })))
  assert.equal(log.filter((entry) => entry === 'CHANGE ?').length, 60)
  const commits = log.filter((entry) => entry === 'commit').length
  assert.ok(commits >= 1 && commits <= 20, `${commits} COMMITs for 60 writes`)
  assert.equal(log.filter((entry) => entry === 'begin write').length, commits)
})

test('groupCommit: false leaves each its own', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { groupCommit: false }))
  const log = await waiting(pool)
  assert.equal(log.filter((entry) => entry === 'CHANGE ?').length, 60)
  assert.equal(log.filter((entry) => entry === 'commit').length, 0)
})

const INSERT = 'INSERT INTO t (id, v) VALUES (?, ?)'

onTunedDatabases((database, suite) => {
  for (const groupCommit of [true, false]) {
    const pool = openPool(suite, database, { groupCommit })
    const title = (text: string) => (groupCommit ? text : `${text} (groupCommit: false)`)

    async function emptyTable(): Promise<void> {
      await pool.runOperation('DROP TABLE IF EXISTS t')
      await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, v)')
      await pool.runOperation(INSERT, [-1, 'known'])
      await pool.runOperation('DELETE FROM t WHERE id = ?', [-1])
    }

    const ids = async () =>
      (await pool.runQuery<number[]>('SELECT id FROM t ORDER BY id', [], { rowMode: 'array' })).flat()

    test(title('S5 concurrent writes each get their own answer, in order'), async () => {
      await emptyTable()
      const answered: number[] = []
      const outcomes = await Promise.all(
        range(300).map(async (i) => {
          const outcome = await pool.runOperation('INSERT INTO t (v) VALUES (?)', [i])
          answered.push(i)
          return outcome
        }),
      )
      assert.deepEqual(
        outcomes,
        range(300).map((i) => ({ rowCount: 1, lastRowId: i + 1 })),
      )
      assert.deepEqual(answered, range(300))
      assert.deepEqual(
        await pool.runQuery('SELECT id, v FROM t'),
        range(300).map((i) => ({ id: i + 1, v: i })),
      )
    })

    test(title('a write that fails among others tells its own caller and nobody else'), async () => {
      await emptyTable()
      async function duplicate(): Promise<void> {
        await pool.runOperation(INSERT, [7, 'again'])
      }
      const calls = range(50).map((i) => pool.runOperation(INSERT, [i, i]))
      const failing = refused(duplicate, IntegrityError, { code: 'SQLITE_CONSTRAINT_PRIMARYKEY', kind: 'unique' })
      const more = range(50).map((i) => pool.runOperation(INSERT, [50 + i, i]))
      await Promise.all([...calls, ...more])
      const error = await failing
      assert.match(error.stack ?? '', /duplicate/)
      assert.deepEqual(await ids(), range(100))
    })

    test(title('interactions, reads, DDL and VACUUM between writes find them as they were called'), async () => {
      await emptyTable()
      const calls: Promise<unknown>[] = []
      const counts: Promise<number | undefined>[] = []
      for (let round = 0; round < 6; round++) {
        for (let i = 0; i < 20; i++) calls.push(pool.runOperation(INSERT, [round * 100 + i, round]))
        counts.push(
          pool.runInteraction(async (txn) => {
            await txn.execute(INSERT, [round * 100 + 50, 'interaction'])
            return (await txn.query<{ n: number }>('SELECT count(*) AS n FROM t'))[0]?.n
          }),
        )
        calls.push(pool.runOperation('CREATE INDEX IF NOT EXISTS by_v ON t (v)'), pool.runOperation('VACUUM'))
        calls.push(pool.runOperation('PRAGMA user_version = 5'), pool.runOperation('DROP INDEX by_v'))
      }
      await Promise.all(calls)
      assert.deepEqual(
        await Promise.all(counts),
        range(6).map((round) => (round + 1) * 21),
      )
    })

    test(
      title('ADB-074 writes given up at any moment are there if they were answered, and otherwise not'),
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(fc.nat(3), { minLength: 20, maxLength: 80 }), async (fates) => {
            await emptyTable()
            const settled = await Promise.allSettled(
              fates.map(async (turns, id) => {
                if (turns === 0) return await pool.runOperation(INSERT, [id, 'plain'])
                const controller = new AbortController()
                const call = pool.runOperation(INSERT, [id, 'limited'], { signal: controller.signal })
                for (let turn = 1; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
                controller.abort()
                return await call
              }),
            )
            for (const result of settled)
              if (result.status === 'rejected') assert.ok(result.reason instanceof AbortError)
            const answered = fates.flatMap((_, id) => (settled[id]?.status === 'fulfilled' ? [id] : []))
            assert.deepEqual(await ids(), answered)
          }),
          { numRuns: 15 },
        )
        await usable(pool)
      },
    )
  }

  test('F24 while another connection holds the lock all writes fail as busy, and the pool goes on', async (t) => {
    const url = database.url(t)
    const holder = closedAtEnd(t, new ConnectionPool(url))
    const pool = closedAtEnd(t, new ConnectionPool(`${url}?busyTimeout=1`))
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, v)')
    await pool.runOperation(INSERT, [0, 0])
    await holder.runInteraction(async (txn) => {
      await txn.execute(INSERT, [1, 1])
      const errors = await Promise.all(range(20).map((i) => rejectionOf(() => pool.runOperation(INSERT, [10 + i, i]))))
      for (const error of errors) {
        assert.ok(error instanceof OperationalError)
        assert.deepEqual([error.kind, error.retryable], ['busy', true])
      }
    })
    await Promise.all(range(20).map((i) => pool.runOperation(INSERT, [10 + i, i])))
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM t'), [{ n: 22 }])
    await usable(pool)
  })

  test('writes and reads on one connection, in memory, keep their order', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename: ':memory:' }))
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, v)')
    await pool.runOperation(INSERT, [-1, 0])
    const counts = range(100).map(async (i) => {
      void pool.runOperation(INSERT, [i, i])
      return (await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM t'))[0]?.n
    })
    assert.deepEqual(
      await Promise.all(counts),
      range(100).map((i) => i + 2),
    )
  })
})
