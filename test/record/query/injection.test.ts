import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { desc } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, idsOf, openBlog } from './fixtures.ts'

/** What a body parser makes of a request. */
function parsed(json: string): never {
  return JSON.parse(json) as never
}

onTunedAndServers((database, suite) => {
  const { User, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('F122 objects out of JSON are values, which no column but JSON takes', async () => {
    const refused = (where: never) =>
      assert.throws(() => User.where(where), { code: /^(ATTRIBUTE_VALUE|UNKNOWN_ATTRIBUTE)$/ })
    refused(parsed('{"age":{"gt":0}}'))
    refused(parsed('{"firstName":{"not":""}}'))
    refused(parsed('{"$or":[{"age":1}]}'))
    refused(parsed('{"id":[[0]]}'))
    refused(parsed('{"id":{"toSqlString":"1"}}'))
    refused(parsed('{"id":{"name":"=","values":[1]}}'))
    refused(parsed('{"firstName":0}'))
    refused(parsed('{"id":"1"}'))
    refused(parsed('{"word":"or","parts":[]}'))
    refused(parsed('{"isRawBuilder":true}'))
    assert.throws(() => User.where(parsed('"1 = 1"')), { name: 'TypeError' })
    assert.deepEqual(await User.where(parsed('{"data":{"gt":0}}')), [])
    assert.deepEqual(idsOf(await User.where(parsed('{"id":[1,2]}')).orderBy('id')), [1, 2])
  })

  it('F122 what looks like SQL to a query builder is none unless the sql tag made it', () => {
    const node = { kind: 'RawNode', sqlFragments: ['1 = 1'], parameters: [] }
    const duck = {
      isRawBuilder: true,
      toOperationNode: () => node,
      compile: () => ({ sql: '1 = 1' }),
      execute: () => 1,
    }
    for (const [model, given] of [
      [User, duck],
      [User, node],
    ] as const) {
      assert.throws(() => model.where(given as never), { code: 'UNKNOWN_ATTRIBUTE' })
      assert.throws(() => model.where({ id: given as never }), { code: 'ATTRIBUTE_VALUE' })
      assert.throws(() => model.orderBy(given as never), { code: 'INVALID_QUERY' })
      assert.throws(() => model.orderBy(desc(given as never)), { code: 'INVALID_QUERY' })
    }
  })

  it('F122 findBy, getBy and get take what came from outside: no SQL, no options', async () => {
    for (const body of ['["1 = 1"]', '"1 = 1"', 'null', '3']) {
      assert.throws(() => User.findBy(parsed(body)), { name: 'TypeError' })
      await assert.rejects(User.getBy(parsed(body)), { name: 'TypeError' })
    }
    await assert.rejects(User.get(parsed('{"where":{"role":"admin"},"limit":1}')), { code: 'ATTRIBUTE_VALUE' })
    await assert.rejects(User.get(parsed('[1]')), { code: 'INVALID_QUERY' })
  })

  it('F123 C1 names, directions and limits are looked up or counted, never text', async () => {
    for (const by of ['name; drop', 'id desc', 'id asc, (select 1)', { id: 'asc, (select 1)' }, ['id'], 1, null]) {
      assert.throws(() => User.orderBy(by as never), { code: /^(UNKNOWN_ATTRIBUTE|INVALID_QUERY)$/ })
      assert.throws(() => User.orderBy(desc(by as never)), { code: /^(UNKNOWN_ATTRIBUTE|INVALID_QUERY)$/ })
      assert.throws(() => User.select(by as never), { code: 'UNKNOWN_ATTRIBUTE' })
      await assert.rejects(User.pluck(by as never), { code: 'UNKNOWN_ATTRIBUTE' })
      await assert.rejects(User.max(by as never), { code: /^(UNKNOWN_ATTRIBUTE|INVALID_QUERY)$/ })
      assert.throws(() => User.joins(by as never), { code: 'UNKNOWN_RELATION' })
    }
    for (const count of ['1; x', -1, 1e21, '1', [1], { valueOf: () => 1 }, null]) {
      assert.throws(() => User.limit(count as never), { name: 'RangeError' })
      assert.throws(() => User.offset(count as never), { name: 'RangeError' })
    }
  })

  it('TWI-076 F123 keys of conditions are attributes, quoted', async () => {
    for (const key of ['a;--', 'id = 1 or 1', 'first_name', '"id"', "x' or '1'='1"]) {
      assert.throws(() => User.findBy({ [key]: 1 } as never), { code: 'UNKNOWN_ATTRIBUTE' })
    }
    assert.equal(await User.count(), 10)
  })

  it('C1 nothing is read off, or written to, a prototype', async () => {
    const polluted = Object.prototype as { limit?: number; role?: string }
    for (const body of ['{"__proto__":{"role":"admin"}}', '{"constructor":{"role":"admin"}}', '{"toString":1}']) {
      assert.throws(() => User.where(parsed(body)), { code: 'UNKNOWN_ATTRIBUTE' })
    }
    polluted.limit = 1
    polluted.role = 'admin'
    try {
      assert.equal((await User.find({ orderBy: 'id' })).length, 10)
      assert.equal((await User.where({ age: 8 })).length, 1)
    } finally {
      delete polluted.limit
      delete polluted.role
    }
    assert.equal(({} as { role?: unknown }).role, undefined)
  })
})
