import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool, IntegrityError, TransactionEndedError } from 'offloop'
import { closedAtEnd, everywhereIsolated, openPool } from '../databases.ts'
import { collect, refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

everywhereIsolated((database, suite) => {
  const { sql, codes } = database.dialect
  const pool = openPool(suite, database, { max: 1 })
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`)
    return name
  }

  const ids = async (name: string) =>
    (await pool.runQuery<number[]>(`SELECT id FROM ${name} ORDER BY id`, [], { rowMode: 'array' })).flat()

  const insert = (name: string) => sql(`INSERT INTO ${name} VALUES (?)`)

  test('ADB-066 calls through the pool join the interaction around them, with one connection', async () => {
    const t = await table()
    const failed = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute(insert(t), 1)
        await pool.runOperation(insert(t), 2)
        await pool.insertMany(t, [[3]])
        await pool.executeMany(insert(t), [[4]])
        assert.deepEqual(await ids(t), [1, 2, 3, 4])
        assert.deepEqual(await collect(pool.stream(`SELECT max(id) AS m FROM ${t}`)), [{ m: 4 }])
        throw new Error('undo all')
      }),
    )
    assert.match(String(await failed), /undo all/)
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('ADB-066 F78 an interaction inside another is a savepoint of it', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(insert(t), 1)
      await pool.runInteraction((inner) => inner.execute(insert(t), 2))
      const undone = new Error('undo the inner one')
      const inner = () =>
        pool.runInteraction(async (inside) => {
          await inside.execute(insert(t), 3)
          await pool.runInteraction((deepest) => deepest.execute(insert(t), 4))
          throw undone
        })
      assert.equal(await rejectionOf(inner), undone)
      await txn.execute(insert(t), 5)
    })
    assert.deepEqual(await ids(t), [1, 2, 5])
  })

  test('ADB-066 a rollback of the outer interaction takes the inner ones with it', async () => {
    const t = await table()
    await rejectionOf(() =>
      pool.runInteraction(async () => {
        await pool.runInteraction((inner) => inner.execute(insert(t), 1))
        throw new Error('no')
      }),
    )
    assert.deepEqual(await ids(t), [])
  })

  test('inner interactions that run together take turns', async () => {
    const t = await table()
    await pool.runInteraction(async () => {
      const inner = (id: number) =>
        pool.runInteraction(async (txn) => {
          await txn.execute(insert(t), id)
          if (id % 2 === 0) throw new Error('even')
          await txn.execute(insert(t), id + 100)
        })
      await Promise.allSettled([1, 2, 3, 4, 5].map(inner))
    })
    assert.deepEqual(await ids(t), [1, 3, 5, 101, 103, 105])
  })

  test('ADB-067 the handle of an inner interaction is dead when that is over', async () => {
    await pool.runInteraction(async () => {
      const inner = await pool.runInteraction(async (txn) => ({ txn }))
      const expected = { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' }
      await refused(() => inner.txn.execute('SELECT 1'), TransactionEndedError, expected)
    })
  })

  test('P22 F79 a thousand nested calls on a pool of one do not wait for themselves', async () => {
    const sums = await pool.runInteraction(() =>
      Promise.all(Array.from({ length: 1000 }, (_, i) => pool.runQuery(sql('SELECT ? + 1 AS n'), [i]))),
    )
    assert.deepEqual(
      sums.flat(),
      Array.from({ length: 1000 }, (_, i) => ({ n: i + 1 })),
    )
  })

  test('ADB-072 an inner interaction that nobody awaits is part of the outer one', async () => {
    const t = await table()
    await pool.runInteraction((txn) => {
      void pool.runInteraction(async (inner) => {
        await inner.execute(insert(t), 1)
        await inner.execute(insert(t), 2)
      })
      return txn.execute(insert(t), 3)
    })
    assert.deepEqual(await ids(t), [1, 2, 3])
    const failing = () =>
      pool.runInteraction((txn) => {
        void pool.runInteraction(async (inner) => {
          await inner.execute(insert(t), 4)
          await inner.execute(insert(t), 4)
        })
        return txn.execute(insert(t), 5)
      })
    await refused(failing, IntegrityError, { code: codes.key, kind: 'unique' })
    assert.deepEqual(await ids(t), [1, 2, 3])
    await usable(pool)
  })

  test('an inner interaction that outlives the outer one writes nothing more, in nobody’s transaction', async () => {
    const t = await table()
    const { promise: outerIsOver, resolve } = Promise.withResolvers<void>()
    let innerError: Promise<unknown> = Promise.resolve()
    const outer = pool.runInteraction(async () => {
      const { promise: innerRuns, resolve: run } = Promise.withResolvers<void>()
      const inner = pool.runInteraction(async (txn) => {
        run()
        await outerIsOver
        await txn.execute(insert(t), 1)
      })
      innerError = rejectionOf(() => inner)
      await innerRuns
      throw new Error('the outer one fails first')
    })
    await rejectionOf(() => outer)
    await pool.runInteraction(async (stranger) => {
      await stranger.execute(insert(t), 2)
      resolve()
      assert.ok((await innerError) instanceof TransactionEndedError)
    })
    assert.deepEqual(await ids(t), [2])
    await usable(pool)
  })

  test('pool.outside leaves the interaction', async (t) => {
    const wide = openPool(t, database)
    await wide.runOperation('CREATE TABLE t (a INTEGER)')
    await wide.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO t VALUES (1)')
      assert.deepEqual(await wide.outside(() => wide.runQuery('SELECT * FROM t')), [])
      assert.equal(
        wide.outside(() => 5),
        5,
      )
      assert.deepEqual(await wide.runQuery('SELECT * FROM t'), [{ a: 1 }])
    })
  })

  test('interactions of two pools do not join each other', async (t) => {
    const other = openPool(t, database)
    await other.runOperation('CREATE TABLE apart (a INTEGER)')
    await rejectionOf(() =>
      pool.runInteraction(async () => {
        await other.runOperation('INSERT INTO apart VALUES (1)')
        throw new Error('no')
      }),
    )
    assert.deepEqual(await other.runQuery('SELECT * FROM apart'), [{ a: 1 }])
  })
})

describe('what reaches the connection', () => {
  test('ADB-071 F76 after a failure the calls behind it are not sent, and the rollback comes last', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }))
    await rejectionOf(() =>
      pool.runInteraction((txn) =>
        Promise.all(
          ['ECHO ?', 'NONSENSE', ...Array(5).fill('ECHO ?')].map((sql, i) =>
            txn.execute(sql, sql === 'NONSENSE' ? [] : [i]),
          ),
        ),
      ),
    )
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.deepEqual(log, ['begin write', 'ECHO ?', 'NONSENSE', 'rollback', 'LOG'])
  })

  test('ADB-071 F76 where the failure is dealt with, the calls behind it go on', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }))
    const settled = await pool.runInteraction((txn) =>
      Promise.allSettled(
        ['NONSENSE', 'ECHO ?', 'ECHO ?'].map((sql, i) => txn.query(sql, sql === 'NONSENSE' ? [] : [i])),
      ),
    )
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    )
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.deepEqual(log, ['begin write', 'NONSENSE', 'ECHO ?', 'ECHO ?', 'commit', 'LOG'])
  })

  test('ADB-071 calls made together on one handle run in the order in which they were made', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }))
    const answers = await pool.runInteraction(async (txn) => {
      const calls = [1, 2, 3].map(async (n) => {
        const executed = txn.execute('ECHO ?', n)
        return [await executed, await txn.fetchOne()]
      })
      await Promise.all(calls)
      return txn.query<{ log: string }>('LOG')
    })
    assert.deepEqual(
      answers.map(({ log }) => log),
      ['begin write', 'ECHO ?', 'ECHO ?', 'ECHO ?', 'LOG'],
    )
  })

  test('ADB-072 F75 the commit waits for a statement that nobody awaited', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }))
    const gate = new Gate()
    const interaction = pool.runInteraction((txn) => {
      void txn.execute(`WAIT ${gate.number}`)
      return 'returned'
    })
    await gate.reached()
    gate.open()
    assert.equal(await interaction, 'returned')
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.deepEqual(log, ['begin write', `WAIT ${gate.number}`, 'commit', 'LOG'])
  })
})
