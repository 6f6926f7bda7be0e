import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases, openPool } from '../databases.ts'
import { usable } from '../pool/expect.ts'
import { lookForSecrets } from './secrets.ts'

onTunedDatabases((database) => {
  test('P19 ADB-012 no error and nothing that is printed of a pool shows a value', async (t) => {
    const pool = openPool(t, database)
    const { failures, seen } = await lookForSecrets(pool)
    assert.deepEqual(seen, [])
    assert.ok(failures > 30)
    await usable(pool)
  })
})
