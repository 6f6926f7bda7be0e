import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedDatabases, openPool } from '../../databases.ts'
import { prepare } from '../tables.ts'

class Author extends Model('authors', {
  id: c.integer().primaryKey(),
  name: c.text('name', { length: 80 }).index(),
  email: c.text().nullable().unique(),
  role: c.enum(['admin', "o'guest"]).nullable(),
  age: c.integer().nullable().check('age >= 0'),
  joined: c.datetime().databaseDefault('CURRENT_TIMESTAMP'),
  favouriteId: c
    .integer('favourite_id')
    .nullable()
    .references(() => Book, { onDelete: 'set null' }),
}) {
  static {
    this.index(['name', 'age'], { unique: true, where: 'age > 100' })
  }
}

class Book extends Model('books', {
  isbn: c.integer().primaryKey(),
  authorId: c.integer('author_id').references(() => Author, { onDelete: 'cascade', onUpdate: 'restrict' }),
  price: c.decimal({ precision: 10, scale: 2 }).nullable(),
  sold: c.boolean().nullable(),
  data: c.json().nullable(),
  cover: c.blob().nullable(),
  at: c.time().nullable(),
}) {}

class Review extends Model('reviews', {
  bookId: c
    .integer('book_id')
    .primaryKey()
    .references(() => Book),
  number: c.bigint().primaryKey(),
  text: c.text().index(),
}) {}

const models = [Review, Book, Author]
const replace = { replace: true }

