import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coverageOf } from './coverage.ts'
import { leadingIds, misplacedIds, namesIn, testNames } from './named.ts'
import { readRows, rows } from './rows.ts'

test('every row that must be is named by a test or has a reason, and no name or reason is wrong', () => {
  const { faults } = coverageOf(rows, testNames())
  assert.deepEqual(faults, [])
})

test('names are found wherever a test is registered, and only there', () => {
  const text = `
    const plain = 'F1 is no name'
    describe(\`F2 \${driver.name} of all\`, () => {
      test(title('F3 wrapped'), async (t) => { await t.test('F4 inner', () => {}) })
      for (const name of names) test(\`\${name}: F5 behind\`, { skip: 'F6 a reason' }, () => note('F7'))
      test.skip('F8 never runs')
      it('F9 runs')
    })`
  assert.deepEqual(namesIn(text), ['F2 … of all', 'F3 wrapped', 'F4 inner', '…: F5 behind', 'F9 runs'])
  assert.deepEqual(namesIn("export const values = [{ name: 'DBA-010 a case', sql: 'F1' }]", true), ['DBA-010 a case'])
})

test('only the IDs at the start of a name count', () => {
  assert.deepEqual(leadingIds('ADB-013 F74 D10 a handle, as in F75'), ['ADB-013', 'F74'])
  assert.deepEqual(misplacedIds('ADB-013 F74 D10 a handle, as in F75'), ['F75'])
  assert.deepEqual(leadingIds('nothing at its start F1'), [])
})

test('what is missing, unknown, misplaced or told twice is told', () => {
  const some = readRows('# a comment\nF1 must one\nF2 must two\nF3 must three\nF4 should four\n')
  const names = ['F1 is proven', 'F9 is unknown', 'and F2 stands behind'].map((name) => ({ file: 'a.test.ts', name }))
  const { faults, files } = coverageOf(some, names, { F1: 'no longer true', F3: 'later', F4: 'not owed' })
  assert.deepEqual(faults, [
    'a.test.ts: F9 is no row: "F9 is unknown"',
    'a.test.ts: F2 must stand at the start of "and F2 stands behind"',
    'F2 must be named by a test, or have a reason in not-covered.ts',
    'F1 is named by a test: take its reason out of not-covered.ts',
    'F4 has a reason in not-covered.ts, but is no row that must be',
  ])
  assert.deepEqual([...files.keys()], ['F1', 'F9'])
  assert.throws(() => readRows('F1 must one\nF1 must one again\n'), /F1 stands twice/)
  assert.throws(() => readRows('F1 perhaps one\n'), /this is no row/)
})
