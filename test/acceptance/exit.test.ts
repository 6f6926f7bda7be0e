import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measure } from '../../scripts/promises.ts'

test('NOD-013 a process exits by itself while its pool is open and idle', async () => {
  // It rejects unless the process ends by itself, with the exit code 0.
  assert.deepEqual(await measure('idlePool', 3), { lanes: 3 })
})
