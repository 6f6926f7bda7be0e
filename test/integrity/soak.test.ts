import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases } from '../databases.ts'
import { soakApart } from './soak.ts'

/** Over so short a time memory still settles: `npm run promises -- --long` holds it to 1 KiB. */
const MOST_BYTES = 256 * 1024

onTunedDatabases((database) => {
  test('P16 DEF-043 NOD-012 work of every kind, failures, aborts and deaths among it, leaves nothing behind', async (t) => {
    const { calls, failed, deaths, slope, ...left } = await soakApart(database.url(t), 3, 1)
    t.diagnostic(
      `${calls} calls, ${failed} failed, ${deaths} threads died, ${slope.toFixed(0)} bytes for each 1000 calls`,
    )
    assert.deepEqual(left, {
      strange: [],
      waiting: 0,
      busy: 0,
      listeners: 0,
      threads: 0,
      descriptors: 0,
      active: 0,
      warnings: 0,
    })
    assert.ok(failed > calls / 10 && failed < calls / 2 && deaths >= 1)
    assert.ok(slope < MOST_BYTES, `${slope} bytes for each 1000 calls`)
  })
})
