import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, IntegrityError } from 'offloop'
import { column as c, connect, Model, ModelError, NotFoundError } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { refused, rejectionOf } from '../../pool/expect.ts'
import { prepare, run } from '../tables.ts'

/** Runs some work and tells which statements it sent. */
async function sentBy(statements: string[], work: () => Promise<unknown>): Promise<readonly string[]> {
  statements.length = 0
  await work()
  return [...statements]
}

/** A pool that keeps the text of all statements of its models. */
function logged(pool: ConnectionPool, models: readonly object[]) {
  const statements: string[] = []
  const database = connect(pool, models, { log: ({ sql, error }) => void (error ?? statements.push(sql)) })
  return { database, statements }
}

onTunedAndServers((database) => {
  test('TWI-008 D057 columns of the table are read once, and anew when they changed or when that is asked for', async (t) => {
    class User extends Model<{ id: number; name: string; age?: number | null }>('users') {}
    const pool = openPool(t, database)
    const { statements } = logged(pool, [User])
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
    await User.loadSchema()
    assert.deepEqual(
      (await sentBy(statements, () => User.create({ name: 'ann' }))).map((sql) => sql.slice(0, 6)),
      ['insert'],
    )
    await pool.runOperation('ALTER TABLE users ADD COLUMN age INTEGER')
    User.clearSchema()
    await User.loadSchema()
    const ann = await User.get(1)
    await ann.update({ age: 3 })
    assert.deepEqual(await pool.runQuery('SELECT age FROM users'), [{ age: 3 }])
  })

  test('SQO-038 SQO-092 the key may be of any name and type; whole numbers are counted up, UUIDs are made', async (t) => {
    class Counted extends Model('counted', { number: c.integer('no').primaryKey() }) {}
    class Large extends Model('large', { id: c.bigint().primaryKey() }) {}
    class Named extends Model('named', { code: c.text().primaryKey(), name: c.text().nullable() }) {}
    class Unique extends Model('uniques', { id: c.uuid().primaryKey() }) {}
    const pool = openPool(t, database)
    await connect(pool, [Counted, Large, Named, Unique]).createTables()
    assert.deepEqual([(await Counted.create({})).number, (await Counted.create({})).number], [1, 2])
    const large = await Large.create({ id: 2n ** 62n })
    assert.equal((await Large.get(large.id)).id, 2n ** 62n)
    await Named.create({ code: 'de' })
    assert.equal((await Named.get('de')).code, 'de')
    const { id } = await Unique.create({})
    assert.match(id, /^[\da-f-]{36}$/)
    assert.equal((await Unique.get(id)).id, id)
  })

  test('SQO-039 a text key that is not given is refused before anything is sent', async (t) => {
    class Named extends Model('named', { code: c.text().primaryKey(), name: c.text().nullable() }) {}
    const pool = openPool(t, database)
    const { database: db, statements } = logged(pool, [Named])
    await db.createTables()
    const sent = await sentBy(statements, async () => {
      // @ts-expect-error the key is missing
      assert.ok((await rejectionOf(() => Named.create({ name: 'Germany' }))) instanceof Error)
    })
    assert.deepEqual(sent, [])
    assert.equal(await Named.count(), 0)
  })

  test('SQO-043 changes wait for save(), columns may be the table’s own, and text is Unicode: nothing needs to be set for it', async (t) => {
    class Declared extends Model('users', {
      id: c.integer().primaryKey(),
      name: c.text(),
      age: c.integer().nullable(),
    }) {}
    class Read extends Model<{ id: number; name: string; age: number | null }>('users') {}
    const pool = openPool(t, database)
    const { statements } = logged(pool, [Declared, Read])
    await Declared.createTable()
    const ann = await Declared.create({ name: 'Ænn 😀' })
    const sent = await sentBy(statements, async () => {
      ann.name = 'Ann 😀'
      ann.age = 3
    })
    assert.deepEqual(sent, [])
    assert.equal((await sentBy(statements, () => ann.save())).length, 1)
    await Read.loadSchema()
    assert.deepEqual((await Read.get(ann.id)).toObject(), { id: ann.id, name: 'Ann 😀', age: 3 })
  })

  test('SQO-052 SQO-054 a name that no attribute has is refused, by the compiler and when it runs', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}
    const pool = openPool(t, database)
    connect(pool, [User])
    await User.createTable()
    const user = await User.create({ name: 'ann' })
    const unknown = {
      code: 'UNKNOWN_ATTRIBUTE',
      kind: 'usage',
      message: /User has no attribute "namme"; it has id, name/,
    }
    // @ts-expect-error no such attribute
    await refused(() => new User({ namme: 'x' }), ModelError, unknown)
    // @ts-expect-error no such attribute
    await refused(() => User.create({ name: 'x', namme: 'x' }), ModelError, unknown)
    // @ts-expect-error no such attribute
    await refused(() => user.assign({ namme: 'x' }), ModelError, unknown)
    // @ts-expect-error no such attribute
    await refused(() => user.update({ namme: 'x' }), ModelError, unknown)
    // @ts-expect-error no such attribute
    await refused(() => User.where({ namme: 'x' }), ModelError, unknown)
    // @ts-expect-error no such attribute
    assert.equal(user.namme, undefined)
    assert.equal(await User.count(), 1)
  })

  test('SQO-053 SQO-237 what a column is told is what the table is created with', async (t) => {
    class Owner extends Model('owners', { id: c.integer().primaryKey() }) {}
    class Pet extends Model('pets', {
      id: c.integer().primaryKey(),
      name: c.text('pet_name', { length: 10 }).unique(),
      kind: c.enum(['cat', 'dog']).default('cat'),
      born: c.date().nullable(),
      seen: c.text().databaseDefault("'never'"),
      ownerId: c
        .integer('owner_id')
        .nullable()
        .index()
        .references(() => Owner, { onDelete: 'cascade' }),
    }) {
      static {
        this.index(['kind', 'born'])
      }
    }
    const pool = openPool(t, database)
    const db = connect(pool, [Owner, Pet])
    await db.createTables()
    const table = await db.describeTable('pets')
    assert.ok(table)
    assert.deepEqual(
      table.columns.map(({ name, nullable }) => [name, nullable]),
      [
        ['id', false],
        ['pet_name', false],
        ['kind', false],
        ['born', true],
        ['seen', false],
        ['owner_id', true],
      ],
    )
    assert.deepEqual(table.primaryKey, ['id'])
    assert.deepEqual(
      table.foreignKeys.map(({ columns, table: to, onDelete }) => [columns, to, onDelete]),
      [[['owner_id'], 'owners', 'cascade']],
    )
    const byName = table.indexes
      .filter(({ name }) => /^pets_(kind|owner)/.test(name))
      .map(({ name, unique }) => [name, unique])
    assert.deepEqual(byName.sort(), [
      ['pets_kind_born', false],
      ['pets_owner_id', false],
    ])
    const known = table.indexes.filter(({ unique, columns }) => unique && columns[0] === 'pet_name')
    assert.equal(known.length, 1)
    const pet = await Pet.create({ name: 'Tom' })
    assert.deepEqual([pet.kind, pet.seen, pet.born], ['cat', 'never', null])
  })

  test('SQO-073 a key that leads nowhere is nobody’s: the relation gives null, and to get that key rejects', async (t) => {
    class Boss extends Model('bosses', { id: c.integer().primaryKey() }) {}
    class Clerk extends Model('clerks', { id: c.integer().primaryKey(), bossId: c.integer('boss_id') }) {
      boss = this.belongsTo(() => Boss)
    }
    const pool = openPool(t, database)
    await connect(pool, [Boss, Clerk]).createTables()
    const clerk = await Clerk.create({ bossId: 9 })
    assert.equal(await clerk.boss.get(), null)
    assert.equal(clerk.bossId, 9)
    await refused(() => Boss.get(clerk.bossId), NotFoundError, { code: 'NOT_FOUND', kind: 'notFound' })
  })

  test('SQO-095 SQO-181 a table of links is named after both, made once, and keeps each link once and true', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey() }) {
      colors = this.hasAndBelongsToMany(() => Color)
    }
    class Color extends Model('colors', { id: c.integer().primaryKey() }) {
      users = this.hasAndBelongsToMany(() => User)
    }
    const pool = openPool(t, database)
    const db = connect(pool, [User, Color])
    await db.createTables()
    assert.deepEqual(await db.tableNames(), ['colors', 'colors_users', 'users'])
    const links = await db.describeTable('colors_users')
    assert.deepEqual([...(links?.primaryKey ?? [])].sort(), ['color_id', 'user_id'])
    assert.deepEqual(links?.foreignKeys.map(({ table }) => table).sort(), ['colors', 'users'])
    assert.deepEqual(
      links?.columns.map(({ nullable }) => nullable),
      [false, false],
    )
    const user = await User.create({})
    const color = await Color.create({})
    await user.colors.set([color])
    const twice = () => run(pool, 'INSERT INTO colors_users (user_id, color_id) VALUES (?, ?)', [user.id, color.id])
    assert.ok((await rejectionOf(twice)) instanceof IntegrityError)
    const lost = () => run(pool, 'INSERT INTO colors_users (user_id, color_id) VALUES (?, 99)', [user.id])
    assert.ok((await rejectionOf(lost)) instanceof IntegrityError)
    assert.equal(await color.users.count(), 1)
  })

  test('SQO-099 a record is got by the value of a unique column; null is nobody', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), login: c.text().unique().nullable() }) {}
    const pool = openPool(t, database)
    await connect(pool, [User]).createTables()
    const { id } = await User.create({ login: 'ann' })
    await User.create({})
    assert.equal((await User.getBy({ login: 'ann' })).id, id)
    await refused(() => User.getBy({ login: 'bob' }), NotFoundError, { code: 'NOT_FOUND', kind: 'notFound' })
    assert.ok((await rejectionOf(() => User.create({ login: 'ann' }))) instanceof IntegrityError)
  })

  test('SQO-103 D107 no lock is held over code of users: a callback reads, reloads and saves, its own record too', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), name: c.text(), seen: c.integer().default(0) }) {
      get shout(): string {
        return this.name.toUpperCase()
      }
      set shout(text: string) {
        this.name = `${this.name}, ${text.toLowerCase()}`
      }
    }
    const pool = openPool(t, database, { max: 1 })
    await connect(pool, [User]).createTables()
    const user = await User.create({ name: 'ann' })
    let depth = 0
    User.beforeSave(async (saved) => {
      const stored = await User.get(user.id)
      assert.equal(stored.name, 'ann')
      saved.shout = 'HEARD'
    })
    User.afterSave(async (saved) => {
      await saved.reload()
      if (depth++ === 0) await User.where({ id: saved.id }).updateAll({ seen: 1 })
    })
    user.seen = 5
    await user.save()
    assert.deepEqual(await User.orderBy('id').pluck('name', 'seen'), [['ann, heard', 1]])
  })

  test('SQO-176 D112 children of many come in one query, in the order of the database', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey() }) {
      notes = this.hasMany(() => Note, { orderBy: '-text' })
    }
    class Note extends Model('notes', { id: c.integer().primaryKey(), text: c.text(), userId: c.integer('user_id') }) {}
    const pool = openPool(t, database)
    const { database: db, statements } = logged(pool, [User, Note])
    await db.createTables()
    await User.create(Array.from({ length: 20 }, () => ({})))
    await Note.insertMany(Array.from({ length: 60 }, (_, i) => ({ text: `note ${i % 3}`, userId: (i % 20) + 1 })))
    const sent = await sentBy(statements, async () => {
      for (const user of await User.orderBy('id').include('notes')) {
        assert.deepEqual(
          user.notes.value.map(({ text }) => text),
          ['note 2', 'note 1', 'note 0'],
        )
      }
    })
    assert.equal(sent.length, 2)
    const lazily = await sentBy(statements, async () => {
      for (const user of await User.all()) assert.equal((await user.notes.get()).length, 3)
    })
    assert.equal(lazily.length, 2)
  })

  test('SQO-191 D102 foreign keys are kept by the database from the first connection on', async (t) => {
    class Boss extends Model('bosses', { id: c.integer().primaryKey() }) {}
    class Clerk extends Model('clerks', { id: c.integer().primaryKey(), bossId: c.integer().references(() => Boss) }) {}
    const pool = openPool(t, database)
    await connect(pool, [Boss, Clerk]).createTables()
    await refused(() => Clerk.create({ bossId: 9 }), IntegrityError, {
      code: database.dialect.codes.foreignKey,
      kind: 'foreignKey',
    })
    const boss = await Boss.create({})
    await Clerk.create({ bossId: boss.id })
    await refused(() => boss.delete(), IntegrityError, {
      code: database.dialect.name === 'mysql' ? 'ER_1451' : database.dialect.codes.foreignKey,
      kind: 'foreignKey',
    })
    assert.equal(boss.isDeleted, false)
    assert.equal(await Boss.count(), 1)
  })
})
