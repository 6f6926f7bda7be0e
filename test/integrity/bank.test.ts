import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everywhere, openPool } from '../databases.ts'
import { rejectionOf, usable } from '../pool/expect.ts'
import { swallowFailures, transferMoney } from './bank.ts'

const seed = 1
/** Enough for every way to end many times over; `npm run promises` makes 2,000, and 50,000 with `--long`. */
const most = { transfers: 600, thrown: 1000 }
const fewer = { transfers: 200, thrown: 200 }

everywhere((database, suite) => {
  const { dialect } = database
  const { transfers, thrown: callbacks } = dialect.name === 'sqlite' ? most : fewer
  const pool = openPool(suite, database, { max: 4 })

  test('P3 ADB-046 money that is moved is always somewhere, however a transfer ends', async (t) => {
    const figures = await transferMoney(pool, transfers, seed, dialect)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    const { strangeEnds, wrongSums, wrongLedger, committed, thrown, reads } = figures
    assert.deepEqual({ strangeEnds, wrongSums, wrongLedger }, { strangeEnds: 0, wrongSums: 0, wrongLedger: 0 })
    assert.ok(committed + thrown === transfers && thrown > transfers / 8 && reads > 10, 'the run was no trial')
    await usable(pool)
  })

  test('P3 ADB-056 many callbacks that throw leave no row, and each gives its own error', async () => {
    await pool.runOperation('CREATE TABLE thrown (id INTEGER)')
    const errors = Array.from({ length: callbacks }, (_, id) => new Error(`error ${id}`))
    const ends = errors.map((error, id) =>
      rejectionOf(() =>
        pool.runInteraction(async (txn) => {
          await txn.execute(dialect.sql('INSERT INTO thrown VALUES (?)'), [id])
          throw error
        }),
      ),
    )
    for (const [id, end] of (await Promise.all(ends)).entries()) assert.equal(end, errors[id])
    assert.deepEqual(await pool.runQuery('SELECT * FROM thrown'), [])
  })

  // MySQL ends a transaction over a deadlock alone: test/servers/faults/conflicts.test.ts.
  if (dialect.name === 'mysql') return
  test('P4 F28 F73 of many interactions that swallow the loss of their transaction none resolves', async () => {
    assert.deepEqual(await swallowFailures(pool, callbacks, dialect), { interactions: callbacks, resolved: 0, rows: 0 })
    await usable(pool)
  })
})
