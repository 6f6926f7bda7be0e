import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, IntegrityError, ProgrammingError, SqlError, type Transaction } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { type Expected, refused, rejectionOf, usable } from './expect.ts'

const MISSING = 'SELECT * FROM missing'
const NOWHERE = 'INSERT INTO missing VALUES (1)'

type Use = (pool: ConnectionPool, txn: Transaction) => Promise<unknown>

/** Every call that an interaction makes. */
const calls: Record<string, Use> = {
  'txn.execute': (_, txn) => txn.execute(MISSING),
  'txn.query': (_, txn) => txn.query(MISSING),
  'txn.executeMany': (_, txn) => txn.executeMany(NOWHERE, [[]]),
  'a cursor’s query': (_, txn) => txn.cursor().query(MISSING),
  'pool.runQuery': (pool) => pool.runQuery(MISSING),
  'pool.runOperation with a deadline': (pool) => pool.runOperation(MISSING, [], { timeout: 60_000 }),
  'pool.executeMany': (pool) => pool.executeMany(NOWHERE, [[]]),
  'pool.insertMany': (pool) => pool.insertMany('missing', [[1]]),
  'an inner interaction': (pool) => pool.runInteraction((inner) => inner.execute(MISSING)),
}

/** Every way to deal with what a promise gives. */
const hearing: Record<string, (call: Promise<unknown>) => unknown> = {
  await: async (call) => {
    try {
      await call
    } catch (error) {
      assert.ok(error instanceof ProgrammingError)
    }
  },
  catch: (call) => call.catch(() => undefined),
  'then with a second function': (call) =>
    call.then(
      () => assert.fail(),
      () => undefined,
    ),
  'finally, and catch behind it': (call) => call.finally(() => undefined).catch(() => undefined),
  'Promise.allSettled': (call) => Promise.allSettled([call]),
  'Promise.any': (call) => Promise.any([call, Promise.resolve(1)]),
  'Promise.race': (call) => Promise.race([call]).catch(() => undefined),
  'handed on from an async function': (call) => (async () => call)().catch(() => undefined),
}

/** Calls that are undone alone when they fail. */
const APART: ReadonlySet<string> = new Set([
  'pool.runOperation with a deadline',
  'pool.executeMany',
  'pool.insertMany',
  'an inner interaction',
])

function isGone(error: unknown): error is SqlError {
  return error instanceof SqlError && error.kind === 'rolledBack'
}

everywhere((database, suite) => {
  const goesOn = database.dialect.can.goOn
  const missing = { code: database.dialect.codes.missing, kind: 'missing' }
  const pool = openPool(suite, database)
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`)
    return name
  }

  /**
   * A call that must fail with this very error. PostgreSQL runs nothing more in a transaction in which something has
   * failed: where a later statement tells that to its caller, what failed first is the cause.
   */
  async function fails(
    call: () => unknown,
    Class: typeof ProgrammingError | typeof IntegrityError,
    expected: Expected,
  ) {
    if (goesOn) return await refused(call, Class, expected)
    const error = await rejectionOf(call)
    return await refused(() => Promise.reject(isGone(error) ? error.cause : error), Class, expected)
  }

  const ids = async (t: string) => (await pool.runQuery(`SELECT id FROM ${t}`)).map(({ id }) => id)

  for (const [name, call] of Object.entries(calls)) {
    test(`ADB-072 F75 ${name}: a failure that nobody awaited fails the interaction, also when it came before the end`, async () => {
      const t = await table()
      const forgetful = () =>
        pool.runInteraction(async (txn) => {
          void call(pool, txn)
          await txn.query(`INSERT INTO ${t} VALUES (1)`)
          await pool.runQuery('SELECT 1')
        })
      await fails(forgetful, ProgrammingError, missing)
      assert.deepEqual(await ids(t), [])
      await usable(pool)
    })

    test(`F27 F73 ${name}: a failure that was caught does not, unless the database ends the transaction with it`, async () => {
      const t = await table()
      const careful = () =>
        pool.runInteraction(async (txn) => {
          await txn.query(`INSERT INTO ${t} VALUES (1)`)
          await rejectionOf(() => call(pool, txn))
          await txn.query(`INSERT INTO ${t} VALUES (2)`)
        })
      if (goesOn || APART.has(name)) await careful()
      else await fails(careful, ProgrammingError, missing)
      assert.deepEqual(await ids(t), goesOn || APART.has(name) ? [1, 2] : [])
    })
  }

  for (const [name, hear] of goesOn ? Object.entries(hearing) : []) {
    test(`F27 a failure is dealt with by ${name}`, async () => {
      const t = await table()
      await pool.runInteraction(async (txn) => {
        await hear(txn.query(MISSING))
        await txn.query(`INSERT INTO ${t} VALUES (1)`)
      })
      assert.deepEqual(await ids(t), [1])
    })
  }

  test('ADB-072 a failure that is dealt with only later counts as dealt with', { skip: !goesOn }, async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      const failing = txn.query(MISSING)
      await txn.query(`INSERT INTO ${t} VALUES (1)`)
      await rejectionOf(() => failing)
    })
    assert.deepEqual(await ids(t), [1])
  })

  test('ADB-072 the first of several failures is the one that comes out, and the callback’s own comes before any', async () => {
    const t = await table()
    const several = () =>
      pool.runInteraction(async (txn) => {
        await txn.query(`INSERT INTO ${t} VALUES (1)`)
        void txn.query(`INSERT INTO ${t} VALUES (1)`)
        void txn.query(MISSING)
        await txn.query('SELECT 1')
        void txn.query('SELECT nonsense')
      })
    await fails(several, IntegrityError, { code: database.dialect.codes.key, kind: 'unique' })
    const mine = new Error('mine')
    const own = () =>
      pool.runInteraction(async (txn) => {
        void txn.query(MISSING)
        await Promise.allSettled([txn.query('SELECT 1')])
        throw mine
      })
    assert.equal(await rejectionOf(own), mine)
    await usable(pool)
  })

  test('ADB-072 an inner interaction fails with what its own calls left behind, and it alone', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.query(`INSERT INTO ${t} VALUES (1)`)
      const inner = () =>
        pool.runInteraction(async (inside) => {
          void inside.query(MISSING)
          await inside.query(`INSERT INTO ${t} VALUES (2)`)
        })
      await fails(inner, ProgrammingError, missing)
    })
    assert.deepEqual(await ids(t), [1])
  })

  test('ADB-072 a lent connection’s calls are noticed too', async () => {
    const t = await table()
    const forgetful = () =>
      pool.runWithConnection(async (connection) => {
        void connection.query(MISSING)
        await connection.query(`INSERT INTO ${t} VALUES (1)`)
      })
    await fails(forgetful, ProgrammingError, missing)
    assert.deepEqual(await ids(t), [])
    await usable(pool)
  })

  test('what a call inside gives is a promise like any other', async () => {
    await pool.runInteraction(async (txn) => {
      const call = txn.query('SELECT 1 AS a')
      assert.ok(call instanceof Promise)
      assert.equal(Promise.resolve(call), call)
      assert.deepEqual(await Promise.all([call, call.then((rows) => rows.length)]), [[{ a: 1 }], 1])
    })
  })
})
