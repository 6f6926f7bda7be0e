import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { errorClasses, SqlError } from '../../src/contract/errors.ts'
import { causeRecord, errorFromCause, errorFromRecord, recordOf } from '../../src/contract/failure.ts'
import { ByteWriter, boundOf, Overflow } from '../../src/thread/byte-writer.ts'
import { ManyValues } from '../../src/thread/many-values.ts'
import { cell } from '../../src/thread/memory.ts'
import { decodeAlone, encodeAlone, RingReader, RingWriter } from '../../src/thread/ring.ts'

function across(value: unknown): unknown {
  return decodeAlone(encodeAlone(1, 0, 0, (writer) => writer.value(value))).body.value()
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii' }),
  // UTF-16 units one by one: lone surrogates included.
  fc.array(fc.nat(65535)).map((units) => String.fromCharCode(...units)),
)
const anyScalar = fc.oneof(
  fc.constantFrom(null, undefined, true, false, Number.NaN, -0, 0, Infinity, -Infinity, 2 ** 31, -(2 ** 31) - 1),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  anyText,
  fc.uint8Array(),
)
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyScalar,
    fc.array(tie('value')),
    fc.dictionary(anyText, tie('value'), { noNullPrototype: true }),
  ),
})).value

test('NOD-004 every value crosses unchanged: numbers with their sign, bigints of any size, bytes, any UTF-16 text', () => {
  fc.assert(
    fc.property(anyValue, (value) => assert.deepStrictEqual(across(value), value)),
    { numRuns: 2000 },
  )
})

test('a value never takes more than its bound', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const memory = new SharedArrayBuffer(65536)
      const control = new Int32Array(new SharedArrayBuffer(4096))
      const writer = new RingWriter(memory, control, cell.requestHead, cell.requestTail)
      const bound = boundOf(value)
      fc.pre(bound <= writer.largest)
      const body = writer.begin(1, 0, bound)
      body?.value(value)
      writer.end(0)
      writer.publish()
      const reader = new RingReader(memory, control, cell.requestHead, cell.requestTail)
      assert.deepStrictEqual(reader.next()?.body.value(), value)
    }),
  )
})

test('values of many executions cross unchanged, and take no more than their bound', () => {
  const value = fc.oneof(
    fc.constantFrom(null, -0, 0, 2 ** 31),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    anyText,
    fc.uint8Array(),
  )
  const long = fc.string({ unit: 'binary-ascii', minLength: 5000, maxLength: 6000 })
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 20, arbitrary: value }, long)), (values) => {
      const memory = new SharedArrayBuffer(256 * 1024)
      const control = new Int32Array(new SharedArrayBuffer(4096))
      const writer = new RingWriter(memory, control, cell.requestHead, cell.requestTail)
      const many = new ManyValues(values)
      const body = writer.begin(1, 0, many.bound) as ByteWriter
      many.write(body)
      writer.end(0)
      writer.publish()
      const reader = new RingReader(memory, control, cell.requestHead, cell.requestTail).next()?.body
      assert.deepStrictEqual(
        values.map(() => reader?.value()),
        values,
      )
    }),
    { numRuns: 500 },
  )
})

test('a writer of fixed size that is full says so before it writes beyond its end', () => {
  const writer = new ByteWriter(new SharedArrayBuffer(64))
  writer.start(0, 16)
  writer.value(1)
  assert.throws(() => writer.value(new Uint8Array(20)), Overflow)
  assert.equal(writer.position, 5)
})

test('a database integer becomes a number where that is exact, and stays a bigint beyond', () => {
  const edges = [
    0n,
    -1n,
    2n ** 31n,
    2n ** 53n - 1n,
    2n ** 53n,
    -(2n ** 53n) + 1n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]
  for (const edge of edges) {
    const message = decodeAlone(encodeAlone(1, 0, 0, (writer) => writer.databaseValue(edge)))
    const exact = edge > -(2n ** 53n) && edge < 2n ** 53n
    assert.strictEqual(message.body.value(), exact ? Number(edge) : edge)
  }
})

test('bytes do not change when their memory does', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const encoded = encodeAlone(1, 0, 0, (writer) => writer.value(bytes))
  bytes.fill(9)
  assert.deepEqual(decodeAlone(encoded).body.value(), Uint8Array.of(1, 2, 3))
})

test('a function or symbol does not cross and says so', () => {
  assert.throws(() => across(() => 1), /a function cannot cross/)
  assert.throws(() => across([Symbol('x')]), /a symbol cannot cross/)
})

test('NOD-003 an error keeps its class, code, kind, message, cause chain and AggregateError members', () => {
  const cause = Object.assign(new RangeError('inner', { cause: new AggregateError([new TypeError('a')], 'many') }), {
    errno: 14,
    code: 'EINNER',
  })
  for (const Class of Object.values(errorClasses)) {
    const details = {
      code: 'X',
      kind: 'unique',
      retryable: true,
      table: 't',
      columns: ['a'],
      sql: 'S',
      index: 3,
    } as const
    const error = new Class('outer', { ...details, cause })
    const back = errorFromRecord(across(recordOf(error)) as ReturnType<typeof recordOf>)
    assert.ok(back instanceof Class)
    assert.equal(back.name, Class.name)
    assert.equal(back.message, 'outer')
    for (const [name, value] of Object.entries(details)) assert.deepEqual(back[name as keyof SqlError], value)
    const inner = back.cause as Error & { errno: number; code: string }
    assert.deepEqual([inner.name, inner.message, inner.errno, inner.code], ['RangeError', 'inner', 14, 'EINNER'])
    assert.equal(inner.stack, cause.stack)
    const many = inner.cause as AggregateError
    assert.ok(many instanceof AggregateError)
    assert.equal(many.errors[0].name, 'TypeError')
  }
})

test('a cycle of causes ends, and a thrown value that is no error keeps its text', () => {
  const error = new Error('loop')
  error.cause = error
  assert.equal(errorFromCause(causeRecord(error)).cause, undefined)
  assert.deepEqual(causeRecord('just text'), { name: 'string', message: 'just text' })
  assert.equal(causeRecord(Object.create(null)).message, '[object Object]')
})

test('DEF-030 instanceof holds for an error of another copy of the package', async () => {
  const copy: typeof import('../../src/contract/errors.ts') = await import(
    new URL('../../src/contract/errors.ts?copy', import.meta.url).href
  )
  const foreign = new copy.IntegrityError('x')
  assert.ok(foreign instanceof errorClasses.IntegrityError)
  assert.ok(foreign instanceof errorClasses.DatabaseError)
  assert.ok(foreign instanceof SqlError)
  assert.ok(!(foreign instanceof errorClasses.InterfaceError))
  assert.ok(!(new Error('x') instanceof SqlError))
})
