import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SecondChance } from '../../src/base/second-chance.ts'

test('it never holds more than its capacity, and finds what it holds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.integer({ min: 0, max: 20 })), (capacity, asked) => {
      const kept = new SecondChance<number>(capacity)
      const held = new Set<number>()
      for (const n of asked) {
        const found = kept.get(`${n}`)
        assert.equal(found, held.has(n) ? n : undefined)
        if (found !== undefined) continue
        const gone = kept.next()
        assert.equal(kept.next(), gone)
        assert.equal(gone === undefined, held.size < capacity)
        if (gone !== undefined) assert.ok(held.delete(gone))
        kept.add(`${n}`, n)
        held.add(n)
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
  const leaving: unknown[] = []
  for (const key of ['d', 'e', 'f']) {
    leaving.push(kept.next())
    kept.add(key, key)
  }
  assert.deepEqual(leaving, ['b', 'c', 'a'])
})
