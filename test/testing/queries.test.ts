import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { countingQueries, expectQueries } from 'offloop/testing'
import { closedAtEnd, unwatched } from '../databases.ts'

test('countingQueries gives the statements of the work and of what it calls, and of nobody else', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:', unwatched))
  const other = closedAtEnd(t, new ConnectionPool('sqlite::memory:', { ...unwatched, name: 'other' }))
  const stranger = pool.runQuery('SELECT 0')
  const counted = countingQueries(pool, async () => {
    await pool.runOperation('CREATE TABLE t (a)')
    await other.runQuery('SELECT 2')
    const inner = await countingQueries(pool, () => Promise.all([pool.runQuery('SELECT 3'), pool.runQuery('SELECT 4')]))
    assert.deepEqual(inner.statements, ['SELECT 3', 'SELECT 4'])
    return await pool.runInteraction(async (txn) => await txn.query('SELECT 5 AS five'))
  })
  await pool.runQuery('SELECT 1')
  const { result, statements } = await counted
  await stranger
  assert.deepEqual(result, [{ five: 5 }])
  assert.deepEqual(statements, ['CREATE TABLE t (a)', 'SELECT 3', 'SELECT 4', 'SELECT 5 AS five'])
})

test('expectQueries gives what the work gives, or an error that lists the statements', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:', unwatched))
  assert.deepEqual(await expectQueries(pool, 1, () => pool.runQuery('SELECT 1 AS one')), [{ one: 1 }])
  assert.equal(await expectQueries(pool, 0, () => 'nothing'), 'nothing')
  await assert.rejects(
    expectQueries(pool, 1, async () => {
      await pool.runQuery('SELECT 1')
      await pool.runQuery('SELECT 2')
    }),
    {
      name: 'AssertionError',
      message: /expected 1 statements, ran 2:\n {2}SELECT 1\n {2}SELECT 2/,
      actual: 2,
      expected: 1,
    },
  )
  const mine = new Error('mine')
  await assert.rejects(
    expectQueries(pool, 5, () => Promise.reject(mine)),
    (error) => error === mine,
  )
})
