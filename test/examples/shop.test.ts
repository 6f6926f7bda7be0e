import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf } from './run.ts'

test('SOT-001 SOT-005 orders and transfers are done as a whole or not at all, on the loop and in the thread', async () => {
  const { code, lines, stderr } = await linesOf('shop/main.ts')
  assert.equal(stderr, '')
  assert.deepEqual(lines, [
    'lamp: paid, ann has 2000 cents left',
    'Account is not valid: Cents do not suffice.',
    'sofa: not ordered, the shop has 3000 cents',
    'bob: 1000 to -89000 is not saved; restored: 1000',
    'the second one to write had to read again, and wrote version 3',
    'after twenty transfers at once bob has 1200 cents',
    'in the thread: 2500 cents are left',
    'in the thread: INVALID_RECORD',
    'ann: 2570 cents, orders: 1',
    'bob: 1500 cents, orders: 0',
    'shop: 2500 cents, orders: 0',
    'together: 6570 cents',
  ])
  assert.equal(code, 0)
})
