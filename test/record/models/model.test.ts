import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { column as c, connect, Model, ModelError, pascalCase, snakeCase } from 'offloop/record'
import { openPool, tunedDatabases } from '../../databases.ts'
import { withTables } from '../schema/fixtures.ts'

const [database] = tunedDatabases as [(typeof tunedDatabases)[number]]
const key = { id: c.integer().primaryKey() }

describe('the name of a table', () => {
  it('TWI-019 SQO-037 is the one that was given, or made of the name of the class', () => {
    class Person extends Model({ ...key }) {}
    class FavoriteColor extends Model({ ...key }) {}
    class Odd extends Model('people_too', { ...key }) {}
    class Named extends Model({ ...key }) {
      static override readonly tableName = 'some_names'
    }
    assert.deepEqual(
      [Person, FavoriteColor, Odd, Named].map((model) => model.tableName),
      ['people', 'favorite_colors', 'people_too', 'some_names'],
    )
  })

  it('TWI-020 is worked out for each class, whichever is asked first; one that was given is inherited', () => {
    class User extends Model({ ...key }) {}
    class Admin extends User {}
    assert.deepEqual([User.tableName, Admin.tableName], ['users', 'admins'])
    class Beast extends Model('animals', { ...key }) {}
    class Dog extends Beast {}
    assert.deepEqual([Dog.tableName, Beast.tableName], ['animals', 'animals'])
    class Car extends Model({ ...key }) {
      static override readonly tableName: string = 'vehicles'
    }
    class Truck extends Car {}
    assert.equal(Truck.tableName, 'vehicles')
  })

  it('a class without a name needs one', () => {
    const anonymous = (() => class extends Model({ ...key }) {})()
    assert.throws(() => anonymous.tableName, { code: 'INVALID_MODEL', message: /class without a name/ })
  })

  it('SQO-040 SQO-056 columns are named in the style that was chosen, and quoted', async (t) => {
    class Person extends Model(
      { ...key, firstName: c.text(), order: c.integer(), odd: c.text('ODD name') },
      { names: snakeCase },
    ) {}
    class Pet extends Model('Pet', { ...key, firstName: c.text() }, { names: pascalCase({ longId: true }) }) {}
    const pool = await withTables(t, database, [Person, Pet])
    await Person.create({ firstName: 'ann', order: 1, odd: 'x' })
    await Pet.create({ firstName: 'rex' })
    assert.deepEqual(await pool.runQuery('SELECT first_name, "order", "ODD name" FROM people'), [
      { first_name: 'ann', order: 1, 'ODD name': 'x' },
    ])
    assert.deepEqual(
      await pool.runQuery('SELECT PersonID FROM Pet').catch((error: Error) => error.message),
      'no such column: PersonID',
    )
    assert.deepEqual(await pool.runQuery('SELECT PetID, FirstName FROM Pet'), [{ PetID: 1, FirstName: 'rex' }])
    assert.equal((await Person.where({ firstName: 'ann' }).orderBy('-order').first())?.odd, 'x')
  })
})

describe('declaring a model', () => {
  const refused = (declare: () => unknown, message: RegExp) =>
    assert.throws(
      declare,
      (error: Error) => error instanceof ModelError && error.code === 'INVALID_MODEL' && message.test(error.message),
    )

  it('SQO-032 SQO-033 refuses what no table can have', () => {
    refused(() => Model('users', { a: c.text('x'), b: c.text('x') }), /two attributes have the column "x"/)
    refused(() => Model('users', {}), /a model is declared as/)
    refused(() => Model('users', { a: c.text(), b: 5 as never }), /b must be declared by a column/)
    refused(() => Model('', { ...key }), /is empty/)
    refused(() => Model('a\0b', { ...key }), /U\+0000/)
    refused(() => Model('users', { '': c.text() }), /is empty/)
    refused(() => Model('users', { a: c.text('x\ud800') }), /surrogate/)
    refused(() => Model('users', { id: c.integer().nullable().primaryKey() }), /never null/)
    refused(() => Model('users', { at: c.text().createdAt() }), /createdAt\(\), which needs a column of datetime/)
    refused(() => Model('users', { n: c.text().lockVersion() }), /integer or bigint/)
    refused(() => Model(5 as never), /a model is declared as/)
    refused(() => Reflect.apply(Model, null, ['users', { ...key }, {}, {}]), /a model is declared as/)
    assert.throws(() => Model('users', { ...key }, { style: 1 } as never), { code: 'INVALID_OPTION' })
    assert.throws(() => Model('users', { ...key }, { names: {} as never }), { code: 'INVALID_OPTION' })
  })

  it('SQO-033 a field that hides a column or a method is refused when the class is connected', (t) => {
    const pool = openPool(t, database)
    class Hides extends Model('users', { ...key, name: c.text() }) {
      override name = 'joe'
    }
    class Method extends Model('users', { ...key }) {
      override save = (async () => this) as never
    }
    class Related extends Model('users', { ...key }) {
      friend: unknown = this.hasOne(() => Related)
    }
    class Again extends Related {
      override friend = null
    }
    refused(() => connect(pool, [Hides]), /the field name of Hides hides its column/)
    refused(() => connect(pool, [Method]), /the field save of Method hides the method/)
    refused(() => connect(pool, [Again]).createTablesSql(), /a field of Again hides a relation/)
  })

  it('SQO-035 two models of one name do not belong to one database', (t) => {
    const pool = openPool(t, database)
    const make = () => {
      class User extends Model({ ...key }) {}
      return User
    }
    refused(() => connect(pool, [make(), make()]), /two models of one database are called User/)
    const one = make()
    connect(pool, [one, one])
    connect(openPool(t, database), [make()])
  })
})

