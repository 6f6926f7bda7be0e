import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { column as c, Model } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { withTables } from '../schema/fixtures.ts'

class Sample extends Model('samples', {
  id: c.integer().primaryKey(),
  integer: c.integer().nullable(),
  bigint: c.bigint().nullable(),
  real: c.real().nullable(),
  decimal: c.decimal({ precision: 30, scale: 5 }).nullable(),
  text: c.text().nullable(),
  boolean: c.boolean().nullable(),
  date: c.date().nullable(),
  datetime: c.datetime().nullable(),
  local: c.datetime('local', { zone: 'local' }).nullable(),
  nepal: c.datetime('nepal', { zone: '+05:45' }).nullable(),
  time: c.time().nullable(),
  json: c.json<unknown>().nullable(),
  blob: c.blob().nullable(),
  uuid: c.uuid().nullable(),
  enum: c.enum(['a', "b'c", '"', 'ä😀']).nullable(),
}) {}

// MySQL begins with the year 1000, PostgreSQL has no year 0.
const instant = fc.date({
  min: new Date('1000-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
})
const negative = (text: string) => (/[1-9]/.test(text) ? `-${text}` : text)
const decimal = fc
  .tuple(fc.bigInt(0n, 10n ** 25n - 1n), fc.integer({ min: 0, max: 99_999 }), fc.boolean())
  .map(([whole, fraction, isNegative]) => {
    const text = `${whole}.${String(fraction).padStart(5, '0')}`
    return isNegative ? negative(text) : text
  })
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const hasNoNul = (value: unknown) => !JSON.stringify(value).includes('\\u0000')

const sample = fc.record({
  integer: nullable(fc.maxSafeInteger()),
  bigint: nullable(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  real: nullable(fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)),
  decimal: nullable(decimal),
  text: nullable(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))),
  boolean: nullable(fc.boolean()),
  date: nullable(instant.map((date) => date.toISOString().slice(0, 10))),
  datetime: nullable(instant),
  local: nullable(instant),
  nepal: nullable(instant),
  time: nullable(fc.constantFrom('00:00:00', '23:59:59', '12:30:15.123456')),
  // PostgreSQL has no character U+0000, not even in JSON.
  json: nullable(fc.jsonValue({ noUnicodeString: false } as never).filter(hasNoNul)),
  blob: nullable(fc.uint8Array()),
  uuid: nullable(fc.uuid()),
  enum: nullable(fc.constantFrom('a', "b'c", '"', 'ä😀' as const)),
})

onTunedAndServers((database, suite) => {
  it('SQO-112 what is saved is read back as it was, and reading changes nothing', async () => {
    await withTables(suite, database, [Sample])
    await fc.assert(
      fc.asyncProperty(sample, async (given) => {
        const made = await Sample.create(given as never)
        const found = await Sample.find(made.id)
        assert.ok(found)
        const wanted = { id: made.id, ...given, json: JSON.parse(JSON.stringify(given.json)) }
        assert.deepEqual(found.toObject(), wanted)
        assert.deepEqual({ ...found.changes }, {})
        assert.deepEqual({ ...made.changes }, {})
        found.assign(found.toObject())
        assert.deepEqual({ ...found.changes }, {})
      }),
      { numRuns: 60 },
    )
  })
})
