import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { pickerOf } from '../../src/pool/pick.ts'

function picked(names: readonly string[], object: object): unknown {
  const into: unknown[] = ['kept']
  return pickerOf(names)(object, into, 1) ? into : into.length
}

test('a picker takes the values of an object that has just its names, in their order', () => {
  const names = ['a', '__proto__', 'constructor', 'x"\n\u2028', '']
  const object = Object.fromEntries(names.map((name, i) => [name, i]))
  assert.deepEqual(picked(names, object), ['kept', 0, 1, 2, 3, 4])
  for (const other of [{}, { b: 1, a: 2 }, { a: 1 }, { a: 1, b: 2, c: 3 }, Object.create({ a: 1, b: 2 }), []]) {
    assert.equal(picked(['a', 'b'], other), 1)
  }
})

test('what an object inherits is not taken for its own, wherever it comes from', () => {
  const names = ['a', 'b']
  const inherits = (own: object, inherited: object) => Object.assign(Object.create(inherited), own)
  assert.equal(picked(names, inherits({ a: 1 }, { b: 2 })), 1)
  assert.equal(picked(names, inherits({ a: 1, b: 2 }, { c: 3 })), 1)
  assert.equal(picked([], {}), 1, 'an object of nothing is for the caller to look at')
  assert.deepEqual(picked(names, inherits({ a: 1, b: 2 }, {})), ['kept', 1, 2])
  assert.deepEqual(picked(names, inherits({ a: 1, b: 2 }, { b: 3 })), ['kept', 1, 2])
  const hidden = Object.defineProperty({ a: 1, b: 2 }, 'c', { value: 3, enumerable: false })
  assert.deepEqual(picked(names, hidden), ['kept', 1, 2])
})

test('more names than are worth code are picked too', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`)
  const object = Object.fromEntries(names.map((name, i) => [name, i]))
  assert.deepEqual(picked(names, object), ['kept', ...names.keys()])
})

test('a picker works where making code is forbidden', async () => {
  const script = `
    const { pickerOf } = await import(${JSON.stringify(new URL('../../src/pool/pick.ts', import.meta.url).href)})
    const into = []
    pickerOf(['a', '__proto__'])({ a: 1, ['__proto__']: 2 }, into, 0)
    console.log(JSON.stringify(into))`
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  assert.equal(stdout.trim(), '[1,2]')
})
