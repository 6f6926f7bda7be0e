import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { gt, not, or, startsWith } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, Picture, pool } = openBlog(suite, database)

  beforeEach(async () => {
    await fillUsers(pool)
    await pool.insertMany('pictures', [
      { id: 1, name: 'cat', user_id: 1 },
      { id: 2, name: 'cow', user_id: 1 },
      { id: 3, name: 'dog', user_id: 9 },
      { id: 4, name: 'emu', user_id: null },
    ])
  })

  it('SQO-162 joins give a record for each related one; conditions name the relation', async () => {
    assert.deepEqual(idsOf(await User.joins('pictures').orderBy('id')), [1, 1, 9])
    assert.deepEqual(idsOf(await User.joins('pictures').distinct().orderBy('id')), [1, 9])
    const cats = User.joins('pictures').where({ pictures: { name: 'cat' }, age: gt(0) })
    assert.deepEqual(idsOf(await cats), [1])
    assert.deepEqual(
      await Picture.joins('user')
        .where({ user: { role: 'guest' } })
        .pluck('name'),
      ['dog'],
    )
    assert.deepEqual(await User.joins('pictures').count(), 3)
    const some = User.joins('pictures').where(
      or({ pictures: { name: 'dog' } }, { pictures: { name: startsWith('ca') } }),
    )
    assert.deepEqual(await some.orderBy('id').ids(), [1, 9])
    // @ts-expect-error no such relation
    assert.throws(() => User.joins('nope'), { code: 'UNKNOWN_RELATION' })
    // @ts-expect-error no such attribute of the other one
    assert.throws(() => User.joins('pictures').where({ pictures: { age: 3 } }), { code: 'UNKNOWN_ATTRIBUTE' })
    // @ts-expect-error not joined
    assert.throws(() => User.where({ pictures: { name: 'cat' } }), {
      code: 'INVALID_QUERY',
      message: /joins\('pictures'\)/,
    })
  })

  it('SQO-162 left joins keep those to which nothing is related', async () => {
    const query = User.where({ id: [1, 2, 9] })
      .leftJoins('pictures')
      .orderBy('id')
    assert.deepEqual(await query.ids(), [1, 1, 2, 9])
    assert.deepEqual(await query.where({ pictures: { id: null } }).ids(), [2])
    assert.deepEqual(await query.joins('pictures').ids(), [1, 1, 9])
    assert.deepEqual(await query.merge(User.joins('pictures') as never).ids(), [1, 1, 9])
  })

  it('SQO-159 SQO-129 whereHas asks for any related record, one that fulfils conditions, or this one', async () => {
    assert.deepEqual(await User.whereHas('pictures').orderBy('id').ids(), [1, 9])
    assert.deepEqual(await User.whereHas('pictures', { name: ['cat', 'cow'] }).ids(), [1])
    assert.deepEqual(
      await User.where({ id: [1, 2, 9] })
        .whereHasNo('pictures')
        .ids(),
      [2],
    )
    assert.deepEqual(await User.whereHas('pictures').whereHasNo('pictures', { name: 'cow' }).ids(), [9])
    assert.deepEqual(await Picture.whereHas('user', not({ role: 'admin' })).pluck('name'), ['dog'])
    const first = await User.get(1)
    assert.deepEqual(await Picture.whereHas('user', first).orderBy('id').pluck('name'), ['cat', 'cow'])
    assert.deepEqual(await Picture.whereHasNo('user').pluck('name'), ['emu'])
    const cow = await Picture.get(2)
    assert.deepEqual(await User.whereHas('pictures', cow).ids(), [1])
    assert.throws(() => User.whereHas('pictures', first), { code: 'INVALID_QUERY' })
    assert.throws(() => Picture.whereHas('user', new User({ firstName: 'x' })), { code: 'INVALID_QUERY' })
  })

  it('one inside another, however long their names, means each row that it names', async () => {
    class Owner extends User {
      picturesOfThisVeryOwnerOfWhichTheOwnerIsAnAdministratorAndNobodyElse = this.hasMany(() => Owned, {
        foreignKey: 'userId',
        scope: (pictures) => pictures.whereHas('owner', { role: 'admin' }),
      })
    }
    class Owned extends Picture {
      owner = this.belongsTo(() => Owner, { foreignKey: 'userId' })
    }
    const query = Owner.whereHas('picturesOfThisVeryOwnerOfWhichTheOwnerIsAnAdministratorAndNobodyElse')
    assert.deepEqual(await query.orderBy('id').ids(), [1])
  })

  it('relations of related records are asked for inside', async () => {
    class Owner extends User {
      own = this.hasMany(() => Picture, { foreignKey: 'userId' })
    }
    const query = Picture.whereHas('user', { id: Owner.whereHas('own', { name: 'cow' }).valuesOf('id') })
    assert.deepEqual(await query.orderBy('id').pluck('name'), ['cat', 'cow'])
  })

  it('a relation may have the name of the table, and records are joined to others of their table', async () => {
    class Person extends User {
      users = this.hasMany(() => User, { foreignKey: 'age' })
    }
    assert.deepEqual(
      await Person.joins('users')
        .where({ users: { id: 3 } })
        .ids(),
      [3],
    )
    assert.deepEqual(await Person.whereHas('users', { id: 3 }).ids(), [3])
  })

  it('included relations are loaded once for all', async () => {
    const users = await User.where({ id: [1, 2] })
      .orderBy('id')
      .include('pictures')
    assert.deepEqual(
      users.map(({ pictures }) => pictures.value.map(({ name }) => name)),
      [['cat', 'cow'], []],
    )
    const [found] = await User.find({ where: { id: 1 }, include: 'pictures' })
    assert.equal((await found?.pictures.get())?.length, 2)
    assert.throws(() => User.find({ include: 'nope' }), { code: 'UNKNOWN_RELATION' })
  })
})
