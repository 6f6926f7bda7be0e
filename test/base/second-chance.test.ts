import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SecondChance } from '../../src/base/second-chance.ts'

test('it never holds more than its capacity, and finds what it holds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), fc.array(fc.integer({ min: 0, max: 20 })), (capacity, asked) => {
      const kept = new SecondChance<number>(capacity)
      const held = new Set<number>()
      for (const n of asked) {
        const found = kept.get(`${n}`)
        assert.equal(found, held.has(n) ? n : undefined)
        if (found !== undefined) continue
        const gone = kept.add(`${n}`, n)
        if (capacity > 0) held.add(n)
        if (gone !== undefined) assert.ok(held.delete(gone))
        assert.equal(kept.size, held.size)
        assert.ok(held.size <= capacity)
      }
    }),
  )
})

test('what is asked for again and again stays, whatever passes through', () => {
  const kept = new SecondChance<number>(10)
  kept.add('hot', 0)
  for (let i = 1; i <= 10_000; i++) {
    assert.equal(kept.get('hot'), 0)
    kept.add(`${i}`, i)
  }
  assert.equal(kept.size, 10)
})

test('what was never asked for again leaves first, the oldest before the others', () => {
  const kept = new SecondChance<string>(3)
  for (const key of ['a', 'b', 'c']) kept.add(key, key)
  kept.get('a')
  assert.equal(kept.add('d', 'd'), 'b')
  assert.equal(kept.add('e', 'e'), 'c')
  assert.equal(kept.add('f', 'f'), 'a')
})
