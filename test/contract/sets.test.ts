import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ValueSets } from '../../src/contract/sets.ts'

test('sets of values in one array are the same sets again', () => {
  const given = [
    [1, 'a'],
    [2, null],
  ]
  const sets = ValueSets.of(given)
  assert.deepEqual([sets.values, sets.width, sets.count], [[1, 'a', 2, null], 2, 2])
  assert.deepEqual([...sets], given)
  assert.deepEqual([...sets], given)
  assert.deepEqual(sets.set(1), [2, null])
  assert.equal(ValueSets.of(sets), sets)
})

test('sets without values are counted, and no sets are none', () => {
  assert.deepEqual([...ValueSets.of([[], []])], [[], []])
  assert.deepEqual([...ValueSets.of([])], [])
})
