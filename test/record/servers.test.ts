import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onServers, openPool } from '../databases.ts'

class User extends Model('users', {
  id: c.integer().primaryKey(),
  name: c.text().unique(),
  email: c.text().nullable().unique(),
  age: c.integer().nullable().index(),
  role: c.enum(['admin', 'guest']).databaseDefault("'guest'"),
  here: c.datetime('here', { zone: 'local' }).nullable(),
}) {
  notes = this.hasMany(() => Note, { as: 'subject' })

  static {
    this.validatesUniquenessOf('name')
  }
}
class Note extends Model('notes', {
  id: c.integer().primaryKey(),
  subjectId: c.text('subject_id').nullable(),
  subjectType: c.text('subject_type').nullable(),
  userId: c
    .integer('user_id')
    .nullable()
    .references(() => User, { onDelete: 'cascade' }),
}) {
  subject = this.belongsToAny(() => [User])
}

onServers((database, suite) => {
  const pool = openPool(suite, database)
  let db = connect(pool)
  // The models belong to one database at a time.
  before(() => {
    db = connect(pool, [User, Note], { replace: true })
  })
  const isPostgres = database.dialect.name === 'postgres'

  test('tables are created, described, found and dropped, the second time too', async () => {
    await db.createTables()
    await db.createTables({ ifNotExists: true })
    const users = await db.describeTable('users')
    assert.deepEqual(users?.primaryKey, ['id'])
    const types = users.columns.map(({ name, storage, nullable }) => [name, storage, nullable])
    assert.deepEqual(types, [
      ['id', 'bigint', false],
      ['name', 'text', false],
      ['email', 'text', true],
      ['age', 'bigint', true],
      ['role', 'text', false],
      ['here', 'datetime', true],
    ])
    assert.deepEqual(users.columns[4]?.default, { value: 'guest' })
    assert.deepEqual(users.indexes.find(({ name }) => name === 'users_age')?.columns, ['age'])
    const [key] = (await db.describeTable('notes'))?.foreignKeys ?? []
    assert.deepEqual(
      [key?.columns, key?.table, key?.references, key?.onDelete],
      [['user_id'], 'users', ['id'], 'cascade'],
    )
    assert.equal(await db.describeTable('nothing'), null)
    assert.deepEqual(await db.tableNames(), ['notes', 'users'])
    await db.dropTables()
    assert.deepEqual(await db.tableNames(), [])
    await db.createTables()
  })

  test('a value that is taken is told by the rule, inside a transaction too, which goes on', async () => {
    await User.create({ name: 'ann' })
    await db.transaction(async () => {
      const second = new User({ name: 'ann' })
      await assert.rejects(second.save(), { name: 'ValidationError' })
      // The rule does not see what somebody else has not committed: the database does.
      const race = new User({ name: 'bob' })
      await db.transaction(() => User.insertMany([{ name: 'bob' }]))
      assert.equal(await race.trySave(), false)
      assert.equal(await User.where({ name: 'bob' }).count(), 1)
    })
    assert.equal(await User.count(), 2)
  })

  test('an upsert that meets another row than the one that it knows is refused', async () => {
    await User.upsert({ name: 'cy', email: 'cy@x' }, { conflict: 'name' })
    const met = User.upsert({ name: 'dee', email: 'cy@x' }, { conflict: 'name' })
    await assert.rejects(met, { name: 'IntegrityError', kind: 'unique' })
    const many = User.upsertMany([{ name: 'eve', email: 'cy@x' }], { conflict: 'name' })
    await assert.rejects(many, { name: 'IntegrityError', kind: 'unique' })
    assert.equal((await User.where({ email: 'cy@x' }).getOne()).name, 'cy')
  })

  test('keys of several models are compared with numbers where they stand as text', async () => {
    const cy = await User.where({ name: 'cy' }).getOne()
    await cy.notes.create({})
    assert.deepEqual(await User.all().whereHas('notes').pluck('name'), ['cy'])
    assert.deepEqual(await User.all().joins('notes').pluck('name'), ['cy'])
  })

  test('tables of MySQL are not created in a transaction, which that would commit', async () => {
    const inside = db.transaction(() => db.createTables({ ifNotExists: true }))
    if (isPostgres) await inside
    else await assert.rejects(inside, { name: 'NotSupportedError', code: 'NO_TRANSACTION' })
  })
})
