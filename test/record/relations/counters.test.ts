import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionPool } from 'offloop'
import { column as c, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import type { Owner } from '../../databases.ts'
import { refuse } from '../tables.ts'
import { column, databaseWith, onDatabases } from './fixtures.ts'

class Shelf extends Model('shelves', {
  id: c.integer().primaryKey(),
  booksCount: c.integer('books_count').nullable(),
  height: c.integer().nullable(),
}) {
  books = this.hasMany(() => Book)
}
class Book extends Model('books', { id: c.integer().primaryKey(), title: c.text(), shelfId: c.integer().nullable() }) {
  shelf = this.belongsTo(() => Shelf, { counterCache: true })
}

class Drawer extends Model('drawers', {
  id: c.integer().primaryKey(),
  drawersCount: c.integer('drawers_count').nullable(),
  drawerId: c.integer('drawer_id').nullable(),
}) {
  drawer = this.belongsTo(() => Drawer, { counterCache: true })
  drawers = this.hasMany(() => Drawer)
}

async function library(owner: Owner): Promise<ConnectionPool> {
  return await databaseWith(
    owner,
    [
      'CREATE TABLE shelves (id INTEGER PRIMARY KEY, books_count INTEGER, height INTEGER)',
      "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL CHECK (title <> ''), shelfId INTEGER)",
    ],
    [Shelf, Book],
  )
}
const counts = (pool: ConnectionPool) => column(pool, 'shelves', 'books_count')

onDatabases(() => {
  test('a table counts its own rows: those that are moved at once, and those of whom they leave', async (t) => {
    const table = 'CREATE TABLE drawers (id INTEGER PRIMARY KEY, drawers_count INTEGER, drawer_id INTEGER)'
    const pool = await databaseWith(t, [table], [Drawer])
    const [one, other] = [await Drawer.create({}), await Drawer.create({})]
    const inside = [await Drawer.create({ drawerId: other.id }), await Drawer.create({})]
    await one.drawers.set(inside)
    assert.deepEqual(await column(pool, 'drawers', 'drawers_count'), [2, 0, null, null])
    await inside[0]?.drawer.set(other)
    assert.deepEqual(await column(pool, 'drawers', 'drawers_count'), [1, 1, null, null])
  })

  test('a count is kept when what it counts is made, moved, deleted', async (t) => {
    const pool = await library(t)
    const [upper, lower] = [await Shelf.create({}), await Shelf.create({})]
    const book = await Book.create({ title: 'a', shelfId: upper.id })
    await Book.create({ title: 'b', shelfId: upper.id })
    await Book.create({ title: 'c' })
    assert.deepEqual(await counts(pool), [2, null])
    book.shelfId = lower.id
    await book.save()
    assert.deepEqual(await counts(pool), [1, 1])
    book.title = 'other'
    await expectQueries(pool, 1, () => book.save())
    await book.shelf.set(upper)
    assert.deepEqual(await counts(pool), [2, 0])
    assert.equal(upper.booksCount, 2)
    await book.shelf.clear()
    assert.deepEqual(await counts(pool), [1, 0])
    await book.shelf.set(upper)
    await book.delete()
    assert.deepEqual(await counts(pool), [1, 0])
    assert.equal(upper.booksCount, 1)
  })

  test('a count is kept when many are moved at once, of those whom they leave too', async (t) => {
    const pool = await library(t)
    const [upper, lower] = [await Shelf.create({}), await Shelf.create({})]
    const books: Book[] = []
    for (const title of ['a', 'b', 'c']) books.push(await Book.create({ title, shelfId: upper.id }))
    await lower.books.set(books.slice(0, 2))
    assert.deepEqual(await counts(pool), [1, 2])
    assert.equal(lower.booksCount, 2)
    lower.height = 3
    await lower.books.add(books[2]!)
    assert.deepEqual(await counts(pool), [0, 3])
    await lower.books.remove(books[0]!)
    assert.deepEqual(await counts(pool), [0, 2])
    await lower.books.clear()
    assert.deepEqual(await counts(pool), [0, 0])
    await lower.books.create({ title: 'd' })
    assert.deepEqual(await counts(pool), [0, 1])
    assert.deepEqual({ ...lower.changes }, { height: [null, 3] })
  })

  test('what fails is not counted', async (t) => {
    const pool = await library(t)
    const shelf = await Shelf.create({})
    await assert.rejects(Book.create({ title: '', shelfId: shelf.id }))
    const book = await Book.create({ title: 'a', shelfId: shelf.id })
    await refuse(pool, { name: 'stuffed', event: 'UPDATE', table: 'shelves' })
    await assert.rejects(Book.create({ title: 'b', shelfId: shelf.id }), /stuffed/)
    await assert.rejects(book.delete(), /stuffed/)
    assert.deepEqual(await counts(pool), [1])
    assert.equal(await Book.all().count(), 1)
  })
})
