import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEveryDatabase, openPool } from '../databases.ts'
import { rejectionOf, usable } from '../pool/expect.ts'
import { swallowFailures, transferMoney } from './bank.ts'

const seed = 1
/** Enough for every way to end many times over; `npm run promises` makes 2,000, and 50,000 with `--long`. */
const transfers = 600

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database, { max: 4 })

  test('P3 ADB-046 money that is moved is always somewhere, however a transfer ends', async (t) => {
    const figures = await transferMoney(pool, transfers, seed)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    const { strangeEnds, wrongSums, wrongLedger, committed, thrown, reads } = figures
    assert.deepEqual({ strangeEnds, wrongSums, wrongLedger }, { strangeEnds: 0, wrongSums: 0, wrongLedger: 0 })
    assert.ok(committed + thrown === transfers && thrown > transfers / 8 && reads > 10, 'the run was no trial')
    await usable(pool)
  })

  test('P3 ADB-056 a thousand callbacks that throw leave no row, and each gives its own error', async () => {
    await pool.runOperation('CREATE TABLE thrown (id INTEGER)')
    const errors = Array.from({ length: 1000 }, (_, id) => new Error(`error ${id}`))
    const ends = errors.map((error, id) =>
      rejectionOf(() =>
        pool.runInteraction(async (txn) => {
          await txn.execute('INSERT INTO thrown VALUES (?)', [id])
          throw error
        }),
      ),
    )
    for (const [id, end] of (await Promise.all(ends)).entries()) assert.equal(end, errors[id])
    assert.deepEqual(await pool.runQuery('SELECT * FROM thrown'), [])
  })

  test('P4 F28 F73 of a thousand interactions that swallow the loss of their transaction none resolves', async () => {
    assert.deepEqual(await swallowFailures(pool, 1000), { interactions: 1000, resolved: 0, rows: 0 })
    await usable(pool)
  })
})
