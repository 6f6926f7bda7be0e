import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InterfaceError, type Transaction, TransactionEndedError } from 'offloop'
import { FollowUps } from '../../src/pool/after-commit.ts'
import { everywhere, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

const mine = new Error('mine')

everywhere((database, suite) => {
  const pool = openPool(suite, database, { max: 1 })

  test('work runs after the rollback, last first, outside the transaction, before the interaction rejects', async () => {
    await pool.runOperation('CREATE TABLE told (id INTEGER PRIMARY KEY)')
    const done: unknown[] = []
    const failing = () =>
      pool.runInteraction(async (txn) => {
        txn.afterRollback(() => void done.push('first'))
        txn.afterRollback(async () => {
          await pool.runOperation('INSERT INTO told VALUES (7)')
          done.push(await pool.runQuery('SELECT id FROM told'))
        })
        await txn.execute('INSERT INTO told VALUES (1)')
        throw mine
      })
    assert.equal(await rejectionOf(failing), mine)
    assert.deepEqual(done, [[{ id: 7 }], 'first'])
    await usable(pool)
  })

  test('nothing runs after a commit; after each attempt that failed it does before the next', async () => {
    const done: unknown[] = []
    await pool.runInteraction({ retry: { attempts: 3, delay: 0, on: () => true } }, (txn) => {
      done.push(txn.attempt)
      txn.afterRollback(() => void done.push('back'))
      if (txn.attempt < 3) throw mine
    })
    assert.deepEqual(done, [1, 'back', 2, 'back', 3])
  })

  test('that of an inner interaction runs when it was undone, and when the one around it is', async () => {
    const done: string[] = []
    const note = (txn: Transaction, word: string) => txn.afterRollback(() => void done.push(word))
    await pool.runInteraction(async (txn) => {
      note(txn, 'outer')
      await pool.runInteraction((inner) => note(inner, 'kept'))
      await rejectionOf(() =>
        pool.runInteraction((inner) => {
          note(inner, 'undone')
          throw mine
        }),
      )
      assert.deepEqual(done, [])
    })
    assert.deepEqual(done.splice(0), ['undone'])
    await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        note(txn, 'outer')
        await pool.runInteraction((inner) => note(inner, 'inner'))
        throw mine
      }),
    )
    assert.deepEqual(done, ['inner', 'outer'])
  })

  test('what throws is put beside the error, which stays the very same', async () => {
    const failing = () =>
      pool.runInteraction((txn) => {
        txn.afterRollback(() => Promise.reject('first'))
        txn.afterRollback(() => {
          throw 'second'
        })
        throw mine
      })
    const error = (await rejectionOf(failing)) as Error & { suppressed: AggregateError }
    assert.equal(error, mine)
    assert.deepEqual(error.suppressed.errors, ['second', 'first'])
    await usable(pool)
  })

  test('of a lent connection what it rolled back by hand counts, and what it committed does not', async () => {
    const done: string[] = []
    const inner = (word: string) => pool.runInteraction((txn) => txn.afterRollback(() => void done.push(word)))
    await pool.runWithConnection(async (connection) => {
      await inner('committed')
      await connection.commit()
      await inner('rolled back')
      await connection.rollback()
      await inner('with the end')
    })
    assert.deepEqual(done, ['rolled back'])
  })

  test('F74 a handle that is dead takes none, nor does any what is no function', async () => {
    const txn = await pool.runInteraction(async (handle) => {
      const wrong = handle.afterRollback as unknown as (work: unknown) => void
      await refused(() => wrong.call(handle, 'text'), InterfaceError, { code: 'NO_CALLBACK', kind: 'usage' })
      return () => handle.afterRollback(() => undefined)
    })
    await refused(txn, TransactionEndedError, { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' })
  })
})

test('what undoes is called once, for the oldest state, in reverse, and at once when it comes too late', () => {
  const outer = new FollowUps()
  const inner = new FollowUps(outer)
  const undone: string[] = []
  const a = {}
  const b = {}
  outer.undoBy(a, () => undone.push('a of outer'))
  inner.undoBy(b, () => undone.push('b'))
  inner.undoBy(a, () => undone.push('a of inner'))
  inner.undoBy(a, () => undone.push('never'))
  outer.rolledBack(true)
  assert.deepEqual(undone.splice(0), ['a of inner', 'b', 'a of outer'])
  inner.undoBy(b, () => undone.push('late'))
  outer.undoBy(b, () => undone.push('later'))
  inner.rolledBack(true)
  assert.deepEqual(undone, ['late', 'later'])
})

test('what was committed is not undone', () => {
  const followUps = new FollowUps()
  followUps.undoBy({}, () => assert.fail())
  followUps.committed()
  followUps.rolledBack()
})
