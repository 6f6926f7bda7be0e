import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionPool, PooledConnection, SqlError, Transaction } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { rejectionOf } from './expect.ts'

type Statement = (sql: string) => Promise<unknown>

/** Every public way to run a statement, awaited by a function whose name must be found in the error's stack. */
function callers(pool: ConnectionPool): Record<string, Statement> {
  return {
    runQuery: async function theCaller(sql) {
      await pool.runQuery(sql)
    },
    'runQuery with a limit': async function theCaller(sql) {
      await pool.runQuery(sql, [], { timeout: 60_000 })
    },
    runOperation: async function theCaller(sql) {
      await pool.runOperation(sql)
    },
    executeMany: async function theCaller(sql) {
      await pool.executeMany(sql, [[]])
    },
    stream: async function theCaller(sql) {
      for await (const _ of pool.stream(sql)) assert.fail()
    },
    ...inside(pool),
    ...onConnections(pool),
  }
}

function inside(pool: ConnectionPool): Record<string, Statement> {
  const within = (work: (txn: Transaction, sql: string) => Promise<unknown>) => (sql: string) =>
    pool.runInteraction(work, sql)
  return {
    'txn.execute': within(async function theCaller(txn, sql) {
      await txn.execute(sql)
    }),
    'txn.query': within(async function theCaller(txn, sql) {
      await txn.query(sql)
    }),
    'txn.executeMany': within(async function theCaller(txn, sql) {
      await txn.executeMany(sql, [[]])
    }),
    'a cursor of txn': within(async function theCaller(txn, sql) {
      await txn.cursor().execute(sql)
    }),
    'runQuery inside': within(async function theCaller(_, sql) {
      await pool.runQuery(sql)
    }),
    'runOperation inside': within(async function theCaller(_, sql) {
      await pool.runOperation(sql)
    }),
    'an inner interaction': within(async () => {
      const inner = async function theCaller(txn: Transaction) {
        await txn.execute('SELECT * FROM missing')
      }
      await pool.runInteraction(inner)
    }),
  }
}

function onConnections(pool: ConnectionPool): Record<string, Statement> {
  const lent = (work: (connection: PooledConnection, sql: string) => Promise<unknown>) => (sql: string) =>
    pool.runWithConnection(work, sql)
  return {
    'a cursor of a connection': lent(async function theCaller(connection, sql) {
      await connection.cursor().execute(sql)
    }),
    'connection.query': lent(async function theCaller(connection, sql) {
      await connection.query(sql)
    }),
  }
}

async function assertNamesCaller(call: () => Promise<unknown>): Promise<void> {
  const { stack } = (await rejectionOf(call)) as SqlError
  assert.match(String(stack), /theCaller/)
}

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database)

  for (const [name, call] of Object.entries(callers(pool))) {
    test(`D10 ${name}: the stack of what the database refuses names the caller`, async () => {
      await assertNamesCaller(() => call('SELECT * FROM missing'))
    })

    test(`D10 ${name}: the stack of what a check refuses names the caller`, async () => {
      if (name === 'an inner interaction') return
      await assertNamesCaller(() => call('SELECT 1; SELECT 2'))
    })
  }

  test('D10 the stacks of other refusals name the caller', async () => {
    const failing: (() => Promise<unknown>)[] = [
      async function theCaller() {
        await pool.insertMany('missing', [[1]])
      },
      async function theCaller() {
        await pool.insertMany('missing', [{ a: undefined }])
      },
      () =>
        pool.runInteraction(async function theCaller(txn) {
          await txn.fetchOne()
        }),
      () =>
        pool.runWithConnection(async function theCaller(connection) {
          await connection.query('CREATE TABLE p (id PRIMARY KEY)')
          await connection.query('CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)')
          await connection.query('INSERT INTO c VALUES (1)')
          await connection.commit()
        }),
      async function theCaller() {
        await pool.runInteraction(async (txn) => {
          await txn.execute('CREATE TABLE p (id PRIMARY KEY)')
          await txn.execute('CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)')
          await txn.execute('INSERT INTO c VALUES (1)')
        })
      },
    ]
    for (const call of failing) await assertNamesCaller(call)
  })

  test('D10 the stacks of those who wait for a connection that cannot be opened name each caller', async (t) => {
    const shut = openPool(t, database, {
      onOpen: async (connection) => void (await connection.query('SELECT nothing')),
    })
    const calls = [
      async function theCaller() {
        await shut.runQuery('SELECT 1')
      },
      async function theCaller() {
        await shut.runInteraction(() => 1)
      },
      async function theCaller() {
        await shut.start()
      },
    ]
    for (const call of calls) await assertNamesCaller(call)
    const stacks = await Promise.all([
      rejectionOf(async function first() {
        await shut.runQuery('SELECT 1')
      }),
      rejectionOf(async function second() {
        await shut.runQuery('SELECT 1')
      }),
    ])
    assert.match(String((stacks[0] as Error).stack), /first/)
    assert.match(String((stacks[1] as Error).stack), /second/)
  })
})
