import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedAndServers, openPool } from '../databases.ts'
import { usable } from '../pool/expect.ts'
import { askForNonces } from './nonce.ts'

/** `npm run promises` asks 200,000, and a million with `--long`. */
const most = 40_000
const fewer = 5000
const seed = 1

onTunedAndServers((database) => {
  const { dialect } = database
  const count = dialect.name === 'sqlite' ? most : fewer

  test('P7 ADB-053 of very many questions, some poisoned and some given up, each gets its own answer', async (t) => {
    const pool = openPool(t, database, { max: 4 })
    const figures = await askForNonces(pool, count, seed, dialect)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    const { asked, right, foreign, refused, aborted, strangeErrors } = figures
    assert.deepEqual({ foreign, strangeErrors }, { foreign: 0, strangeErrors: 0 })
    assert.equal(right + refused + aborted, asked)
    assert.ok(asked >= count && refused > count / 200 && aborted > count / 1000, 'the run was no trial')
    await usable(pool)
  })
})
