import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { pack, packArguments, unpack, unpackArguments } from '../../src/contract/crossing.ts'
import { AbortError, IntegrityError, SqlError, UnsupportedValueError } from '../../src/contract/errors.ts'

const crossed = <T>(value: T): T => unpack(pack(value, 'the value')) as T

/** What refuses a value; the message must name its place. */
function refusal(value: unknown): UnsupportedValueError {
  try {
    pack(value, 'the value')
  } catch (error) {
    assert.ok(error instanceof UnsupportedValueError, String(error))
    assert.deepEqual([error.code, error.kind], ['UNSUPPORTED_VALUE', 'value'])
    return error
  }
  return assert.fail('the value was to be refused')
}

describe('what crosses', () => {
  test('DEF-004 any data comes out as it went in', () => {
    const data = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    })
    fc.assert(
      fc.property(data, (value) => assert.deepStrictEqual(crossed(value), value)),
      { numRuns: 300 },
    )
  })

  test('numbers, text and times keep what is special about them', () => {
    assert.ok(Object.is(crossed(-0), -0))
    assert.deepEqual(crossed([Number.NaN, Infinity, 2n ** 200n, 'x\0\ud800', undefined]), [
      Number.NaN,
      Infinity,
      2n ** 200n,
      'x\0\ud800',
      undefined,
    ])
    assert.deepEqual(crossed(new Date(Number.NaN)), new Date(Number.NaN))
    assert.deepEqual(crossed(/a+/giu), /a+/giu)
  })

  test('memory is copied, and is nobody else’s', () => {
    const pooled = Buffer.from('secret')
    const floats = new Float64Array([1, 2, 3]).subarray(1)
    const [buffer, view, bytes, whole] = crossed([pooled, floats, new Uint8Array(3), new ArrayBuffer(8)] as const)
    assert.ok(Buffer.isBuffer(buffer))
    assert.equal(buffer.toString(), 'secret')
    assert.deepEqual(view, new Float64Array([2, 3]))
    assert.equal(view.buffer.byteLength, 16)
    assert.equal(bytes.buffer.byteLength, 3)
    assert.equal(bytes.constructor, Uint8Array)
    assert.equal(whole.byteLength, 8)
    assert.equal(crossed(new DataView(new ArrayBuffer(16), 4, 4)).buffer.byteLength, 4)
  })

  test('what is one object stays one, and what is its own part stays so', () => {
    const shared = { n: 1 }
    const around: Record<string, unknown> = {
      a: shared,
      b: [shared],
      map: new Map<unknown, unknown>([[shared, 'key']]),
    }
    around.self = around
    const out = crossed(around) as typeof around & { a: object; b: object[]; map: Map<unknown, unknown> }
    assert.equal(out.self, out)
    assert.equal(out.a, out.b[0])
    assert.ok(out.map.has(out.a))
  })

  test('names that mean something to JavaScript are names like others', () => {
    const odd = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": null}')
    const out = crossed(odd)
    assert.deepEqual(Object.keys(out), ['__proto__', 'constructor', 'toString'])
    assert.equal(Object.getPrototypeOf(out), Object.prototype)
    const bare = Object.assign(Object.create(null), { a: 1 })
    assert.deepEqual({ ...crossed(bare) }, { a: 1 })
  })

  test('arrays keep their holes and their properties', () => {
    const match = /b/.exec('abc') as RegExpExecArray
    assert.equal(crossed(match).index, 1)
    const holes = [1, 2, 3]
    delete holes[1]
    assert.equal(1 in crossed(holes), false)
    assert.deepEqual(crossed([[], [[]], new Array(3)]), [[], [[]], new Array(3)])
  })
})

