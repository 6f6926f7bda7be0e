import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InterfaceError, inThread } from 'offloop'
import { markOf } from '../../src/contract/in-thread.ts'

const meta = { url: 'file:///app/work.ts' }
const work = (a: number, b = 2) => a + b

function refusedCall(...args: unknown[]): string {
  try {
    ;(inThread as (...args: unknown[]) => unknown)(...args)
  } catch (error) {
    assert.ok(error instanceof InterfaceError)
    assert.deepEqual([error.code, error.kind], ['IN_THREAD_INVALID', 'usage'])
    return error.message
  }
  return assert.fail('the call was to be refused')
}

test('DEF-003 a marked function knows its module and name, and is called like the one given', () => {
  const marked = inThread(meta, 'work', work)
  assert.deepEqual(markOf(marked), { module: meta.url, name: 'work' })
  assert.equal(marked(1), 3)
  assert.equal(marked.name, 'work')
  assert.equal(markOf(work), null)
  assert.deepEqual(Object.keys(marked), [])
})

test('DEF-003 another copy of the package finds the mark', () => {
  const marked = inThread(meta, 'work', work) as unknown as Record<symbol, unknown>
  assert.deepEqual(marked[Symbol.for('offloop.inThread')], { module: meta.url, name: 'work' })
})

test('nothing but a marked function has a mark', () => {
  for (const value of [undefined, null, 1, 'x', {}, () => 1, { [Symbol.for('offloop.inThread')]: {} }]) {
    assert.equal(markOf(value), null)
  }
})

test('what cannot be found in a thread is refused where it is marked', () => {
  assert.match(
    refusedCall(undefined, 'work', work),
    /needs import\.meta of the module that exports "work", not undefined/,
  )
  assert.match(refusedCall({}, 'work', work), /import\.meta/)
  assert.match(refusedCall({ url: 'https://host/x.js' }, 'work', work), /are files.*"work".*begins with "https:"/)
  assert.match(refusedCall({ url: 'data:text/javascript,1' }, 'work', work), /begins with "data:"/)
  assert.match(refusedCall(meta, '', work), /the name .*, not an empty string/)
  assert.match(refusedCall(meta, work), /the name .*, not a function/)
  assert.match(refusedCall(meta, 'work'), /needs the function "work", not undefined/)
})

test('what is done later is refused where it is marked', () => {
  assert.match(
    refusedCall(meta, 'work', function* () {}),
    /is a generator function/,
  )
  assert.match(
    refusedCall(meta, 'work', async function* () {}),
    /is an async generator function/,
  )
})
