import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlError } from 'offloop'
import { column as c, connect, Model, RecordStateError } from 'offloop/record'
import { type Database, openPool, tunedDatabases } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { sent } from './fixtures.ts'

const pool = openPool({ after: (work) => test.after(work) }, tunedDatabases[0] as Database)
await pool.runOperation(
  "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, slug TEXT NOT NULL, likes INTEGER NOT NULL, at TEXT NOT NULL DEFAULT 'now', note TEXT)",
)

class Article extends Model('articles', {
  id: c.integer().primaryKey(),
  title: c.text(),
  slug: c.text().made(),
  likes: c.integer().default(0),
  at: c.text().databaseDefault(),
  note: c.text().nullable(),
}) {
  static {
    this.beforeCreate((article) => {
      if (article.title !== 'unmade') article.slug ??= article.title.toLowerCase()
    })
  }
}
class Bare extends Model('articles', { id: c.integer().primaryKey(), title: c.text(), slug: c.text() }) {}
connect(pool, [Article, Bare])

test('what a new record lacks is told by name before anything is sent', async () => {
  const statements = await sent(pool, async () => {
    // @ts-expect-error two attributes are missing
    const error = await rejectionOf(() => Bare.create({}))
    assert.ok(error instanceof RecordStateError)
    assert.deepEqual([error.code, error.kind, error.columns], ['MISSING_ATTRIBUTE', 'usage', ['title', 'slug']])
    assert.match(error.message, /^Bare\.title, slug are missing: give them, or declare that they may be null/)
    await assert.rejects(Bare.create(JSON.parse('{ "title": "x" }')), {
      message: /^Bare\.slug is missing: give it, or /,
    })
    await assert.rejects(new Bare({ title: 'x' }).save({ validate: false }), { code: 'MISSING_ATTRIBUTE' })
    const row = await rejectionOf(() => Bare.insertMany([{ title: 'a', slug: 'a' }, JSON.parse('{ "slug": "b" }')]))
    assert.deepEqual([(row as SqlError).code, (row as SqlError).index], ['MISSING_ATTRIBUTE', 1])
    await assert.rejects(Bare.upsert(JSON.parse('{ "id": 1, "title": "x" }')), { code: 'MISSING_ATTRIBUTE' })
  })
  assert.deepEqual(statements, [])
  assert.equal(await Bare.count(), 0)
})

test('what a callback makes need not be given, and is missing if it makes nothing', async () => {
  const article = await Article.create({ title: 'News' })
  assert.deepEqual([article.slug, article.likes, article.at, article.note], ['news', 0, 'now', null])
  assert.equal((await Article.create({ title: 'News', slug: 'other' })).slug, 'other')
  const error = await rejectionOf(() => Article.create({ title: 'unmade' }))
  assert.equal((error as SqlError).code, 'MISSING_ATTRIBUTE')
  assert.match(
    (error as SqlError).message,
    /^Article\.slug is missing.*, and no callback gave a value that is made\(\)$/,
  )
  assert.equal(await Article.where({ title: 'unmade' }).count(), 0)
  assert.equal(await Article.count(), 2)
})
