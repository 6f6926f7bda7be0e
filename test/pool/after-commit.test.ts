import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InterfaceError, SqlError, type Transaction, TransactionEndedError } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

everywhere((database, suite) => {
  const pool = openPool(suite, database, { max: 1 })
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`)
    return name
  }

  const ids = async (t: string) => (await pool.runQuery(`SELECT id FROM ${t}`)).map(({ id }) => id)

  test('F83 work runs after the commit, in order, outside the transaction, before the interaction settles', async () => {
    const t = await table()
    const done: unknown[] = []
    const result = await pool.runInteraction(async (txn) => {
      txn.afterCommit(async () => {
        done.push(await ids(t))
        await pool.runOperation(`INSERT INTO ${t} VALUES (2)`)
      })
      txn.afterCommit(() => void done.push('second'))
      await txn.execute(`INSERT INTO ${t} VALUES (1)`)
      assert.deepEqual(done, [])
      return 'result'
    })
    assert.deepEqual([result, done], ['result', [[1], 'second']])
    assert.deepEqual(await ids(t), [1, 2])
    await usable(pool)
  })

  test('F83 nothing runs after a rollback, nor after an attempt that failed', async () => {
    const done: unknown[] = []
    const mine = new Error('mine')
    const failing = () =>
      pool.runInteraction((txn) => {
        txn.afterCommit(() => void done.push('never'))
        throw mine
      })
    assert.equal(await rejectionOf(failing), mine)
    await pool.runInteraction({ retry: { attempts: 3, delay: 0, on: () => true } }, (txn) => {
      txn.afterCommit(() => void done.push(txn.attempt))
      if (txn.attempt < 3) throw mine
    })
    assert.deepEqual(done, [3])
  })

  test('F83 that of an inner interaction runs when the outermost commits, and not if it was undone', async () => {
    const done: string[] = []
    const note = (txn: Transaction, word: string) => txn.afterCommit(() => void done.push(word))
    await pool.runInteraction(async (txn) => {
      note(txn, 'outer')
      await pool.runInteraction(async (inner) => {
        note(inner, 'inner')
        await pool.runInteraction((innermost) => note(innermost, 'innermost'))
      })
      await rejectionOf(() =>
        pool.runInteraction(async (inner) => {
          note(inner, 'undone')
          throw new Error('undo')
        }),
      )
      assert.deepEqual(done, [])
    })
    assert.deepEqual(done, ['outer', 'inner', 'innermost'])
  })

  test('F83 what throws undoes nothing, keeps nobody from his turn, and is told', async () => {
    const t = await table()
    const mine = new Error('mine')
    const told = { code: 'AFTER_COMMIT', kind: 'afterCommit' }
    let last = false
    const one = () =>
      pool.runInteraction({ retry: { attempts: 5, delay: 0, on: () => true } }, async (txn) => {
        txn.afterCommit(() => {
          throw mine
        })
        txn.afterCommit(() => {
          last = true
        })
        await txn.execute(`INSERT INTO ${t} VALUES (1)`)
      })
    const error: SqlError = await refused(one, SqlError, told)
    assert.equal(error.cause, mine)
    assert.ok(last)
    assert.deepEqual(await ids(t), [1])
    const several = () =>
      pool.runInteraction((txn) => {
        for (const word of ['a', 'b']) txn.afterCommit(() => Promise.reject(word))
      })
    const both = await refused(several, SqlError, told)
    assert.deepEqual((both.cause as AggregateError).errors, ['a', 'b'])
    await usable(pool)
  })

  test('F83 of a lent connection what it committed by hand counts, and what it rolled back does not', async () => {
    const done: string[] = []
    const inner = (word: string) => pool.runInteraction((txn) => txn.afterCommit(() => void done.push(word)))
    const mine = new Error('mine')
    const lent = () =>
      pool.runWithConnection(async (connection) => {
        await inner('committed')
        await connection.commit()
        await inner('rolled back')
        await connection.rollback()
        await inner('with the end')
        throw mine
      })
    assert.equal(await rejectionOf(lent), mine)
    assert.deepEqual(done, ['committed'])
    await pool.runWithConnection(async () => inner('returned'))
    assert.deepEqual(done, ['committed', 'returned'])
  })

  test('F74 a handle that is dead takes none, nor does any what is no function', async () => {
    const txn = await pool.runInteraction(async (handle) => {
      const wrong = handle.afterCommit as unknown as (work: unknown) => void
      await refused(() => wrong.call(handle, 'text'), InterfaceError, { code: 'NO_CALLBACK', kind: 'usage' })
      return () => handle.afterCommit(() => undefined)
    })
    await refused(txn, TransactionEndedError, { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' })
  })
})
