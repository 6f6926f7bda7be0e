import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases, openPool } from '../databases.ts'
import { lookForSecrets } from './secrets.ts'

onTunedDatabases((database) => {
  test('P19 ADB-012 no error, cause, stack, event, trace, log or print of a pool shows a value', async (t) => {
    const { failures, errors, told, seen } = await lookForSecrets((options) => openPool(t, database, options))
    t.diagnostic(`${errors} texts of errors and ${told} of what listeners were told`)
    assert.deepEqual(seen, [])
    assert.ok(failures > 40 && errors > 5 * failures && told > 500)
  })

  test('P19 the look for a secret finds one where values are asked for', async (t) => {
    const { seen } = await lookForSecrets((options) => openPool(t, database, { ...options, logQueries: 'values' }))
    assert.ok(seen.length > 10)
  })
})