describe('errors', () => {
  test('DEF-002 an error crosses with its class, stack, properties, causes and members', () => {
    const cause = Object.assign(new RangeError('too far'), { limit: { most: 3 } })
    const error = Object.assign(new TypeError('wrong', { cause }), { code: 'E_WRONG', issues: [{ path: ['a', 0] }] })
    const out = crossed(error) as typeof error & { cause: typeof cause }
    assert.ok(out instanceof TypeError && out.cause instanceof RangeError)
    assert.deepEqual([out.name, out.message, out.stack], ['TypeError', 'wrong', error.stack])
    assert.deepEqual([out.code, out.issues, out.cause.limit], ['E_WRONG', error.issues, { most: 3 }])
    assert.deepEqual(Object.keys(out), ['code', 'issues'])
    const many = crossed(new AggregateError([new Error('one'), 2], 'many'))
    assert.ok(many instanceof AggregateError)
    assert.deepEqual([many.errors[0].message, many.errors[1]], ['one', 2])
  })

  test('DEF-030 errors of the tree keep their class, own ones the nearest class and their name', () => {
    const error = new IntegrityError('taken', { code: 'X', kind: 'unique', table: 't', columns: ['a'], index: 3 })
    const out = crossed(error)
    assert.ok(out instanceof IntegrityError && out instanceof SqlError)
    assert.deepEqual(Object.entries(out), Object.entries(error))
    assert.equal(out.name, 'IntegrityError')
    class Mine extends AbortError {}
    const mine = crossed(new Mine('stop', { kind: 'aborted' }))
    assert.ok(mine instanceof AbortError)
    assert.deepEqual([mine.name, mine.kind, mine.retryable], ['Mine', 'aborted', false])
    class TimeoutError extends Error {}
    assert.ok(!(crossed(new TimeoutError('not ours')) instanceof SqlError))
  })

  test('errors cross inside of other things, as often as they are there, and in circles', () => {
    const error: Error = new Error('round')
    error.cause = { error }
    const out = crossed({ list: [error, error], by: new Map([[error, 1]]) })
    assert.equal(out.list[0], out.list[1])
    assert.ok(out.by.has(out.list[0] as Error))
    assert.deepEqual(Object.values(out.list[0]?.cause ?? {}), [out.list[0]])
  })

  test('what of an error cannot cross is left out, and nothing half of it stays', () => {
    const half = { good: new Error('inner'), bad: () => 1 }
    const error = Object.assign(new Error('outer', { cause: Promise.resolve() }), { half, kept: 1 })
    Object.defineProperty(error, 'trap', { enumerable: true, get: () => assert.fail('a trap') })
    const out = crossed({ error, again: [half.good] })
    assert.deepEqual(Object.keys(out.error), ['kept'])
    assert.equal(out.error.message, 'outer')
    assert.equal(Object.hasOwn(out.error, 'cause'), false)
    assert.equal(out.again[0]?.message, 'inner')
  })
})

describe('what does not cross', () => {
  class Point {
    x = 1
  }
  const refused: Record<string, unknown> = {
    'a function': () => 1,
    'a class': Point,
    'a symbol': Symbol('s'),
    'a Proxy': new Proxy({}, {}),
    'a Promise': Promise.resolve(),
    'a WeakMap': new WeakMap(),
    'a WeakSet': new WeakSet(),
    'an object of a class': new Point(),
    'an array of a class': new (class List extends Array {})(),
    'a Map of a class': new (class Index extends Map {})(),
    'a generator': (function* () {})(),
    'a URL': new URL('file:///x'),
    'an AbortSignal': new AbortController().signal,
    'shared memory': new SharedArrayBuffer(8),
    'a Request': new Request('http://localhost'),
  }
  for (const [name, value] of Object.entries(refused)) {
    test(`F16 F106 ${name} is refused, wherever it is`, () => {
      assert.match(refusal(value).message, /^the value is /)
      assert.match(
        refusal({ list: [1, { 'odd name': value }] }).message,
        /^the value, at \.list\[1\]\["odd name"\], is /,
      )
      assert.match(refusal(new Map([[1, value]])).message, /^the value, at \.values\(\)\[0\], is /)
    })
  }

  test('F16 an object of a class is refused with its class and with what to do', () => {
    assert.match(refusal(new Point()).message, /is an object of Point, .*: give its data as a plain object$/)
  })

  test('F17 objects deeper than a stack are refused', () => {
    let deep: unknown = 1
    for (let i = 0; i < 20_000; i++) deep = { in: deep }
    assert.match(refusal(deep).message, /^the value, at (\.in)+\.\.\., lies more than 1000 objects deep$/)
    let near: unknown = 1
    for (let i = 0; i < 900; i++) near = [near]
    assert.deepEqual(crossed(near), near)
  })

  test('F18 a getter is read once, and its error is the cause', () => {
    let reads = 0
    const counted = {
      get once() {
        return ++reads
      },
    }
    assert.deepEqual(crossed([counted, counted]), [{ once: 1 }, { once: 1 }])
    const error = new Error('trap')
    const trap = {
      get bad(): never {
        throw error
      },
    }
    const { message, cause } = refusal({ trap })
    assert.equal(message, 'the value, at .trap.bad, cannot be read: its getter throws')
    assert.equal(cause, error)
    const proxy = new Proxy({}, { ownKeys: () => assert.fail('a trap was called') })
    assert.match(refusal(proxy).message, /Proxy/)
  })

  test('F16 memory that was transferred away is refused', () => {
    const bytes = new Uint8Array(8)
    bytes.buffer.transfer()
    assert.match(refusal(bytes.buffer).message, /^the value cannot cross/)
  })

  test('F16 arguments are named by their place', () => {
    assert.throws(() => packArguments([1, { at: [() => 1] }], 'hash'), {
      message: 'argument 2 of hash, at .at[0], is a function, which cannot cross to another thread',
    })
    for (const args of [[], [1, 'a', undefined, 2n ** 70n, -0], [{ a: [1] }, null]]) {
      assert.deepEqual(unpackArguments(packArguments(args, 'hash')), args)
    }
  })
})
