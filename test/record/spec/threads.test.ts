import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { readdirSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ConnectionPool } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { closedAtEnd, onTunedAndServers, onTunedDatabases, openPool } from '../../databases.ts'
import { Gate } from '../../pool/fixtures/gate-memory.ts'
import * as plain from '../../pool/fixtures/in-thread/plain.ts'
import { prepare } from '../tables.ts'

/** Two models on a pool, and their tables. */
async function library(pool: ConnectionPool) {
  class Author extends Model('authors', { id: c.integer().primaryKey(), name: c.text(), books: c.integer() }) {
    novels = this.hasMany(() => Novel)
  }
  class Novel extends Model('novels', { id: c.integer().primaryKey(), authorId: c.integer().nullable() }) {
    author = this.belongsTo(() => Author)
  }
  connect(pool, [Author, Novel])
  await prepare(pool, 'CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, books INTEGER NOT NULL)')
  await prepare(pool, 'CREATE TABLE novels (id INTEGER PRIMARY KEY, authorId INTEGER)')
  return { Author, Novel }
}

onTunedAndServers((database) => {
  test('SOT-004 fifty records saved at once wait for each other in the pool, and none is busy', async (t) => {
    const pool = openPool(t, database, { max: 4 })
    const { Author } = await library(pool)
    const saved = await Promise.allSettled(
      Array.from({ length: 50 }, async (_, i) => {
        const author = await Author.create({ name: `author ${i}`, books: 0 })
        await pool.runInteraction(async () => {
          author.books = i
          await author.save()
        })
      }),
    )
    assert.deepEqual(
      saved.filter(({ status }) => status === 'rejected'),
      [],
    )
    assert.deepEqual(
      (await Author.all().pluck('books')).sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i),
    )
  })

  test('SOT-005 read, decide and write are one step inside an interaction, for however many at once', async (t) => {
    const pool = openPool(t, database, { max: 4 })
    const { Author } = await library(pool)
    const { id } = await Author.create({ name: 'ann', books: 0 })
    await Promise.all(
      Array.from({ length: 20 }, () =>
        pool.runInteraction(async () => {
          // Where several write at the same time a row is locked by who reads it for that.
          const author = await Author.where({ id }).forUpdate().getOne()
          author.books += 1
          await author.save()
        }),
      ),
    )
    assert.equal((await Author.find(id))?.books, 20)
  })

  test('SOT-006 two queries give two records: what one caller changes the other does not see', async (t) => {
    const pool = openPool(t, database)
    const { Author } = await library(pool)
    const { id } = await Author.create({ name: 'ann', books: 0 })
    const [mine, yours] = await Promise.all([Author.find(id), Author.find(id)])
    assert.ok(mine && yours)
    assert.notEqual(mine, yours)
    mine.name = 'changed'
    assert.equal(yours.name, 'ann')
    assert.deepEqual({ ...yours.changes }, {})
  })

  test('SOT-007 SQO-125 nothing is read in secret: attributes and relations of a record send no statement', async (t) => {
    const pool = openPool(t, database, { logQueries: true, log: ({ event }) => void events.push(event) })
    const events: string[] = []
    const { Author, Novel } = await library(pool)
    const author = await Author.create({ name: 'ann', books: 0 })
    await Novel.create({ authorId: author.id })
    const novel = await Novel.find(1)
    assert.ok(novel)
    events.length = 0
    assert.equal(novel.authorId, author.id)
    assert.throws(() => (novel.author as { value?: unknown }).value, { code: 'NOT_LOADED' })
    assert.equal(JSON.stringify({ ...author.changes }), '{}')
    assert.deepEqual(events, [])
    assert.equal((await novel.author.get())?.name, 'ann')
    assert.deepEqual(events, ['query'])
  })
})

onTunedDatabases((database) => {
  test('SOT-003 a database in memory is one for all who use it, also at the same time', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(`${database.driver}::memory:`))
    const { Author } = await library(pool)
    await Promise.all(Array.from({ length: 40 }, (_, i) => Author.create({ name: `author ${i}`, books: 0 })))
    const counts = await Promise.all(Array.from({ length: 10 }, () => Author.all().count()))
    assert.deepEqual(new Set(counts), new Set([40]))
    assert.equal(pool.stats().opened, 1)
  })

  test('SOT-009 closing leaves no handle of the database open in the process', {
    skip: process.platform === 'linux' ? false : 'the handles of a process are listed on Linux alone',
  }, async (t) => {
    const handles = () =>
      readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/self/fd/${fd}`)]
        } catch (error) {
          // The handle by which this very list is read is gone by now.
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT')
          return []
        }
      })
    const pool = openPool(t, database, { min: 3, max: 3 })
    await pool.start()
    const { Author } = await library(pool)
    await Author.create({ name: 'ann', books: 0 })
    const file = pool.stats().database.replace(/^sqlite:/, '')
    assert.ok(handles().some((path) => path.startsWith(file)))
    await pool.close()
    assert.deepEqual(
      handles().filter((path) => path.startsWith(file)),
      [],
    )
  })
})

test('SOT-008 D028 database threads are offloop’s own: with all of them blocked files, names and hashes are served', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:'))
  const others = Array.from({ length: 5 }, () => closedAtEnd(t, new ConnectionPool('sqlite::memory:')))
  const gates = [pool, ...others].map((one) => {
    const gate = new Gate()
    return { gate, done: one.runInThread(plain.gate, gate.number) }
  })
  await Promise.all(gates.map(({ gate }) => gate.reached()))
  // More than the four threads of libuv stand still now; these three need one of them each.
  await Promise.all([readFile(import.meta.filename), lookup('localhost'), promisify(pbkdf2)('a', 'b', 1, 16, 'sha256')])
  for (const { gate } of gates) gate.open()
  await Promise.all(gates.map(({ done }) => done))
})
