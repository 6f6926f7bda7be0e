import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Statement, Statements } from '../../src/pool/statement.ts'

const shape = { parameterCount: 0, parameterNames: null, statementCount: 1 }

function after(...durations: number[]): Statement {
  const statement = new Statement('', shape)
  for (const duration of durations) statement.learn(duration)
  return statement
}

test('nothing is known of a statement that never ran', () => {
  const { isKnown, isFast, isSlow, isLong } = after()
  assert.deepEqual({ isKnown, isFast, isSlow, isLong }, { isKnown: false, isFast: false, isSlow: false, isLong: false })
})

test('its first run decides, and the second corrects a first one that was slow', () => {
  assert.ok(after(0.1).isFast)
  assert.ok(after(5).isSlow)
  assert.ok(after(5, 0.1).isFast)
})

test('one slow run among fast ones changes nothing', () => {
  assert.ok(after(0.1, 0.1, 500).isFast)
  assert.ok(after(0.1, 0.1, 500, 0.1, 0.1, 500).isFast)
})

test('two slow runs in a row make it slow, two fast ones after them fast again', () => {
  assert.ok(after(0.1, 5, 5).isSlow)
  assert.ok(after(0.1, 5, 5, 0.1).isSlow)
  assert.ok(after(0.1, 5, 5, 0.1, 0.1).isFast)
})

test('however long it was slow, four fast runs lead back', () => {
  const statement = after(...Array(1000).fill(200))
  for (let i = 0; i < 4; i++) {
    assert.ok(statement.isSlow && statement.isLong === i < 4)
    statement.learn(0.1)
  }
  assert.ok(statement.isFast)
  assert.ok(!statement.isLong)
})

test('slow is more than a millisecond, long more than fifty', () => {
  const { isSlow, isLong } = after(20, 20, 20)
  assert.deepEqual({ isSlow, isLong }, { isSlow: true, isLong: false })
  assert.ok(after(51).isLong)
})

test('of 10,000 texts a pool remembers 1000, and those that are used stay with what was learned of them', () => {
  const statements = new Statements(() => shape)
  const hot = statements.get('SELECT 0')
  for (let i = 1; i <= 10_000; i++) {
    statements.get(`SELECT ${i}`)
    if (i % 100 === 0) assert.equal(statements.get('SELECT 0'), hot)
    assert.ok(statements.size <= 1000)
  }
  assert.equal(statements.size, 1000)
})
