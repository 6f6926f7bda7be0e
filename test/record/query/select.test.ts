import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { LeftOutError } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, openBlog } from './fixtures.ts'

const TO_SQL = {
  sqlite: 'select "users"."id" from "users" where "users"."first_name" = ? order by "users"."age" desc limit ?',
  postgres:
    'select "users"."id" from "users" where "users"."first_name" = $1 order by "users"."age" desc nulls last limit $2',
  mysql: 'select `users`.`id` from `users` where `users`.`first_name` = ? order by `users`.`age` desc limit ?',
}

onTunedAndServers((database, suite) => {
  const { User, db, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('select reads some attributes only; the others throw, and the compiler knows', async () => {
    const [user] = await User.where({ id: 2 }).select('id', 'firstName')
    assert.ok(user instanceof User)
    assert.equal(user.firstName, 'user 2')
    const partial: { id: number; firstName: string } = user
    assert.equal(partial.id, 2)
    const found = await User.where({ id: 2 }).select('firstName').getOne()
    const isLeftOut = (error: unknown) => error instanceof LeftOutError && /reload\(\)/.test(error.message)
    // @ts-expect-error it was not selected
    assert.throws(() => found.age, isLeftOut)
    // @ts-expect-error no such attribute
    assert.throws(() => User.select('nope'), { code: 'UNKNOWN_ATTRIBUTE' })
    assert.throws(() => User.select(), { code: 'INVALID_QUERY' })
  })

  it('a record that was partly read is saved and reloaded', async () => {
    const user = await User.select('id', 'firstName').where({ id: 2 }).getOne()
    user.firstName = 'new'
    await user.save()
    assert.deepEqual(await pool.runQuery('SELECT first_name, age FROM users WHERE id = 2'), [
      { first_name: 'new', age: 2 },
    ])
    const whole = (await user.reload()) as unknown as { age: number }
    assert.equal(whole.age, 2)
  })

  it('SQO-141 distinct tells rows apart by what is selected', async () => {
    const roles = await User.select('role').distinct().orderBy('role')
    assert.deepEqual(
      roles.map(({ role }) => role),
      ['admin', 'guest'],
    )
    assert.deepEqual(await User.distinct().orderBy('role').pluck('role'), ['admin', 'guest'])
  })

  it('pluck gives the values of one attribute, or tuples of several, decoded', async () => {
    await User.where({ id: 1 }).updateAll({ joined: new Date('2026-01-31T12:00:00Z'), data: { tags: ['a'] } })
    const names: string[] = await User.where({ id: [1, 2] })
      .orderBy('id')
      .pluck('firstName')
    assert.deepEqual(names, ['user 1', 'user 2'])
    const pairs: [number, Date | null][] = await User.where({ id: [1, 2] })
      .orderBy('id')
      .pluck('id', 'joined')
    assert.deepEqual(pairs, [
      [1, new Date('2026-01-31T12:00:00Z')],
      [2, null],
    ])
    assert.deepEqual(await User.where({ id: 1 }).pluck('data'), [{ tags: ['a'] }])
    const ids: number[] = await User.orderBy('-id').limit(2).ids()
    assert.deepEqual(ids, [10, 9])
    // @ts-expect-error no such attribute
    await assert.rejects(User.pluck('nope'), { code: 'UNKNOWN_ATTRIBUTE' })
  })

  it('TWI-077 a column that the table does not have is the database’s error', async () => {
    await pool.runOperation('ALTER TABLE users RENAME COLUMN score TO points')
    try {
      await assert.rejects(async () => await User.all(), { name: 'ProgrammingError', kind: 'missing' })
    } finally {
      await pool.runOperation('ALTER TABLE users RENAME COLUMN points TO score')
    }
    assert.equal((await User.all()).length, 10)
  })

  it('SQO-170 toSql shows text and values, explain what the database would do', async () => {
    const query = User.where({ firstName: 'user 2' }).orderBy('-age').limit(3).select('id')
    const { sql, values } = query.toSql()
    assert.deepEqual(values, ['user 2', 3])
    assert.equal(sql, TO_SQL[database.dialect.name])
    if (database.dialect.name !== 'sqlite') return assert.match(await query.explain(), /users/)
    assert.match(await query.explain(), /^SCAN users\n.*ORDER BY/s)
    assert.match(await User.where({ id: 3 }).explain(), /SEARCH users USING INTEGER PRIMARY KEY/)
    assert.match(await User.where({ id: User.where({ age: 3 }).valuesOf('id') }).explain(), /\n {2}\S/)
  })

  it('SQO-147 forUpdate locks rows; it adds nothing in SQLite, where a transaction that writes has the database for itself', async () => {
    const end = { sqlite: '', postgres: ' for update of "users"', mysql: ' for update' }[database.dialect.name]
    assert.equal(User.forUpdate().toSql().sql, `${User.all().toSql().sql}${end}`)
    await db.transaction(async () => {
      const user = await User.where({ id: 1 }).forUpdate().getOne()
      await user.update({ age: 40 })
    })
    assert.equal((await User.get(1)).age, 40)
  })

  it('queries join the transaction that the running code is in', async () => {
    const mine = new Error('changed my mind')
    await assert.rejects(
      pool.runInteraction(async () => {
        await pool.runOperation('DELETE FROM users WHERE id > 1')
        assert.deepEqual(await User.all().ids(), [1])
        throw mine
      }),
      mine,
    )
    assert.equal(await User.count(), 10)
  })
})
