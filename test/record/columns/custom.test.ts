import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, connect, Model, type StandardSchema } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { withTables } from '../schema/fixtures.ts'

class Point {
  x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}

function schemaOf<T>(check: (value: unknown) => T | string): StandardSchema<T> {
  const validate = (value: unknown) => {
    const result = check(value)
    return typeof result === 'string'
      ? { issues: [{ message: result, path: ['deep', { key: 0 }] }] }
      : { value: result }
  }
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } }
}

const even = schemaOf((value) => (typeof value === 'number' && value % 2 === 0 ? value : 'must be even'))

class Place extends Model('places', {
  id: c.integer().primaryKey(),
  at: c.custom<Point>({
    storage: 'text',
    read: (raw) => new Point(...(String(raw).split(',').map(Number) as [number, number])),
    write: ({ x, y }) => `${x},${y}`,
  }),
  floor: c.custom({ storage: 'integer', schema: even }).nullable(),
}) {}

onTunedAndServers((database, suite) => {
  it('SQO-081 values of a class of your own are read and written by a codec', async () => {
    await withTables(suite, database, [Place])
    const { id } = await Place.create({ at: new Point(1, 2), floor: 4 })
    const place = await Place.find(id)
    assert.ok(place?.at instanceof Point)
    assert.deepEqual(place.at, new Point(1, 2))
    assert.deepEqual({ ...place.changes }, {})
    place.at.x = 5
    assert.ok(place.isChanged('at'))
    await place.save()
    assert.deepEqual((await Place.find(id))?.at, new Point(5, 2))
  })
})

it('SQO-081 SQO-082 a Standard Schema says which values there are', async (t) => {
  const [database] = (await import('../../databases.ts')).tunedDatabases
  const pool = openPool(t, database!)
  await connect(pool, [Place], { replace: true }).createTables()
  await assert.rejects(Place.create({ at: new Point(0, 0), floor: 3 }), {
    code: 'ATTRIBUTE_VALUE',
    message: 'Place.floor is not valid: deep.0: must be even',
  })
  assert.equal(await Place.all().count(), 0)
})

it('a schema that answers later is refused in words, and nothing is left to be caught', async () => {
  const later = { '~standard': { version: 1, vendor: 'test', validate: async () => Promise.reject(new Error('late')) } }
  class Later extends Model('laters', { n: c.custom({ storage: 'integer', schema: later as never }) }) {}
  const column = c.custom({ storage: 'integer', schema: later as never })
  assert.throws(() => column.settings.type.write(1), { code: 'INVALID_MODEL', message: /must answer at once/ })
  assert.equal(Later.tableName, 'laters')
})

it('what a codec throws, or gives that no database takes, is one error with its cause', () => {
  const boom = new Error('boom')
  const write = (given: () => unknown) => c.custom({ storage: 'text', write: given as never }).settings.type.write('x')
  assert.throws(
    () =>
      write(() => {
        throw boom
      }),
    { message: 'is not taken: write of its codec threw', cause: boom },
  )
  assert.throws(() => write(async () => 'x'), /its codec made an object of Promise of it/)
  assert.throws(() => write(() => undefined), /undefined/)
  assert.throws(() => write(() => ({})), /must become a text/)
})

it('a codec is checked when the column is declared', () => {
  const wrong = { code: 'INVALID_OPTION' }
  assert.throws(() => c.custom({ storage: 'point' as never }), wrong)
  assert.throws(() => c.custom({ storage: 'text', read: 5 as never }), wrong)
  assert.throws(() => c.custom({ storage: 'text', schema: {} as never }), wrong)
  assert.throws(() => c.custom({ storage: 'text', wriet: () => '' } as never), wrong)
  assert.throws(() => c.custom(undefined as never), wrong)
})
