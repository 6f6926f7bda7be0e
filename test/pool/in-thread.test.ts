import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseError, IntegrityError, InterfaceError, type ProgrammingError, UnsupportedValueError } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import * as accounts from './fixtures/in-thread/accounts.ts'
import * as handle from './fixtures/in-thread/handle.ts'
import * as settled from './fixtures/in-thread/settled.ts'

onEveryDatabase((database, suite) => {
  // One pool for all tests: in each thread the modules are loaded anew, which takes longer from source than all else here.
  const pool = openPool(suite, database)

  /** Makes three accounts of 1000 cents. */
  async function bank(): Promise<void> {
    await pool.runOperation('DROP TABLE IF EXISTS accounts')
    await pool.runInteraction(accounts.create, 3)
  }

  const cents = async () =>
    (await pool.runQuery<number[]>('SELECT cents FROM accounts ORDER BY id', [], { rowMode: 'array' })).flat()

  const notes = async () => (await pool.runQuery<{ n: number }>('SELECT count(note) AS n FROM accounts'))[0]?.n

  test('ADB-054 SOT-001 a marked function runs as one transaction: arguments in, result out, committed', async () => {
    await bank()
    assert.equal(await pool.runInteraction(accounts.transfer, 1, 2, 300), 700)
    assert.deepEqual(await cents(), [700, 1300, 1000])
    assert.equal(await pool.runInteraction({ timeout: 60_000 }, accounts.transfer, 1, 3, 700), 0)
    assert.deepEqual(await cents(), [0, 1300, 1700])
    await usable(pool)
  })

  test('ADB-056 SOT-005 what a function throws rolls all of it back, and comes out with all that it says', async () => {
    await bank()
    async function caller(): Promise<void> {
      await pool.runInteraction(accounts.transfer, 1, 2, 1001)
    }
    const error = (await rejectionOf(caller)) as Error & { code: string; missing: unknown }
    assert.ok(error instanceof Error)
    assert.deepEqual([error.name, error.code, error.message], ['InsufficientFunds', 'NO_FUNDS', '1 cents are missing'])
    assert.deepEqual(error.missing, { cents: 1, accounts: [1] })
    assert.match(error.stack ?? '', /accounts\.ts:[\s\S]*in the database thread; called by --[\s\S]*at async caller/)

    const violated = await refused(() => pool.runInteraction(accounts.careless, 1, 5000), IntegrityError, {
      code: 'SQLITE_CONSTRAINT_CHECK',
      kind: 'check',
    })
    assert.match(violated.sql ?? '', /^UPDATE accounts SET cents/)
    assert.deepEqual([await cents(), await notes()], [[1000, 1000, 1000], 0])
    await usable(pool)
  })

  test('an error that the function catches is of the tree, and what it did besides stays', async () => {
    await bank()
    assert.deepEqual(await pool.runInteraction(accounts.caught, 2), {
      kind: 'unique',
      table: 'accounts',
      columns: ['id'],
      sql: 'INSERT INTO accounts (id, cents) VALUES (?, 1)',
    })
    assert.equal(await notes(), 3)
  })

  test('a read-only interaction reads, and refuses to write', async () => {
    await bank()
    assert.equal(await pool.runInteraction({ readOnly: true }, accounts.balance, 1), 1000)
    const error = await rejectionOf(() => pool.runInteraction({ readOnly: true }, accounts.careless, 1, 1))
    assert.ok(error instanceof DatabaseError)
    assert.equal(error.kind, 'readOnly')
    assert.equal(await notes(), 0)
  })

  const unsendable: Partial<Record<accounts.Odd, RegExp>> = {
    aFunction: /^the result of ends is a function, which cannot cross/,
    handle: /^the result of ends is an object of CheckedTransaction, which cannot cross/,
    deep: /^the result of ends, at (\.in)+\.\.\., lies more than 1000 objects deep$/,
    throwSymbol: /^what ends threw is a symbol, which cannot cross/,
  }
  for (const [how, message] of Object.entries(unsendable)) {
    test(`F19 F17 ${how}: what cannot come back rolls back, and the connection is kept`, async () => {
      await bank()
      await refused(() => pool.runInteraction(accounts.ends, how as accounts.Odd), UnsupportedValueError, {
        code: 'UNSUPPORTED_VALUE',
        kind: 'value',
        message,
      })
      assert.equal(await notes(), 0)
      assert.equal(pool.stats().lost, 0)
      await usable(pool)
    })
  }

  test('a promise that waits for nothing but the thread is waited for: what it gives is the result', async () => {
    await pool.runOperation('CREATE TABLE settled (n INTEGER)')
    assert.equal(await pool.runInteraction(settled.insertEach, [1, 2, 3]), 3)
    assert.equal(await pool.runInThread(settled.plainly, 21), 42)
    await pool.runInteraction(async () => {
      assert.equal(await pool.runInteraction(settled.insertEach, [4]), 4)
    })
    const together = [1, 2, 3, 4, 5].map(() => pool.runInteraction(settled.insertEach, [7, 7]))
    assert.deepEqual(await Promise.all(together), [6, 8, 10, 12, 14])
    await usable(pool)
  })

  test('ADB-056 a promise that fails rolls back, and its error comes out', async () => {
    await pool.runOperation('DELETE FROM settled')
    const error = (await rejectionOf(() => pool.runInteraction(settled.failsLater))) as Error & { code: string }
    assert.deepEqual([error.message, error.code], ['later', 'LATER'])
    await bank()
    await assert.rejects(pool.runInteraction(accounts.ends, 'promise'), /nobody hears this/)
    assert.equal(await notes(), 0)
    assert.deepEqual(await pool.runQuery('SELECT n FROM settled'), [])
    await usable(pool)
  })

  for (const how of ['timer', 'never'] as const) {
    test(`${how}: a promise that waits for an event is refused and rolled back; nothing hangs`, async () => {
      const expected = { code: 'IN_THREAD_PENDING', kind: 'usage', message: /^the function waits gave a promise that/ }
      await refused(() => pool.runInteraction(settled.waits, how), InterfaceError, expected)
      assert.deepEqual(await pool.runQuery('SELECT n FROM settled'), [])
      assert.equal(await pool.runInThread(settled.plainly, 4), 8)
      await usable(pool)
    })
  }

  test('ADB-056 whatever else is thrown is what the caller gets', async () => {
    await bank()
    assert.equal(await rejectionOf(() => pool.runInteraction(accounts.ends, 'throwText')), 'text')
    assert.equal(await rejectionOf(() => pool.runInteraction(accounts.ends, 'throwNothing')), undefined)
    assert.deepEqual(await rejectionOf(() => pool.runInteraction(accounts.ends, 'throwData')), { status: 404 })
    assert.equal(await notes(), 0)
    assert.equal(await pool.runInteraction(accounts.ends, 'nothing'), undefined)
    assert.equal(await notes(), 3)
  })

  test('F16 F109 arguments that cannot cross are refused by their place, and nothing is sent', async () => {
    const fresh = openPool(suite, database)
    const call = fresh.runInteraction as (...args: unknown[]) => Promise<unknown>
    await refused(() => call.call(fresh, accounts.transfer, 1, { to: [() => 1] }, 3), UnsupportedValueError, {
      code: 'UNSUPPORTED_VALUE',
      kind: 'value',
      message: /^argument 2 of transfer, at \.to\[0\], is a function, which cannot cross to another thread$/,
    })
    assert.equal(fresh.stats().opened, 0)
  })

  test('arguments are read when the call is made', async () => {
    await bank()
    const calls: [string, unknown][] = [['SELECT 1 AS one', [1]]]
    const call = pool.runInteraction(handle.refusals, calls)
    calls.length = 0
    assert.equal((await call).length, 1)
  })

  test('inside an interaction it joins as a savepoint', async () => {
    await bank()
    await pool.runInteraction(async (txn) => {
      await txn.execute('UPDATE accounts SET cents = 50 WHERE id = 1')
      assert.equal(await pool.runInteraction(accounts.transfer, 1, 2, 50), 0)
      const error = await rejectionOf(() => pool.runInteraction(accounts.careless, 1, 1))
      assert.ok(error instanceof IntegrityError)
      assert.equal(await pool.runInteraction({ timeout: 60_000 }, accounts.balance, 2), 1050)
    })
    assert.deepEqual([await cents(), await notes()], [[0, 1050, 1000], 0])
    await rejectionOf(() =>
      pool.runInteraction(async () => {
        await pool.runInteraction(accounts.transfer, 2, 3, 50)
        throw new Error('all of it')
      }),
    )
    assert.deepEqual(await cents(), [0, 1050, 1000])
    await usable(pool)
  })

  test('inside an interaction calls that nobody awaits are awaited, one after the other', async () => {
    await bank()
    await pool.runInteraction(async () => {
      void pool.runInteraction(accounts.transfer, 1, 2, 100)
      void pool.runInteraction(accounts.transfer, 2, 3, 1100)
    })
    assert.deepEqual(await cents(), [900, 0, 2100])
    const forgotten = () =>
      pool.runInteraction(async () => {
        void pool.runInteraction(accounts.transfer, 3, 1, 5000)
      })
    assert.equal(((await rejectionOf(forgotten)) as Error).name, 'InsufficientFunds')
  })

  test('on a lent connection it joins what is uncommitted', async () => {
    await bank()
    await pool.runWithConnection(async (connection) => {
      await pool.runInteraction(accounts.transfer, 1, 2, 100)
      await connection.rollback()
      await pool.runInteraction(accounts.transfer, 1, 2, 1)
    })
    assert.deepEqual(await cents(), [999, 1001, 1000])
  })

  test('SOT-004 many at once wait for each other, and none is busy', async () => {
    await bank()
    await Promise.all(Array.from({ length: 50 }, (_, i) => pool.runInteraction(accounts.transfer, (i % 3) + 1, 2, 1)))
    assert.equal(
      (await cents()).reduce((sum, n) => sum + n),
      3000,
    )
  })

  test('the handle refuses values and texts as the asynchronous one does', async () => {
    await bank()
    const calls: [string, unknown?][] = [
      ['SELECT ?', [undefined]],
      ['SELECT ?', [Number.NaN]],
      ['SELECT ?', [new Date(0)]],
      ['SELECT ?', [{ a: 1 }]],
      ['SELECT ?', [['a']]],
      ['SELECT ?', [true]],
      ['SELECT ?', [2n ** 64n]],
      ['SELECT ?', ['\ud800']],
      ['SELECT ?, ?', [1]],
      ['SELECT ?', []],
      ['SELECT ?', { a: 1 }],
      ['SELECT :a', { b: 1 }],
      ['SELECT :a', [1]],
      ['', []],
      ['SELECT 1; SELECT 2', []],
      ['BEGIN', []],
      ['COMMIT', []],
      ['ROLLBACK', []],
      ['SELEC 1', []],
      ['SELECT * FROM nowhere', []],
      ['SELECT 1 AS a, 2 AS a', []],
      [5 as never, []],
    ]
    const inThread = await pool.runInteraction(handle.refusals, calls)
    for (const [i, [sql, values]] of calls.entries()) {
      const error = (await rejectionOf(() =>
        pool.runInteraction((txn) => txn.execute(sql, values as never)),
      )) as ProgrammingError
      assert.deepEqual(
        inThread[i],
        { name: error.name, code: error.code, message: error.message },
        `${sql} ${String(values)}`,
      )
    }
    await usable(pool)
  })

  test('executeMany names the set that is at fault', async () => {
    await bank()
    const insert = 'INSERT INTO accounts (id, cents) VALUES (?, ?)'
    const sets = (bad: unknown) => Array.from({ length: 1500 }, (_, i) => (i === 1400 ? bad : [i + 10, 1])) as never
    const taken = await pool.runInteraction(handle.refusedSets, insert, sets([1, 1]))
    assert.deepEqual([taken?.name, taken?.code, taken?.index], ['IntegrityError', 'SQLITE_CONSTRAINT_PRIMARYKEY', 1400])
    await bank()
    const bad = await pool.runInteraction(handle.refusedSets, insert, sets([1, true]))
    assert.deepEqual([bad?.name, bad?.index], ['UnsupportedValueError', 1400])
    const none = await pool.runInteraction(handle.refusedSets, insert, 5 as never)
    assert.deepEqual([none?.name, none?.code], ['ProgrammingError', 'INVALID_SETS'])
  })

  test('results tell what the asynchronous ones tell', async () => {
    await bank()
    assert.deepEqual(await pool.runInteraction(handle.run, 'INSERT INTO accounts (cents) VALUES (7)'), {
      rowCount: 1,
      lastRowId: 4,
      columns: null,
    })
    const { rowCount, columns } = await pool.runInteraction(handle.run, 'SELECT 1 AS a, 2 AS b')
    assert.deepEqual([rowCount, columns], [-1, ['a', 'b']])
    const everything = `SELECT 1 AS int, ${2n ** 60n} AS big, 1.5 AS real, 'ü' AS text, x'0102' AS blob, NULL AS null_`
    const expected = await pool.runQuery(everything)
    assert.deepEqual(await pool.runInteraction(handle.rows, everything), expected)
    assert.equal(expected[0]?.blob?.constructor, Uint8Array)
    const [row] = await pool.runInteraction(handle.rows, everything)
    assert.equal(row?.blob?.constructor, Uint8Array)
  })

  test('rows are fetched in every way of the DB-API', async () => {
    await bank()
    const all = [1, 2, 3, 4, 5].map((n) => ({ n }))
    const sql = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t'
    const { one, two, rest, end, three, left, tuples, first } = await pool.runInteraction(handle.fetches, sql)
    assert.deepEqual([one, ...two, ...rest], all)
    assert.deepEqual([two.length, end], [2, [null, [], []]])
    assert.deepEqual([three, left], [all.slice(0, 3), all.slice(3)])
    assert.deepEqual(
      tuples,
      all.map(({ n }) => [n]),
    )
    assert.deepEqual(first, all.slice(0, 1))
    const byPosition = await pool.runInteraction({ rowMode: 'array' }, handle.rows, sql)
    assert.deepEqual(byPosition, tuples)
    const { both, closed, wrongMode } = await pool.runInteraction(handle.cursors, 'SELECT 1 AS n UNION ALL SELECT 2')
    assert.deepEqual(both, [[1], { n: 1 }, [2], { n: 2 }])
    assert.deepEqual([closed?.code, wrongMode?.code], ['CURSOR_CLOSED', 'INVALID_OPTION'])
    const wrong = await pool.runInteraction(handle.wrongFetches, 'UPDATE accounts SET note = NULL')
    assert.deepEqual(
      wrong.map((error) => error?.code),
      ['NO_RESULT', 'NO_RESULT', 'INVALID_OPTION', 'INVALID_OPTION'],
    )
  })

  test('savepoints undo what is theirs', async () => {
    await pool.runOperation('CREATE TABLE t (n INTEGER)')
    const { given, later, none } = await pool.runInteraction(handle.savepoints, 'INSERT INTO t VALUES (?)')
    assert.deepEqual([given?.code, later?.code, none?.code], ['INNER', 'IN_THREAD_PROMISE', 'NO_CALLBACK'])
    assert.deepEqual(await pool.runQuery('SELECT n FROM t'), [{ n: 1 }, { n: 2 }, { n: 4 }])
  })

  test('F74 a handle that outlives its call refuses everything', async () => {
    await pool.runInteraction(handle.keep)
    assert.deepEqual(await pool.runInteraction(handle.useKept), Array(7).fill('TRANSACTION_ENDED'))
    await usable(pool)
  })

  test('a statement that takes the transaction with it leaves nothing behind', async () => {
    await bank()
    const sql = "INSERT OR ROLLBACK INTO accounts (id, cents, note) VALUES (1, 1, 'x')"
    const calls: [string, unknown?][] = [["UPDATE accounts SET note = 'x'"], [sql], ["UPDATE accounts SET note = 'y'"]]
    const error = await rejectionOf(() => pool.runInteraction(handle.refusals, calls))
    assert.deepEqual(
      [(error as DatabaseError).name, (error as DatabaseError).code],
      ['TransactionRolledBackError', 'TRANSACTION_GONE'],
    )
    assert.equal(await notes(), 0)
    await usable(pool)
  })

  test('F47 a COMMIT that the database refuses rolls back, and says why', async () => {
    await pool.runOperation('CREATE TABLE p (id INTEGER PRIMARY KEY)')
    await pool.runOperation('CREATE TABLE c (p INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)')
    const expected = { code: 'SQLITE_CONSTRAINT_FOREIGNKEY', kind: 'foreignKey' }
    await refused(() => pool.runInteraction(handle.run, 'INSERT INTO c VALUES (1)'), IntegrityError, expected)
    assert.deepEqual(await pool.runQuery('SELECT * FROM c'), [])
    await usable(pool)
  })

  test('two MiB of arguments and results cross', async () => {
    const text = 'ü'.repeat(1_000_000)
    const [row] = await pool.runInteraction(handle.rows, `SELECT '${text}' AS text`)
    assert.equal(row?.text, text)
  })
})
