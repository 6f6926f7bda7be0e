import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { BatchBuilder, batchOf } from '../../src/contract/batch-builder.ts'
import { ProgrammingError } from '../../src/contract/errors.ts'
import { describeColumn, type Tuple } from '../../src/contract/value.ts'
import { asGiven, holds, tables } from './tables.ts'

function described(width: number) {
  const names = Array.from({ length: width }, (_, i) => `c${i}`)
  return { names, description: names.map((name) => describeColumn(name, null)) }
}

test('a batch of tuples holds their values, each column in the first type that holds all of them', () => {
  fc.assert(
    fc.property(tables(30), ({ width, rows }) => {
      const { names, description } = described(width)
      holds(batchOf(description, asGiven(rows)), names, asGiven(rows))
    }),
    { numRuns: 500 },
  )
})

test('a batch is the same however its rows came in parts', () => {
  fc.assert(
    fc.property(tables(60), fc.array(fc.nat(60), { maxLength: 4 }), ({ width, rows }, cuts) => {
      const { names, description } = described(width)
      const builder = new BatchBuilder(description)
      const given = asGiven(rows)
      const ends = [...cuts.filter((cut) => cut <= rows.length).sort((a, b) => a - b), rows.length]
      let from = 0
      for (const end of ends) {
        builder.appendRows(given.slice(from, end))
        from = end
      }
      holds(builder.finish(), names, given)
    }),
    { numRuns: 500 },
  )
})

test('a sum over the numbers of a column is the sum over what is not NULL', () => {
  const rows: Tuple[] = [
    [1, 0.5, 2n ** 60n],
    [null, null, null],
    [2, 0.25, 1],
  ]
  const { description } = described(3)
  const { c0, c1, c2 } = batchOf(description, rows).columns
  assert.ok(c0?.type === 'int32' && c1?.type === 'float64' && c2?.type === 'int64')
  assert.equal(
    c0.values.reduce((sum, value) => sum + value),
    3,
  )
  assert.equal(
    c1.values.reduce((sum, value) => sum + value),
    0.75,
  )
  assert.equal(
    c2.values.reduce((sum, value) => sum + value),
    2n ** 60n + 1n,
  )
  assert.deepEqual([...(c0.nulls ?? [])], [0, 1, 0])
})

test('F117 a column of a batch may have any name', () => {
  const names = ['__proto__', 'constructor', 'length', '']
  const batch = batchOf(
    names.map((name) => describeColumn(name, null)),
    [[1, 2, 3, 4]],
  )
  assert.equal(Object.getPrototypeOf(batch.columns), Object.prototype)
  for (const [i, name] of names.entries()) {
    assert.deepEqual(Object.getOwnPropertyDescriptor(batch.columns, name)?.value.values, Int32Array.of(i + 1))
  }
})

test('DBA-031 two columns of one name are refused, with rows and without', () => {
  const twice = [describeColumn('a', null), describeColumn('a', null)]
  for (const rows of [[], [[1, 2]]]) {
    assert.throws(
      () => batchOf(twice, rows),
      (error: unknown) => error instanceof ProgrammingError && error.code === 'DUPLICATE_COLUMN',
    )
  }
})
