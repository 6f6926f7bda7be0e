import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import {
  and,
  between,
  contains,
  endsWith,
  eq,
  gt,
  gte,
  ilike,
  like,
  lt,
  lte,
  ne,
  noneOf,
  not,
  notLike,
  oneOf,
  or,
  sql,
  startsWith,
} from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, pool } = openBlog(suite, database)
  type Where = Parameters<typeof User.where>[0]
  const found = async (where: Where) => (await User.where(where).orderBy('id').ids()).join(' ')

  beforeEach(() => fillUsers(pool))

  it('SQO-152 compares by value and by operator; null is IS NULL', async () => {
    assert.equal(await found({ age: 3 }), '3')
    assert.equal(await found({ age: eq(3) }), '3')
    assert.equal(await found({ age: lt(3) }), '1 2')
    assert.equal(await found({ age: lte(3) }), '1 2 3')
    assert.equal(await found({ age: gt(8) }), '9 10')
    assert.equal(await found({ age: gte(8) }), '8 9 10')
    assert.equal(await found({ age: between(3, 6) }), '3 4 6')
    assert.equal(await found({ age: null }), '5')
    assert.equal(await found({ age: eq(null) }), '5')
    assert.equal(await found({ age: ne(null) }), '1 2 3 4 6 7 8 9 10')
    assert.equal(await found({ age: gt(2), role: 'admin' }), '3')
    assert.equal(await found({}), '1 2 3 4 5 6 7 8 9 10')
    assert.throws(() => User.where({ age: gt(null as never) }), { code: 'INVALID_QUERY' })
  })

  it('SQO-151 ne() finds what is null too; SQL’s own rule is two conditions', async () => {
    assert.equal(await found({ age: ne(3) }), '1 2 4 5 6 7 8 9 10')
    assert.equal(await found(and({ age: ne(3) }, { age: ne(null) })), '1 2 4 6 7 8 9 10')
    assert.equal(await found(sql`age <> ${3}`), '1 2 4 6 7 8 9 10')
  })

  it('SQO-153 SQO-154 an attribute that is not there, or a value of another type, is refused before it is sent', () => {
    // @ts-expect-error no such attribute
    assert.throws(() => User.where({ first_name: 'x' }), { code: 'UNKNOWN_ATTRIBUTE' })
    // @ts-expect-error a text for a number
    assert.throws(() => User.where({ age: '1' }), { code: 'ATTRIBUTE_VALUE' })
    // @ts-expect-error a number for a text
    assert.throws(() => User.where({ firstName: 0 }), { code: 'ATTRIBUTE_VALUE' })
    // @ts-expect-error no such role
    assert.throws(() => User.where({ role: 'boss' }), { code: 'ATTRIBUTE_VALUE' })
    // @ts-expect-error no such role among others
    assert.throws(() => User.where({ role: ['admin', 'boss'] }), { code: 'ATTRIBUTE_VALUE' })
    // @ts-expect-error an operator for text
    assert.throws(() => User.where({ age: like('1%') }), { code: 'INVALID_QUERY' })
  })

  it('SQO-155 and() of nothing is true, or() of nothing is false', async () => {
    assert.equal(await found(and()), '1 2 3 4 5 6 7 8 9 10')
    assert.equal(await found(or()), '')
    assert.equal(await found(not(or())), '1 2 3 4 5 6 7 8 9 10')
    assert.equal(await found(or({ age: 1 }, { age: 2, role: 'guest' }, { age: 9 })), '1 9')
    assert.equal(await found(and(or({ age: 1 }, { age: 2 }), not({ id: 1 }))), '2')
    assert.equal(await found(or({ age: 1 }, ['age = ?', 2], sql`age = ${3}`)), '1 2 3')
    // @ts-expect-error no such attribute inside
    assert.throws(() => User.where(or({ nope: 1 })), { code: 'UNKNOWN_ATTRIBUTE' })
  })

  it('SQO-142 what is joined keeps its parentheses', async () => {
    const either = User.where(['(age = ?) OR (age = ?)', 1, 9])
    assert.deepEqual(await either.where({ role: 'guest' }).ids(), [9])
    assert.deepEqual(await either.whereNot({ role: 'guest' }).ids(), [1])
    assert.deepEqual(await User.where(sql`age = 1 or age = 9`).where({ role: 'guest' }).ids(), [9])
  })

  it('SQO-157 an empty list is no row, and all rows the other way; null among values counts', async () => {
    assert.equal(await found({ age: [] }), '')
    assert.equal(await found({ age: oneOf([]) }), '')
    assert.equal(await found({ age: noneOf([]) }), '1 2 3 4 5 6 7 8 9 10')
    assert.equal(await found({ age: [1, 2] }), '1 2')
    assert.equal(await found({ age: oneOf([1, null]) }), '1 5')
    assert.equal(await found({ age: noneOf([1, 2, 3, 4]) }), '5 6 7 8 9 10')
    assert.equal(await found({ age: noneOf([1, 2, 3, 4, null]) }), '6 7 8 9 10')
    assert.throws(() => User.where({ age: oneOf('12' as never) }), { code: 'INVALID_QUERY' })
  })

  it('SQO-157 the values of another query are compared with', async () => {
    const admins = User.where({ role: 'admin' }).valuesOf('age')
    assert.equal(await found({ id: admins }), '1 2 3')
    assert.equal(await found(not({ id: admins })), '4 5 6 7 8 9 10')
    assert.equal(await found({ id: User.where({ role: 'admin' }).orderBy('-id').limit(1).valuesOf('id') }), '3')
    assert.equal(await found({ id: User.none().valuesOf('id') }), '')
    // @ts-expect-error texts for a number
    const mixed = found({ id: User.all().valuesOf('firstName') })
    if (database.dialect.name === 'postgres') await assert.rejects(mixed, { name: 'ProgrammingError', code: '42883' })
    else assert.equal(await mixed, '')
  })

  it('lists of any length are one statement', async () => {
    const ages = Array.from({ length: 100_000 }, (_, at) => at + 9)
    assert.equal(await found({ age: ages }), '9 10')
    assert.equal(await found({ firstName: ages.map((age) => `user ${age}`) }), '9 10')
    assert.equal(await found({ big: ages.map(BigInt) }), '')
  })

  it('SQO-158 text begins, ends, has in it; no character has a meaning of its own', async () => {
    const names = ['50% off', '50!% off', 'a_b', 'aXb', 'back\\slash', "it's", 'Ärger']
    for (const [at, first_name] of names.entries()) {
      await pool.insertMany('users', [{ id: 100 + at, first_name, role: 'guest' }])
    }
    assert.equal(await found({ firstName: startsWith('50%') }), '100')
    assert.equal(await found({ firstName: startsWith('50!') }), '101')
    assert.equal(await found({ firstName: contains('_') }), '102')
    assert.equal(await found({ firstName: contains('\\') }), '104')
    assert.equal(await found({ firstName: endsWith("'s") }), '105')
    assert.equal(await found({ firstName: like('a_b') }), '102 103')
    assert.equal(await found(and({ id: gte(100) }, { firstName: notLike('a_b') })), '100 101 104 105 106')
    assert.equal(await found({ firstName: ilike('A_B') }), '102 103')
    assert.equal(await found({ firstName: contains('') }), (await User.orderBy('id').ids()).join(' '))
    assert.throws(() => User.where({ firstName: contains(3 as never) }), { code: 'INVALID_QUERY' })
  })

  it('undefined is refused wherever it stands', () => {
    const nothing = undefined as never
    for (const where of [{ age: nothing }, { age: [1, nothing] }, { age: gt(nothing) }, { age: between(1, nothing) }]) {
      assert.throws(() => User.where(where), { code: 'INVALID_QUERY', message: /undefined/ })
    }
    assert.throws(() => User.where(['age = ?', undefined]), { code: 'INVALID_QUERY', message: /undefined/ })
  })

  it('values are those of the column: points in time, decimals, big and JSON', async () => {
    const joined = new Date('2026-01-31T12:00:00Z')
    const made = await User.create({
      firstName: 'x',
      role: 'guest',
      joined,
      balance: '10.50',
      big: 2n ** 60n,
      data: { tags: ['a'] },
    })
    assert.equal(await found({ joined }), String(made.id))
    assert.equal(await found({ joined: gt(new Date('2026-01-31T11:59:59Z')) }), String(made.id))
    assert.equal(await found({ balance: '10.5' }), String(made.id))
    assert.equal(await found({ balance: gt('9.00') }), String(made.id))
    assert.equal(await found({ balance: between('10.49', '10.51') }), String(made.id))
    assert.equal(await found({ big: 2n ** 60n }), String(made.id))
    assert.equal(await found({ data: { tags: ['a'] } }), String(made.id))
  })

  it('SQO-150 SQO-160 SQO-173 expressions and functions are written by hand, with bound values', async () => {
    assert.equal(await found(sql`upper(${sql.ref('first_name')}) = ${'USER 7'}`), '7')
    assert.equal(await found(sql`concat(first_name, cast(${'!'} as char)) = ${'user 7!'} and age % ${2} = 1`), '7')
    const { sql: text, values } = User.where(sql`age = ${7}`).toSql()
    assert.match(text, /where \(age = (\?|\$1)\)$/)
    assert.deepEqual(values, [7])
  })

  it('TWI-163 TWI-164 TWI-165 conditions are joined with parentheses; none at all is no condition', async () => {
    const young = ['age < ? OR age > ?', 2, 9] as const
    assert.equal(await found(and(young, ['id > ?', 5])), '10')
    assert.equal(await found(or(young, ['id = ?', 5])), '1 5 10')
    assert.equal(await found(and([], young, {})), '1 10')
    assert.equal(await found(and({})), '1 2 3 4 5 6 7 8 9 10')
  })

  it('queries are narrowed, inverted and united', async () => {
    const admins = User.where({ role: 'admin' })
    assert.deepEqual(await admins.whereNot({ age: [1, 2] }).ids(), [3])
    assert.deepEqual(await admins.or({ age: 9 }).orderBy('id').ids(), [1, 2, 3, 9])
    assert.deepEqual(
      await admins
        .or(User.where({ age: gt(8) }))
        .orderBy('-id')
        .ids(),
      [10, 9, 3, 2, 1],
    )
    assert.deepEqual(
      await admins
        .merge(
          User.where({ age: gt(1) })
            .orderBy('-id')
            .limit(1),
        )
        .ids(),
      [3],
    )
    assert.deepEqual(await User.none().or({ age: 9 }).ids(), [9])
    assert.deepEqual(await User.none().merge(User.all()).ids(), [])
    assert.throws(() => admins.or(User.limit(1)), { code: 'INVALID_QUERY' })
  })
})
