import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { column as c } from 'offloop/record'
import type { AnyColumn } from '../../../src/record/columns/column.ts'
import { Misfit } from '../../../src/record/columns/type.ts'

const write = ({ settings }: AnyColumn, value: unknown) => settings.type.write(value)
const read = ({ settings }: AnyColumn, raw: unknown) => settings.type.read(raw as never)

function refuses(column: AnyColumn, values: readonly unknown[]): void {
  for (const [at, value] of values.entries()) {
    assert.throws(() => write(column, value), Misfit, `took number ${at}`)
  }
}

function cannotRead(column: AnyColumn, raws: readonly unknown[]): void {
  for (const [at, raw] of raws.entries()) {
    assert.throws(() => read(column, raw), Misfit, `read number ${at}`)
  }
}

const bytes = new Uint8Array([1])

describe('values of columns', () => {
  it('SQO-059 an integer is a whole number that a number holds exactly', () => {
    assert.equal(write(c.integer(), 2 ** 53 - 1), 2 ** 53 - 1)
    assert.ok(Object.is(write(c.integer(), -0), 0))
    refuses(c.integer(), [1.9, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, true, '12', 1n, null, {}, [], new Date()])
    assert.equal(read(c.integer(), 5n), 5)
    cannotRead(c.integer(), [2n ** 53n, 1.5, '12', bytes])
    assert.throws(() => read(c.integer(), 2n ** 60n), /column\.bigint\(\)/)
  })

  it('SQO-060 a bigint has 64 bits and no more', () => {
    assert.equal(write(c.bigint(), 2n ** 63n - 1n), 2n ** 63n - 1n)
    assert.equal(write(c.bigint(), -(2n ** 63n)), -(2n ** 63n))
    assert.equal(write(c.bigint(), 7), 7n)
    refuses(c.bigint(), [2n ** 63n, -(2n ** 63n) - 1n, 1.5, 2 ** 53, '1', null])
    assert.equal(read(c.bigint(), 7), 7n)
    cannotRead(c.bigint(), [1.5, 'x', bytes])
  })

  it('SQO-062 a real is a finite number', () => {
    assert.equal(write(c.real(), 1e300), 1e300)
    refuses(c.real(), [Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null])
    assert.equal(read(c.real(), 2n ** 60n), 2 ** 60)
    cannotRead(c.real(), ['x', bytes])
  })

  it('SQO-063 a decimal is exact, whatever its digits', () => {
    const price = c.decimal({ precision: 22, scale: 2 })
    assert.equal(write(price, '12345678901234567890.12'), '12345678901234567890.12')
    for (const [given, kept] of [
      ['1.5', '1.50'],
      ['-0', '0.00'],
      ['-0.10', '-0.10'],
      ['00012', '12.00'],
      ['7.', '7.00'],
      ['1.500000', '1.50'],
    ]) {
      assert.equal(write(price, given), kept)
    }
    assert.equal(write(price, 12), '12.00')
    assert.equal(write(price, 12n), '12.00')
    refuses(price, ['12.345', '123456789012345678901', '', '.5', '1e3', 'NaN', ' 1', '1,5', '٣', 1.5, Number.NaN, null])
    assert.equal(read(price, 12.5), '12.50')
    assert.equal(read(price, '1.2345'), '1.2345')
    cannotRead(price, [1e21, 'abc', bytes])
    assert.equal(write(c.decimal({ precision: 2, scale: 2 }), '0.25'), '0.25')
    assert.equal(write(c.decimal({ precision: 2, scale: 0 }), '25'), '25')
  })

  it('a decimal of a hundred thousand zeros is dealt with at once', () => {
    const price = c.decimal({ precision: 10, scale: 2 })
    const zeros = '0'.repeat(100_000)
    const start = process.hrtime.bigint()
    refuses(price, [`${zeros}x`, `1.${zeros}1`, `${zeros}1.5x`])
    assert.equal(write(price, `${zeros}1.${zeros}`), '1.00')
    assert.ok(process.hrtime.bigint() - start < 2_000_000_000n)
  })

  it('SQO-057 SQO-058 a text has at most as many characters as were told', () => {
    const name = c.text('name', { length: 3 })
    assert.equal(write(name, '😀😀😀'), '😀😀😀')
    refuses(name, ['abcd', '😀😀😀😀', 'x'.repeat(1e6), '\ud800', 3, null, ['a']])
    assert.equal(write(c.text(), 'a\0b'), 'a\0b')
    assert.equal(write(c.text(), ''), '')
    cannotRead(c.text(), [1, bytes])
  })

  it('SQO-061 a boolean is true or false, on every database', () => {
    assert.deepEqual([write(c.boolean(), true), write(c.boolean(), false)], [1, 0])
    refuses(c.boolean(), [1, 0, 2, 'true', '', null])
    assert.deepEqual(
      [1, 0, 1n, 0n, true].map((raw) => read(c.boolean(), raw)),
      [true, false, true, false, true],
    )
    cannotRead(c.boolean(), [2, 'true', bytes])
  })

  it('SQO-065 a day is a text that the calendar has', () => {
    assert.equal(write(c.date(), '2024-02-29'), '2024-02-29')
    refuses(c.date(), ['2023-02-29', '2026-1-1', '2026-13-01', '2026-01-01T00:00', '', new Date(), 20260101])
    assert.equal(read(c.date(), '2026-01-31 23:59:59'), '2026-01-31')
    cannotRead(c.date(), ['2026-02-30', 'soon', 1])
  })

  it('SQO-065 a time of day has seconds, and microseconds where they are told', () => {
    for (const time of ['00:00:00', '23:59:59.999999', '12:30:00.5']) assert.equal(write(c.time(), time), time)
    refuses(c.time(), ['24:00:00', '12:60:00', '12:00', '12:00:00.1234567', 'noon', new Date()])
  })

  it('SQO-066 SQO-067 a point in time is a valid Date, never a text', () => {
    const when = new Date('2026-01-31T12:00:00.123Z')
    assert.equal(write(c.datetime(), when), '2026-01-31T12:00:00.123Z')
    const foreign = runInNewContext("new Date('2026-01-31T12:00:00.123Z')") as Date
    assert.equal(write(c.datetime(), foreign), '2026-01-31T12:00:00.123Z')
    refuses(c.datetime(), [new Date(Number.NaN), '2026-01-31', 0, new Date(8.64e15), new Date(-1e15), {}, null])
    const texts = ['2026-01-31T12:00:00Z', '2026-01-31 12:00:00', '2026-01-31 13:00:00+01', '2026-01-31T13:00+0100']
    for (const text of texts) assert.equal((read(c.datetime(), text) as Date).toISOString(), '2026-01-31T12:00:00.000Z')
    assert.equal((read(c.datetime(), '2026-01-31 12:00:00.123456') as Date).getTime(), when.getTime())
    assert.equal((read(c.datetime(), '2026-01-31') as Date).toISOString(), '2026-01-31T00:00:00.000Z')
    cannotRead(c.datetime(), ['2026-02-30T00:00:00Z', 'abc 1', '1', '31.1.2026', '2026-01-31T25:00:00Z', 0, bytes])
  })

  it('SQO-066 a column of another zone is written and read there', () => {
    const delhi = c.datetime('at', { zone: '+05:30' })
    assert.equal(write(delhi, new Date('2026-01-31T20:00:00Z')), '2026-02-01T01:30:00.000')
    assert.equal((read(delhi, '2026-02-01 01:30:00') as Date).toISOString(), '2026-01-31T20:00:00.000Z')
    assert.equal((read(delhi, '2026-02-01 01:30:00Z') as Date).toISOString(), '2026-02-01T01:30:00.000Z')
    const ends = c.datetime('at', { zone: '-12:00' })
    const first = new Date('0000-01-01T00:00:00Z')
    assert.equal((read(ends, write(ends, first)) as Date).getTime(), first.getTime())
  })

  it('SQO-068 an enum is one of its texts', () => {
    const role = c.enum(['admin', 'guest'])
    assert.equal(write(role, 'guest'), 'guest')
    refuses(role, ['root', '', 'Guest', 0, null, ['guest'], 'toString'])
    cannotRead(role, ['root', 1])
  })

  it('SQO-075 a UUID is checked, and in lower case', () => {
    const upper = 'F47AC10B-58CC-4372-A567-0E02B2C3D479'
    assert.equal(write(c.uuid(), upper), upper.toLowerCase())
    assert.equal(read(c.uuid(), upper), upper.toLowerCase())
    refuses(c.uuid(), ['', 'f47ac10b58cc4372a5670e02b2c3d479', `${upper}0`, 5, null])
    cannotRead(c.uuid(), ['x', bytes])
  })

  it('SQO-079 bytes are bytes, those of no length too', () => {
    assert.deepEqual(write(c.blob(), new Uint8Array(0)), new Uint8Array(0))
    const own = new Uint8Array([1, 2, 3])
    const kept = write(c.blob(), own.subarray(1)) as Uint8Array
    own[1] = 9
    assert.deepEqual([...kept], [2, 3])
    assert.equal(Buffer.isBuffer(write(c.blob(), Buffer.from('a'))), false)
    const transferred = new Uint8Array(3)
    structuredClone(transferred, { transfer: [transferred.buffer] })
    refuses(c.blob(), [transferred, [1], 'a', new ArrayBuffer(1), new Float64Array(1), null])
    cannotRead(c.blob(), ['a', 1])
  })

  it('SQO-076 JSON is what JSON can write', () => {
    const data = c.json()
    const circle: { self?: unknown } = {}
    circle.self = circle
    refuses(data, [1n, { n: 1n }, circle, undefined, () => 1, Symbol('x')])
    assert.equal(write(data, { a: [1, null, 'x'] }), '{"a":[1,null,"x"]}')
    assert.equal(read(data, 5), 5)
    assert.deepEqual(Object.keys(read(data, '{"__proto__":1}') as object), ['__proto__'])
    cannotRead(data, ['{', '', bytes, 'undefined'])
  })

  it('says what is wrong, and never the value', () => {
    const secret = 'hunter2'
    for (const column of [c.integer(), c.enum(['a']), c.decimal({ precision: 4, scale: 2 }), c.uuid(), c.date()]) {
      assert.throws(
        () => write(column, secret),
        (error: Error) => error.message.includes('must be') && !error.message.includes(secret),
      )
      assert.throws(
        () => read(column, secret),
        (error: Error) => !error.message.includes(secret),
      )
    }
  })
})

