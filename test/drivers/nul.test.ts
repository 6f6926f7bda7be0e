import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { driver } from '../../src/drivers/node-sqlite/blocking.ts'
import { readsBeyondNul } from '../../src/drivers/node-sqlite/nul.ts'

test('F110 node-sqlite says it keeps text with U+0000 only where this Node gives it back whole', () => {
  const database = new DatabaseSync(':memory:')
  const row = database.prepare('SELECT ? AS text').get('a\0b') as { text: string }
  database.close()
  assert.equal(driver.traits.nulInText, row.text === 'a\0b')
})

test('F110 the versions of Node that read text beyond U+0000', () => {
  for (const version of ['24.16.0', '24.21.0', '26.1.0', '26.10.0', '27.0.0'])
    assert.ok(readsBeyondNul(version), version)
  for (const version of ['22.18.0', '22.23.3', '24.4.0', '24.15.0', '25.9.0', '26.0.0']) {
    assert.ok(!readsBeyondNul(version), version)
  }
})
