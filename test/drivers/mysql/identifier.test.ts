import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quoteIdentifier } from '../../../src/drivers/mysql/identifier.ts'

test('NOD-017 a name that MySQL would take for another one is refused', () => {
  assert.equal(quoteIdentifier('a`b ü 名'), '`a``b ü 名`')
  for (const name of ['', 'a\0b', '\ud800', '🎈'])
    assert.throws(() => quoteIdentifier(name), { code: 'WRONG_IDENTIFIER' })
})
