import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ConnectionPool, type PoolOptions } from 'offloop'
import { closedAtEnd, folder, type Owner, onTunedDatabases } from '../databases.ts'
import { refused, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'

type LogEntry = Parameters<NonNullable<PoolOptions['log']>>[0]

const MEBIBYTE = 2 ** 20
/** So often the housekeeper looks. */
const ROUND = 5000

onTunedDatabases(({ driver }) => {
  function walPool(owner: Owner, walWarning?: number) {
    const clock = new FakeClock()
    const entries: LogEntry[] = []
    const log = (entry: LogEntry) => void entries.push(entry)
    const file = join(folder(owner), 'test.db')
    const never = Number.POSITIVE_INFINITY
    const options = { clock, log, leakWarning: never, statementTimeout: never, interactionTimeout: never }
    const url = `${driver}:${file}?durability=crash`
    const pool = closedAtEnd(owner, new ConnectionPool(url, { ...options, ...(walWarning && { walWarning }) }))
    return { pool, clock, entries, walSize: () => statSync(`${file}-wal`).size }
  }

  async function write(pool: ConnectionPool, mebibytes: number): Promise<void> {
    for (let i = 0; i < mebibytes * 4; i++) {
      await pool.runOperation('INSERT INTO t VALUES (zeroblob(?))', [MEBIBYTE / 4])
    }
  }

  describe('a write-ahead log that grows', () => {
    test('F40 under a reader it is warned of with who reads, and again only when it has doubled', async (t) => {
      const { pool, clock, entries, walSize } = walPool(t, MEBIBYTE)
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.runInteraction({ readOnly: true }, async (txn) => {
        await txn.query('SELECT count(*) FROM t')
        await pool.outside(() => write(pool, 2))
        const grown = once(pool.events, 'walGrown')
        clock.advance(ROUND)
        const [{ bytes, holders }] = await grown
        assert.equal(bytes, walSize())
        assert.equal(pool.stats().walSize, bytes)
        assert.ok(bytes > 2 * MEBIBYTE)
        const [{ kind, sql, borrowedAt }] = holders
        assert.deepEqual([holders.length, kind, sql], [1, 'transaction', 'SELECT count(*) FROM t'])
        assert.match(borrowedAt, /wal\.test/)

        const looked = () => new Promise((resolve) => statLater(resolve))
        await pool.outside(() => write(pool, 1))
        clock.advance(ROUND)
        await looked()
        assert.equal(entries.length, 1)
        await pool.outside(() => write(pool, 2))
        const doubled = once(pool.events, 'walGrown')
        clock.advance(ROUND)
        assert.ok((await doubled)[0].bytes >= 2 * bytes)
      })
      assert.deepEqual(
        entries.map(({ level, event }) => [level, event]),
        [
          ['warning', 'walGrown'],
          ['warning', 'walGrown'],
        ],
      )
      assert.match(
        entries[0]?.message ?? '',
        /^the write-ahead log of .* has grown to 2 MiB: .* a transaction for .*wal\.test/,
      )
      await usable(pool)
    })

    test('F40 once the reader has ended it is used again from its start, and grows no further', async (t) => {
      const { pool, walSize } = walPool(t)
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.runInteraction({ readOnly: true }, async (txn) => {
        await txn.query('SELECT count(*) FROM t')
        await pool.outside(() => write(pool, 12))
      })
      const before = walSize()
      assert.ok(before > 12 * MEBIBYTE)
      await write(pool, 24)
      // What is written first still finds the reader's log, and empties it.
      assert.ok(walSize() <= before + MEBIBYTE)
    })

    test('F40 emptied, its file keeps 64 MiB unless the pragmas say otherwise', async (t) => {
      const { pool } = walPool(t)
      await pool.runWithConnection(async (writer) => {
        assert.deepEqual(await writer.query('PRAGMA journal_size_limit'), [{ journal_size_limit: 64 * MEBIBYTE }])
      })
      const filename = join(folder(t), 'own.db')
      const own = closedAtEnd(t, new ConnectionPool(driver, { filename, pragmas: { journal_size_limit: MEBIBYTE } }))
      await own.runWithConnection(async (writer) => {
        assert.deepEqual(await writer.query('PRAGMA journal_size_limit'), [{ journal_size_limit: MEBIBYTE }])
      })
    })

    test('a database in memory has none', async (t) => {
      const pool = closedAtEnd(t, new ConnectionPool(`${driver}::memory:`))
      await usable(pool)
      assert.equal(pool.stats().walSize, null)
    })
  })
})

/** Calls back when a look at a file's status that was asked for before has been answered. */
function statLater(done: (value?: unknown) => void): void {
  process.getBuiltinModule('node:fs').stat('.', () => setImmediate(done))
}

test('a wrong walWarning is refused', async () => {
  for (const [walWarning, Class] of [
    ['5', TypeError],
    [0, RangeError],
    [Number.NaN, RangeError],
  ] as const) {
    const make = () => new ConnectionPool('sqlite::memory:', { walWarning } as PoolOptions)
    await refused(make, Class, { code: 'INVALID_OPTION', message: /walWarning must be/ })
  }
})