describe('declaring columns', () => {
  it('refuses what cannot be a column, by name', () => {
    const wrong = { code: 'INVALID_OPTION' }
    assert.throws(() => c.decimal({ precision: 2, scale: 3 }), wrong)
    assert.throws(() => c.decimal({ precision: 0, scale: 0 }), wrong)
    assert.throws(() => c.decimal(undefined as never), wrong)
    assert.throws(() => c.enum([]), wrong)
    assert.throws(() => c.enum(['a', 'a']), wrong)
    assert.throws(() => c.enum(['a\0b']), wrong)
    assert.throws(() => c.text('a', { length: 0 }), wrong)
    assert.throws(() => c.text('a', { len: 5 } as never), wrong)
    assert.throws(() => c.datetime('a', { zone: 'Europe/Berlin' as never }), wrong)
    assert.throws(() => c.datetime('a', { zone: '+25:00' }), wrong)
    assert.throws(() => c.text(''), wrong)
    assert.throws(() => c.integer().check(''), wrong)
    assert.throws(() => c.integer().databaseDefault(''), wrong)
    assert.throws(() => c.integer().references('User' as never), wrong)
    assert.throws(() => c.integer().references(() => class {}, { onDelete: 'destroy' as never }), wrong)
  })

  it('a method gives another column and leaves its own as it is', () => {
    const plain = c.integer()
    const key = plain.primaryKey()
    assert.equal(plain.settings.primaryKey, false)
    assert.equal(key.settings.primaryKey, true)
  })
})