class Odd extends Model('odds', {
  ...key,
  save: c.text(),
  errors: c.text().nullable(),
  constructor: c.text().nullable(),
  // biome-ignore lint/suspicious/noThenProperty: any name may be that of a column
  then: c.text().nullable(),
  ['__proto__']: c.text().nullable(),
  toString: c.integer().nullable(),
  count: c.integer().nullable(),
  q: c.text().nullable(),
  j: c.text().nullable(),
  hasOwnProperty: c.text().nullable(),
}) {}

it('TWI-026 SQO-034 a column may have the name of a method: the method stays, get and set reach the column', async (t) => {
  await withTables(t, database, [Odd])
  const given = JSON.parse(
    '{"save":"s","errors":"e","constructor":"c","then":"t","__proto__":"p","toString":5,"count":6,"q":"q","j":"j","hasOwnProperty":"h"}',
  )
  const odd = await Odd.create(given)
  assert.equal(typeof odd.save, 'function')
  assert.equal(odd.constructor, Odd)
  assert.equal(Object.getPrototypeOf(odd), Odd.prototype)
  assert.equal(typeof odd.hasOwnProperty, 'function')
  for (const [name, value] of Object.entries(given)) assert.equal(odd.get(name as 'save'), value)
  assert.deepEqual([odd.q, odd.j, odd.count], ['q', 'j', 6])
  odd.set('save', 'other').set('__proto__', 'changed').set('then', null)
  assert.deepEqual(Object.keys(odd.changes), ['save', 'then', '__proto__'])
  await odd.save()
  const found = await Odd.find(odd.id)
  const wanted = new Map<string, unknown>([['id', 1], ...Object.entries(given)])
  wanted.set('save', 'other').set('__proto__', 'changed').set('then', null)
  assert.deepEqual(new Map(Object.entries(found?.toObject() ?? {})), wanted)
  assert.equal(found?.get('__proto__'), 'changed')
  assert.match(String(found), /save: 'other'/)
})

it('two models of one table each read their own columns', async (t) => {
  class User extends Model('users', { ...key, name: c.text(), password: c.text().nullable() }) {}
  class Login extends Model('users', { password: c.text().nullable(), ...key }) {}
  const pool = await withTables(t, database, [User])
  connect(pool, [Login])
  await User.create({ name: 'joe', password: 'x' })
  assert.deepEqual((await Login.find(1))?.toObject(), { password: 'x', id: 1 })
  assert.deepEqual((await User.find(1))?.toObject(), { id: 1, name: 'joe', password: 'x' })
})

it('two models of one table with other keys, or a lock version, write their own rows', async (t) => {
  const version = { version: c.integer().lockVersion() }
  class User extends Model('users', { ...key, name: c.text().unique(), ...version }) {}
  class ByName extends Model('users', { name: c.text().primaryKey(), id: c.integer(), version: c.integer() }) {}
  await connect(openPool(t, database), [User, ByName]).createTables()
  const ann = await User.create({ name: 'ann' })
  const bob = await User.create({ name: 'bob' })
  await ann.update({ name: 'anna' })
  await (await ByName.find('bob'))?.update({ version: 5 })
  await assert.rejects(bob.delete(), { kind: 'stale' })
  await (await ByName.find('bob'))?.delete()
  await ann.delete()
  assert.equal(await User.all().count(), 0)
})
