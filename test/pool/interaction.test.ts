import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  IntegrityError,
  InterfaceError,
  ProgrammingError,
  TransactionEndedError,
  TransactionRolledBackError,
} from 'offloop'
import { everywhereIsolated, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

everywhereIsolated((database, suite) => {
  const { name: dialect, sql, typed, codes, types, can } = database.dialect
  const pool = openPool(suite, database)
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, name ${types.name} UNIQUE)`)
    return name
  }

  const ids = async (name: string) =>
    (await pool.runQuery<number[]>(`SELECT id FROM ${name} ORDER BY id`, [], { rowMode: 'array' })).flat()

  const insert = (name: string) => sql(`INSERT INTO ${name} (id) VALUES (?)`)

  test('ADB-054 SEE-002 gives the callback its arguments and the caller its result', async () => {
    const result = await pool.runInteraction(
      async (txn, a: number, b: string) => {
        const [row] = await txn.query<{ sum: string }>(
          sql(`SELECT concat(${typed('integer')}, ${typed('text')}) AS sum`),
          [a, b],
        )
        return row?.sum
      },
      1,
      'x',
    )
    assert.equal(result, '1x')
    assert.equal(await pool.runInteraction({ rowMode: 'array' }, (_txn, n: number) => n + 1, 1), 2)
    assert.equal(await pool.runInteraction(() => undefined), undefined)
  })

  test('ADB-055 ADB-065 others see nothing before the commit, and all of it when the promise resolves', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(insert(t), 1)
      assert.deepEqual(await pool.outside(() => ids(t)), [])
      assert.deepEqual(await txn.query(`SELECT id FROM ${t}`), [{ id: 1 }])
    })
    assert.deepEqual(await ids(t), [1])
  })

  test('ADB-056 whatever is thrown rolls back, and is what the caller gets', async () => {
    const t = await table()
    for (const thrown of [new Error('mine'), 'text', undefined, null, 5, Object.freeze({ frozen: true })]) {
      const error = await rejectionOf(() =>
        pool.runInteraction(async (txn) => {
          await txn.execute(insert(t), 1)
          throw thrown
        }),
      )
      assert.equal(error, thrown)
      assert.deepEqual(await ids(t), [])
      await usable(pool)
    }
  })

  test('ADB-063 F86 a callback that is not async may throw too, and a thenable is waited for', async () => {
    const thrown = new Error('at once')
    const sync = () => {
      throw thrown
    }
    assert.equal(await rejectionOf(() => pool.runInteraction(sync)), thrown)
    // biome-ignore lint/suspicious/noThenProperty: the case is a thenable
    const thenable = { then: (resolve: (value: number) => void) => resolve(5) }
    assert.equal(await pool.runInteraction(() => thenable as Promise<number>), 5)
    await usable(pool)
  })

  test('ADB-058 a COMMIT that fails is rolled back, and its error comes out', async () => {
    // Here no constraint waits for the COMMIT.
    if (!can.deferKeys) return
    const parent = await table()
    await pool.runOperation(
      `CREATE TABLE child_${parent} (parent INTEGER REFERENCES ${parent} DEFERRABLE INITIALLY DEFERRED)`,
    )
    const orphan = () => pool.runInteraction((txn) => txn.execute(`INSERT INTO child_${parent} VALUES (5)`))
    await refused(orphan, IntegrityError, { code: codes.foreignKey, kind: 'foreignKey' })
    assert.deepEqual(await pool.runQuery(`SELECT * FROM child_${parent}`), [])
    await usable(pool)
  })

  test('F73 a transaction that a statement took away is not reported as committed', async () => {
    const t = await table()
    // Here a statement that fails does not take its transaction with it.
    if (dialect === 'mysql') return
    const insertion = `INSERT ${dialect === 'sqlite' ? 'OR ROLLBACK' : ''} INTO ${t} (id) VALUES (1)`
    const code = 'TRANSACTION_GONE'
    const swallow = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(insert(t), 1)
        await rejectionOf(() => txn.execute(insertion))
      })
    await refused(swallow, TransactionRolledBackError, { code, kind: 'rolledBack' })
    const carryOn = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(insert(t), 1)
        await rejectionOf(() => txn.execute(insertion))
        await txn.execute(insert(t), 2)
      })
    const gone = dialect === 'sqlite' ? code : '25P02'
    await refused(carryOn, TransactionRolledBackError, { code: gone, kind: 'rolledBack' })
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('a statement whose failure was handled does not end the transaction, save on PostgreSQL', async () => {
    const t = await table()
    if (!can.goOn) return
    await pool.runInteraction(async (txn) => {
      await txn.execute(insert(t), 1)
      await rejectionOf(() => txn.execute(insert(t), 1))
      await txn.execute(insert(t), 2)
    })
    assert.deepEqual(await ids(t), [1, 2])
  })

  test('ADB-064 F81 transactions are not begun or ended by hand', async () => {
    const t = await table()
    const expected = { code: 'TRANSACTION_BY_HAND', kind: 'usage', message: /use runInteraction/ }
    const beginnings = ['BEGIN', ...(dialect === 'sqlite' ? ['BEGIN IMMEDIATE', 'SAVEPOINT s'] : ['START TRANSACTION'])]
    for (const sql of beginnings) {
      await refused(() => pool.runQuery(sql), ProgrammingError, expected)
      await refused(() => pool.runOperation(sql), ProgrammingError, expected)
      await usable(pool)
    }
    for (const sql of ['ROLLBACK', 'COMMIT', ...(dialect === 'mysql' ? [] : ['END'])]) {
      await pool.runOperation(`DELETE FROM ${t}`)
      const byHand = () =>
        pool.runInteraction(async (txn) => {
          await txn.execute(insert(t), 1)
          await txn.query(sql)
        })
      await refused(byHand, ProgrammingError, expected)
      await usable(pool)
    }
  })

  test('ADB-064 a COMMIT by hand keeps nothing', async () => {
    const t = await table()
    const byHand = () =>
      pool.runInteraction(async (txn) => {
        await txn.execute(insert(t), 1)
        await txn.query('COMMIT')
      })
    await rejectionOf(byHand)
    assert.deepEqual(await ids(t), [])
  })

  test('ADB-062 closing the handle early is harmless, and the commit follows', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(insert(t), 1)
      await txn.close()
      await refused(() => txn.execute(insert(t), 2), InterfaceError, { code: 'CURSOR_CLOSED', kind: 'closed' })
    })
    assert.deepEqual(await ids(t), [1])
  })

  test('ADB-067 F74 the handle is dead when the interaction is over, however it ended', async () => {
    const expected = { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' }
    const good = await pool.runInteraction(async (txn) => {
      const cursor = txn.cursor()
      await cursor.execute('SELECT 1')
      return () => [
        txn.execute('SELECT 1'),
        txn.query('SELECT 1'),
        txn.fetchAll(),
        cursor.fetchOne(),
        txn.executeMany(sql('SELECT ?'), [[1]]),
      ]
    })
    let bad = good
    await rejectionOf(() =>
      pool.runInteraction((txn) => {
        bad = () => [txn.execute('SELECT 1')]
        throw new Error('no')
      }),
    )
    for (const calls of [good, bad]) {
      for (const call of calls()) await refused(() => call, TransactionEndedError, expected)
    }
    await usable(pool)
  })

  test('NOD-011 a call through the pool that outlives the interaction is refused', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const late = await pool.runInteraction(() => ({ call: promise.then(() => pool.runQuery('SELECT 1')) }))
    resolve()
    await refused(() => late.call, TransactionEndedError, { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' })
    const outside = await pool.runInteraction(() => ({
      call: pool.outside(() => promise.then(() => pool.runQuery('SELECT 1 AS a'))),
    }))
    assert.deepEqual(await outside.call, [{ a: 1 }])
  })

  test('ADB-075 a definition of a table is rolled back too, save on MySQL', async () => {
    if (!can.undoTables) return
    await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute('CREATE TABLE undone (a INTEGER)')
        throw new Error('no')
      }),
    )
    const select = rejectionOf(() => pool.runQuery('SELECT * FROM undone'))
    assert.equal(((await select) as { kind?: unknown }).kind, 'missing')
  })

  test('ADB-076 a read-only interaction sees one state of the database, and cannot write', async () => {
    const t = await table()
    await pool.runOperation(insert(t), 1)
    await pool.runInteraction({ readOnly: true }, async (txn) => {
      assert.deepEqual(await txn.query(`SELECT id FROM ${t}`), [{ id: 1 }])
      await pool.outside(() => pool.runOperation(insert(t), 2))
      assert.deepEqual(await txn.query(`SELECT id FROM ${t}`), [{ id: 1 }])
    })
    const write = () => pool.runInteraction({ readOnly: true }, (txn) => txn.execute(insert(t), 3))
    const error = await rejectionOf(write)
    assert.equal((error as { kind?: unknown }).kind, 'readOnly')
    assert.deepEqual(await ids(t), [1, 2])
    await usable(pool)
  })

  test('a callback that is none is refused', async () => {
    const expected = { code: 'NO_CALLBACK', kind: 'usage' }
    for (const given of [[], [undefined], [{}], [{}, 'x'], ['SELECT 1']]) {
      const interaction = pool.runInteraction as (...args: unknown[]) => Promise<unknown>
      const connection = pool.runWithConnection as (...args: unknown[]) => Promise<unknown>
      await refused(() => interaction.apply(pool, given), InterfaceError, expected)
      await refused(() => connection.apply(pool, given), InterfaceError, expected)
    }
    await usable(pool)
  })
})
