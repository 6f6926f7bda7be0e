import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OperationalError, TransactionRolledBackError } from 'offloop'
import { onServers, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

onServers((database, suite) => {
  // MySQL signals nothing in a statement of its own; there two who wait for each other stand in servers/faults.
  if (database.dialect.name !== 'postgres') return
  const pool = openPool(suite, database)
  const fail = (code: string) => `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END $$`
  const retry = { attempts: 3, delay: 0 }

  for (const code of ['40001', '40P01']) {
    test(`P6 F59 F60 ${code} is tried again, also where it was swallowed and a later statement tells of it`, async () => {
      const attempts = await pool.runInteraction({ retry }, async (txn) => {
        if (txn.attempt === 1) await txn.query(fail(code))
        if (txn.attempt === 2) {
          await rejectionOf(() => txn.query(fail(code)))
          await txn.query('SELECT 1')
        }
        return txn.attempt
      })
      assert.equal(attempts, 3)
      await usable(pool)
    })
  }

  test('P6 what would fail again is not tried again, nor is what a later statement says of it', async () => {
    let attempts = 0
    const unique = () =>
      pool.runInteraction({ retry }, async (txn) => {
        attempts++
        await rejectionOf(() => txn.query(fail('23505')))
        await txn.query('SELECT 1')
      })
    const error = await refused(unique, TransactionRolledBackError, { code: '25P02', kind: 'rolledBack' })
    assert.equal((error.cause as OperationalError).code, '23505')
    assert.equal(attempts, 1)
  })
})