onTunedDatabases((database, suite) => {
  const open = () => {
    const pool = openPool(suite, database)
    return { pool, db: connect(pool, models, replace) }
  }

  it('SQO-084 SQO-086 SQO-088 a table is created once and dropped once', async () => {
    open()
    assert.equal(await Author.tableExists(), false)
    assert.deepEqual(await Author.createTable(), [])
    assert.equal(await Author.tableExists(), true)
    await assert.rejects(Author.createTable(), { name: 'ProgrammingError', message: /already exists/ })
    assert.deepEqual(await Author.createTable({ ifNotExists: true }), [])
    await Author.dropTable()
    await assert.rejects(Author.dropTable(), { kind: 'missing' })
    await Author.dropTable({ ifExists: true })
    assert.equal(await Author.tableExists(), false)
    await assert.rejects(Author.createTable({ ifNotExist: true } as never), { code: 'INVALID_OPTION' })
    await assert.rejects(Author.createTable({ ifNotExists: 1 as never }), { code: 'INVALID_OPTION' })
    await assert.rejects(Author.dropTable({ cascade: true }), { code: 'INVALID_OPTION', message: /PostgreSQL/ })
  })

  it('SQO-085 SQO-087 SQO-237 what is missing of a table that is there already is made', async () => {
    const { db } = open()
    await Author.createTable({ indexes: false })
    assert.deepEqual(
      (await db.describeTable('authors'))?.indexes.filter(({ implied }) => !implied),
      [],
    )
    await Author.createTable({ ifNotExists: true })
    await Author.createTable({ ifNotExists: true })
    assert.deepEqual(
      (await db.describeTable('authors'))?.indexes.filter(({ implied }) => !implied),
      [
        { name: 'authors_name', columns: ['name'], unique: false, implied: false },
        { name: 'authors_name_age', columns: ['name', 'age'], unique: true, implied: false },
      ],
    )
  })

  it('SQO-094 a table whose index cannot be made is not made either', async () => {
    class Broken extends Model('broken', { id: c.integer().primaryKey(), n: c.integer() }) {
      static {
        this.index(['n'], { name: 'taken' })
      }
    }
    const pool = openPool(suite, database)
    const db = connect(pool, [Broken])
    await prepare(pool, 'CREATE TABLE taken (a)')
    await assert.rejects(Broken.createTable(), /taken/)
    assert.deepEqual(await db.tableNames(), ['taken'])
  })

  it('SQO-091 SQO-092 tables that refer to each other are created together, whatever their order, and dropped', async () => {
    const { pool, db } = open()
    await db.createTables()
    await db.createTables({ ifNotExists: true })
    assert.deepEqual(await db.tableNames(), ['authors', 'books', 'reviews'])
    const ann = await Author.create({ name: 'ann' })
    const book = await Book.create({ authorId: ann.id, price: '12.5' })
    await ann.update({ favouriteId: book.isbn })
    await Review.create({ bookId: book.isbn, number: 2n ** 60n, text: 'good' })
    assert.ok(ann.joined instanceof Date)
    assert.equal((await Review.all().first())?.number, 2n ** 60n)
    assert.deepEqual(await pool.runQuery('SELECT typeof(price) AS t FROM books'), [{ t: 'text' }])
    const [autoincrement] = await pool.runQuery("SELECT sql FROM sqlite_schema WHERE name = 'authors'")
    assert.match(String(autoincrement?.sql), /"id" integer not null primary key autoincrement/)
    await db.dropTables()
    assert.deepEqual(await db.tableNames(), [])
    await db.dropTables({ ifExists: true })
    await assert.rejects(db.dropTables(), { kind: 'missing' })
    await db.createTables()
  })

  it('foreign keys hold, and do what they were told when a row goes', async () => {
    const { db } = open()
    await db.createTables()
    await assert.rejects(Book.create({ authorId: 99 }), { kind: 'foreignKey' })
    const ann = await Author.create({ name: 'ann' })
    const book = await Book.create({ authorId: ann.id })
    await ann.update({ favouriteId: book.isbn })
    await Review.create({ bookId: book.isbn, number: 1n, text: 'x' })
    await assert.rejects(book.delete(), { kind: 'foreignKey' })
    await Review.clearTable()
    await book.delete()
    assert.equal((await Author.find(ann.id))?.favouriteId, null)
    await Book.create({ authorId: ann.id })
    await ann.delete()
    assert.equal(await Book.all().count(), 0)
  })

  it('SQO-069 SQO-082 SQO-239 checks and unique columns hold in the database too', async () => {
    const { pool, db } = open()
    await db.createTables()
    const insert = (role: string | null, age: number | null) =>
      pool.runOperation('INSERT INTO authors (name, role, age) VALUES (?, ?, ?)', ['x', role, age])
    await insert(null, null)
    await insert("o'guest", 0)
    await assert.rejects(insert('root', 1), { kind: 'check' })
    await assert.rejects(insert('admin', -1), { kind: 'check' })
    await Author.create({ name: 'a', email: 'a@b' })
    await assert.rejects(Author.create({ name: 'b', email: 'a@b' }), { kind: 'unique' })
    assert.equal(await Author.where({ name: 'b' }).count(), 0)
    await Author.create({ name: 'same', age: 101 })
    await assert.rejects(Author.create({ name: 'same', age: 101 }), { kind: 'unique' })
  })

  it('SQO-093 all rows go by clearTable', async () => {
    const { db } = open()
    await db.createTables()
    await Author.create({ name: 'ann' })
    await Author.clearTable()
    assert.equal(await Author.all().count(), 0)
    assert.equal((await Author.create({ name: 'bob' })).id, 2)
  })

  it('SQO-090 the SQL can be had without being run', async () => {
    const { db } = open()
    const texts = Book.createTableSql()
    assert.equal(texts.length, 1)
    assert.match(
      texts[0] ?? '',
      /^create table "books" \("isbn" integer not null primary key autoincrement, "author_id"/,
    )
    assert.equal(await Book.tableExists(), false)
    assert.deepEqual(
      db.createTablesSql().map((text) => text.slice(0, 22)),
      [
        'create table "authors"',
        'create index "authors_',
        'create unique index "a',
        'create table "books" (',
        'create table "reviews"',
        'create index "reviews_',
      ],
    )
  })

  it('tables are created and dropped in the transaction that the running code is in', async () => {
    const { pool, db } = open()
    await assert.rejects(
      pool.runInteraction(async () => {
        await db.createTables()
        await Author.create({ name: 'ann' })
        throw new Error('back')
      }),
      /back/,
    )
    assert.deepEqual(await db.tableNames(), [])
  })

  it('a thousand tables that refer to each other in a row are put in order', async () => {
    const row: object[] = []
    for (let at = 0; at < 1000; at += 1) {
      const before = row.at(-1)
      const columns = { id: c.integer().primaryKey(), n: before ? c.integer().references(() => before) : c.integer() }
      const Row = class extends Model(`t${at}`, columns) {}
      Object.defineProperty(Row, 'name', { value: `T${at}` })
      row.push(Row)
    }
    const db = connect(openPool(suite, database), row.toReversed())
    const tables = db.createTablesSql().map((text) => /"t(\d+)"/.exec(text)?.[1])
    assert.deepEqual(
      tables,
      row.map((_, at) => String(at)),
    )
  })
})

it('SQO-236 an index is checked when it is declared, or when its table is created', (t) => {
  class Wrong extends Model('wrongs', { id: c.integer().primaryKey() }) {}
  const wrong = { code: 'INVALID_OPTION' }
  assert.throws(() => Wrong.index(['id'], { uniqe: true } as never), wrong)
  assert.throws(() => Wrong.index(['id'], { unique: 'yes' as never }), wrong)
  assert.throws(() => Wrong.index(['id'], { where: '' }), wrong)
  assert.throws(() => Wrong.index([]), { code: 'INVALID_MODEL' })
  assert.throws(() => Wrong.index(['id'], { name: '' }), { code: 'INVALID_MODEL' })
  Wrong.index(['nope' as never])
  const db = connect(openPool(t, { ...{}, url: () => 'node-sqlite::memory:', options: {} } as never), [Wrong])
  assert.throws(() => db.createTablesSql(), { code: 'UNKNOWN_ATTRIBUTE' })
})
