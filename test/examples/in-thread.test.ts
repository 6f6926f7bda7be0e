import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf } from './run.ts'

test('ADB-054 SOT-001 SOT-002 a transfer, a report and a computation run in a thread while the loop turns', async () => {
  const { code, lines, stderr } = await linesOf('in-thread/main.ts')
  assert.equal(stderr, '')
  assert.deepEqual(lines, [
    'booking 1: account 3 has 4 cents left',
    'NO_FUNDS: not enough money',
    'bookings: 1',
    '10000 accounts hold 4995000 cents',
    ...[0, 1, 2, 3].map((group) => `class ${group}: 2500`),
    'primes below ten million: 664579',
    'the event loop turned meanwhile: yes',
  ])
  assert.equal(code, 0)
})
