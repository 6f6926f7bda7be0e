import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { run } from '../tables.ts'

class Author extends Model('authors', {
  id: c.integer().primaryKey(),
  name: c.text('name', { length: 80 }).index(),
  role: c.enum(['admin', "o'guest"]).nullable(),
  city: c.text().nullable(),
  age: c.integer().nullable().check('age >= 0'),
  joined: c.datetime().databaseDefault('CURRENT_TIMESTAMP'),
  favouriteId: c
    .integer('favourite_id')
    .nullable()
    .references(() => Book, { onDelete: 'set null' }),
}) {
  static {
    this.index(['city', 'role'], { unique: true })
  }
}

class Book extends Model('books', {
  isbn: c.integer().primaryKey(),
  authorId: c.integer('author_id').references(() => Author, { onDelete: 'cascade', onUpdate: 'restrict' }),
  price: c.decimal({ precision: 10, scale: 2 }).nullable(),
}) {}

onTunedAndServers((database, suite) => {
  it('SQO-069 SQO-082 SQO-084 SQO-091 SQO-092 tables that refer to each other are made, once, keep what they were told, and go', async () => {
    const pool = openPool(suite, database)
    const db = connect(pool, [Book, Author], { replace: true })
    await db.createTables()
    await db.createTables({ ifNotExists: true })
    await Author.createTable({ ifNotExists: true })
    assert.deepEqual(await db.tableNames(), ['authors', 'books'])
    await assert.rejects(db.createTables(), /exist/)
    await assert.rejects(Book.create({ authorId: 99 }), { kind: 'foreignKey' })
    const ann = await Author.create({ name: 'ann', city: 'Bonn', role: 'admin' })
    assert.ok(ann.joined instanceof Date)
    const book = await Book.create({ authorId: ann.id, price: '12.50' })
    await ann.update({ favouriteId: book.isbn })
    await book.delete()
    assert.equal((await Author.get(ann.id)).favouriteId, null)
    const again = () => run(pool, "INSERT INTO authors (name, city, role) VALUES ('x', 'Bonn', 'admin')")
    await assert.rejects(again(), { kind: 'unique' })
    const insert = (role: string, age: number) =>
      run(pool, 'INSERT INTO authors (name, role, age) VALUES (?, ?, ?)', ['x', role, age])
    await insert("o'guest", 0)
    await assert.rejects(insert('root', 1), { kind: 'check' })
    await assert.rejects(insert('admin', -1), { kind: 'check' })
    await Book.create({ authorId: ann.id })
    await ann.delete()
    assert.equal(await Book.count(), 0)
    await db.dropTables()
    assert.deepEqual(await db.tableNames(), [])
    await db.dropTables({ ifExists: true })
    await assert.rejects(db.dropTables(), { kind: 'missing' })
  })
})
