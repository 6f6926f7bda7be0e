import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntegrityError, OperationalError, ProgrammingError, type SqlError, TransactionRolledBackError } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

const gone = { code: 'TRANSACTION_GONE', kind: 'rolledBack' }

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database)
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, text)`)
    return name
  }

  const ids = async (t: string) => (await pool.runQuery(`SELECT id FROM ${t}`)).map(({ id }) => id)

  test('P4 F28 of 1,000 interactions that swallow an inner error none resolves when its work is gone', async () => {
    const t = await table()
    await pool.runOperation(`INSERT INTO ${t} (id) VALUES (0)`)
    const interactions = Array.from({ length: 1000 }, (_, i) =>
      pool.runInteraction(async (txn) => {
        await txn.execute(`INSERT INTO ${t} (id) VALUES (?)`, i + 1)
        const how = i % 3
        if (how === 0) await rejectionOf(() => txn.execute(`INSERT OR ROLLBACK INTO ${t} (id) VALUES (0)`))
        else if (how === 1) {
          await rejectionOf(() =>
            pool.runInteraction((inner) => inner.execute(`INSERT OR ROLLBACK INTO ${t} (id) VALUES (0)`)),
          )
        } else {
          await rejectionOf(() => pool.runOperation(`INSERT OR ROLLBACK INTO ${t} (id) VALUES (0)`))
          await rejectionOf(() => pool.runInteraction((inner) => inner.execute(`INSERT INTO ${t} (id) VALUES (-1)`)))
          await rejectionOf(() => txn.execute(`INSERT INTO ${t} (id) VALUES (-2)`))
        }
      }),
    )
    for (const result of await Promise.allSettled(interactions)) {
      assert.ok(result.status === 'rejected')
      assert.ok(result.reason instanceof TransactionRolledBackError)
      assert.equal((result.reason.cause as SqlError).kind, 'unique')
    }
    assert.deepEqual(await ids(t), [0])
    await usable(pool)
  })

  test('F28 F73 every later statement is refused, and told why', async () => {
    const t = await table()
    const outer = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
        const cause = await rejectionOf(() => txn.execute(`INSERT OR ROLLBACK INTO ${t} (id) VALUES (1)`))
        assert.ok(cause instanceof IntegrityError)
        for (const later of [
          () => txn.execute(`INSERT INTO ${t} (id) VALUES (2)`),
          () => txn.query('SELECT 1'),
          () => pool.runOperation(`INSERT INTO ${t} (id) VALUES (3)`),
          () => pool.insertMany(t, [{ id: 4 }]),
          () => pool.runInteraction((inner) => inner.execute(`INSERT INTO ${t} (id) VALUES (5)`)),
        ]) {
          const error = await refused(later, TransactionRolledBackError, gone)
          assert.equal(error.cause, cause)
        }
      })
    await refused(outer, TransactionRolledBackError, gone)
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('F28 RAISE(ROLLBACK) in a trigger takes the transaction too', async () => {
    const t = await table()
    await pool.runOperation(
      `CREATE TRIGGER no_${t} BEFORE INSERT ON ${t} WHEN NEW.id = 13 BEGIN SELECT RAISE(ROLLBACK, 'not thirteen'); END`,
    )
    const swallow = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
        const error = (await rejectionOf(() => txn.execute(`INSERT INTO ${t} (id) VALUES (13)`))) as SqlError
        assert.equal(error.code, 'SQLITE_CONSTRAINT_TRIGGER')
      })
    const error = await refused(swallow, TransactionRolledBackError, gone)
    assert.match(String((error.cause as Error).message), /not thirteen/)
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('F29 a full disk takes the transaction; the connection works once there is room', async (t) => {
    const small = openPool(t, database, { max: 1 })
    await small.runOperation('CREATE TABLE t (text)')
    const [size] = await small.runQuery<{ page_count: number }>('PRAGMA page_count')
    await small.runQuery(`PRAGMA max_page_count = ${(size?.page_count ?? 0) + 2}`)
    const full = { code: 'SQLITE_FULL', kind: 'full' }
    const text = 'x'.repeat(100_000)
    const fill = () => small.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (?)', text))
    await refused(fill, OperationalError, full)
    const swallow = () =>
      small.runInteraction(async (txn) => {
        await txn.execute("INSERT INTO t VALUES ('small')")
        const error = await refused(() => txn.execute('INSERT INTO t VALUES (?)', text), OperationalError, full)
        // SQLite decides whether the whole transaction went with it; either way nothing passes for committed.
        throw error
      })
    await refused(swallow, OperationalError, full)
    assert.deepEqual(await small.runQuery('SELECT * FROM t'), [])
    await small.runQuery('PRAGMA max_page_count = 100000')
    await fill()
    assert.equal((await small.runQuery('SELECT * FROM t')).length, 1)
    await usable(small)
  })

  for (const sql of [
    '/* tidy */ cOmMiT -- now',
    '-- first\nROLLBACK',
    'END TRANSACTION',
    'COMMIT TRANSACTION;',
    ' ; ROLLBACK',
    'ROLLBACK TRANSACTION',
    'BEGIN EXCLUSIVE',
  ]) {
    test(`ADB-064 F81 ${JSON.stringify(sql)} is refused, and the transaction goes on`, async () => {
      const t = await table()
      const byHand = { code: 'TRANSACTION_BY_HAND', kind: 'usage' }
      await pool.runInteraction(async (txn) => {
        await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
        await refused(() => txn.query(sql), ProgrammingError, byHand)
        await refused(() => pool.runOperation(sql), ProgrammingError, byHand)
        await txn.execute(`INSERT INTO ${t} (id) VALUES (2)`)
      })
      assert.deepEqual(await ids(t), [1, 2])
      await usable(pool)
    })
  }

  test('ADB-064 a savepoint of one’s own does not end the transaction, nor does releasing one that is not there', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
      await txn.execute('SAVEPOINT mine')
      await txn.execute(`INSERT INTO ${t} (id) VALUES (2)`)
      await txn.execute('ROLLBACK TO mine')
      await txn.execute('RELEASE mine')
      await rejectionOf(() => txn.execute('RELEASE mine'))
    })
    assert.deepEqual(await ids(t), [1])
    await usable(pool)
  })

  test('an inner interaction whose savepoint somebody released takes the outer one with it when it fails', async () => {
    const t = await table()
    const mine = new Error('mine')
    const outer = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
        const inner = () =>
          pool.runInteraction(async (inside) => {
            await inside.execute(`INSERT INTO ${t} (id) VALUES (2)`)
            await inside.execute('RELEASE offloop_1')
            throw mine
          })
        assert.equal(await rejectionOf(inner), mine)
      })
    await refused(outer, TransactionRolledBackError, { code: 'SAVEPOINT_LOST', kind: 'rolledBack' })
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('F81 a PRAGMA that SQLite refuses inside a transaction fails, and the transaction goes on', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(`INSERT INTO ${t} (id) VALUES (1)`)
      assert.deepEqual(await txn.query('PRAGMA journal_mode = DELETE'), [{ journal_mode: 'wal' }])
      for (const sql of ['PRAGMA synchronous = OFF', 'VACUUM']) {
        await refused(() => txn.query(sql), ProgrammingError, { code: 'SQLITE_ERROR', kind: 'other' })
      }
    })
    assert.deepEqual(await ids(t), [1])
    assert.deepEqual(await pool.runQuery('PRAGMA journal_mode'), [{ journal_mode: 'wal' }])
    await usable(pool)
  })
})
