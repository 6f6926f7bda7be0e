import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, type PooledConnection, type Row, type Transaction } from 'offloop'
import { closedAtEnd, onEveryDatabase } from '../databases.ts'
import { rejectionOf, usable } from './expect.ts'

/** A handle of an application’s own. */
class Accounts {
  readonly txn: Transaction

  constructor(txn: Transaction) {
    this.txn = txn
  }

  async add(id: number): Promise<void> {
    await this.txn.execute('INSERT INTO accounts VALUES (?)', id)
  }
}

class Lent {
  readonly connection: PooledConnection

  constructor(connection: PooledConnection) {
    this.connection = connection
  }

  rows(sql: string): Promise<Row[]> {
    return this.connection.query(sql)
  }
}

onEveryDatabase((database) => {
  test('ADB-019 ADB-020 the factories make what callbacks are given, and the types follow', async (t) => {
    const pool = closedAtEnd(
      t,
      new ConnectionPool(database.url(t), {
        ...database.options,
        max: 1,
        transactionFactory: (txn) => new Accounts(txn),
        connectionFactory: (connection) => new Lent(connection),
      }),
    )
    await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY)')
    const sum = await pool.runInteraction(
      async (accounts, first: number, second: number) => {
        await accounts.add(first)
        await pool.runInteraction((inner) => inner.add(second))
        assert.ok(accounts instanceof Accounts)
        return first + second
      },
      1,
      2,
    )
    assert.equal(sum, 3)
    const rows = await pool.runWithConnection((lent) => lent.rows('SELECT id FROM accounts'))
    assert.deepEqual(rows, [{ id: 1 }, { id: 2 }])
    assert.deepEqual(await pool.runInteraction(({ txn }) => txn.query('SELECT count(*) AS n FROM accounts')), [
      { n: 2 },
    ])
  })

  test('ADB-061 D019 what a factory throws is the interaction’s error, rolls back, and costs no connection', async (t) => {
    const mine = new Error('mine')
    let failing = true
    const make = <T>(handle: T): T => {
      if (failing) throw mine
      return handle
    }
    const pool = closedAtEnd(
      t,
      new ConnectionPool(database.url(t), {
        ...database.options,
        max: 1,
        transactionFactory: (txn: Transaction) => make(txn),
        connectionFactory: (connection: PooledConnection) => make(connection),
      }),
    )
    for (let i = 0; i < 5; i++) {
      assert.equal(await rejectionOf(() => pool.runInteraction(() => assert.fail())), mine)
      assert.equal(await rejectionOf(() => pool.runWithConnection(() => assert.fail())), mine)
    }
    failing = false
    assert.equal(await pool.runInteraction(() => 5), 5)
    assert.equal(pool.stats().opened, 1)
    await usable(pool)
  })
})

test('ADB-019 ADB-020 a factory that is none is refused by name', async () => {
  for (const name of ['transactionFactory', 'connectionFactory']) {
    const error = (await rejectionOf(() => new ConnectionPool('sqlite::memory:', { [name]: 5 }))) as {
      code?: unknown
      message: string
    }
    assert.equal(error.code, 'INVALID_OPTION')
    assert.ok(error.message.includes(name))
  }
})
