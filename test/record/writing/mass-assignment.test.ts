import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ModelError } from 'offloop/record'
import { type Database, onTunedAndServers } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { opened } from './fixtures.ts'

onTunedAndServers((database: Database, suite) => {
  const o = opened(suite, database)
  const clean = Object.getOwnPropertyNames(Object.prototype).sort()

  /** What an attacker may send: as JSON, so that `__proto__` is a key of its own. */
  const attacks = [
    '{"isAdmin": true}',
    '{"__proto__": {"isAdmin": true}}',
    '{"constructor": {"prototype": {"isAdmin": true}}}',
    '{"save": 1}',
    '{"validate": false}',
    '{"isNew": false}',
    '{"changes": {}}',
    '{"toString": "x"}',
    '{"prototype": {}}',
    '{"DROP TABLE people": 1}',
  ].map((text) => JSON.parse(text) as Record<string, never>)

  for (const attack of attacks) {
    test(`F124 ${inspect(attack)} is refused wherever attributes are given, and changes nothing`, async () => {
      const person = await o.Person.create({ name: `kept ${JSON.stringify(attack)}` })
      const { save } = person
      const works: (() => unknown)[] = [
        () => new o.Person(attack),
        () => person.assign({ name: 'changed', ...attack, ...own(attack) }),
        () => person.update(attack),
        () => o.Person.create({ name: 'x', ...own(attack) }),
        () => o.Person.create([own(attack)] as never),
        () => o.Person.findOrCreate(own(attack) as never),
        () => o.Person.findOrCreate({ name: 'nobody' }, own(attack)),
        () => o.Person.insertMany([{ name: 'x', ...own(attack) }]),
        () => o.Person.upsert({ name: 'x', ...own(attack) }, { conflict: 'name' }),
        () => o.Person.updateAll(own(attack)),
        () => o.Person.where(own(attack)).count(),
      ]
      for (const work of works) {
        const error = await rejectionOf(async () => await work())
        assert.ok(error instanceof ModelError, inspect(error))
        assert.equal(error.code, 'UNKNOWN_ATTRIBUTE')
      }
      assert.deepEqual({ ...person.changes }, {})
      assert.equal(person.save, save)
      assert.equal('isAdmin' in person, false)
      assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), clean)
      assert.equal(await o.Person.where({ name: ['x', 'changed', 'nobody'] }).count(), 0)
    })
  }

  test('F124 a list says which attributes may be assigned: any other is refused, and none is assigned', async () => {
    const person = new o.Person({ name: 'a' })
    person.assign({ name: 'b', age: 3 }, { only: ['name', 'age'] })
    assert.deepEqual([person.name, person.age], ['b', 3])
    const body = JSON.parse('{"name": "c", "id": 1}') as object
    assert.throws(() => person.assign(body, { only: ['name'] }), { code: 'NOT_ASSIGNABLE', message: /^"id" of Person/ })
    assert.throws(() => person.assign({ role: 'admin' }, { only: [] }), { code: 'NOT_ASSIGNABLE' })
    assert.deepEqual([person.name, person.id], ['b', null])
    // @ts-expect-error no such attribute
    assert.throws(() => person.assign({ name: 'x' }, { only: ['nope'] }), ModelError)
    assert.throws(() => person.assign({ name: 'x' }, { except: [] } as never), { code: 'INVALID_OPTION' })
    assert.throws(() => person.assign({ name: 'x' }, { only: 'name' } as never), { code: 'INVALID_OPTION' })
  })

  test('F124 what is inherited by the given object is not assigned', () => {
    const given = Object.create({ name: 'inherited' }) as object
    assert.equal(new o.Person(given).name, null)
    assert.throws(() => new o.Person([] as never), ModelError)
    assert.throws(() => new o.Person('text' as never), ModelError)
  })
})

/** The same keys as properties of its own, so that a spread keeps them. */
function own(attack: Record<string, never>): Record<string, never> {
  return Object.defineProperties(Object.create(null), Object.getOwnPropertyDescriptors(attack))
}
