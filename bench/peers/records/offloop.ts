import { ConnectionPool } from '../../../src/index.ts'
import { column as c, connect, gte, Model } from '../../../src/record.ts'
import { connectOptions } from '../offloop-pool.ts'
import type { OpenRecords, RecordsSession } from '../records.ts'
import { equalSettings } from '../settings.ts'

class Author extends Model('authors', {
  id: c.integer().primaryKey(),
  name: c.text(),
  email: c.text(),
  age: c.integer().nullable(),
}) {
  posts = this.hasMany(() => Post)
}

class Post extends Model('posts', {
  id: c.integer().primaryKey(),
  authorId: c.integer('author_id'),
  title: c.text(),
  body: c.text(),
}) {
  comments = this.hasMany(() => Comment)
}

class Comment extends Model('comments', {
  id: c.integer().primaryKey(),
  postId: c.integer('post_id'),
  text: c.text(),
}) {}

/** The records of offloop, as its user writes them. */
export function recordsOn(driver: string): OpenRecords {
  return async (filename) => {
    return await recordsOf(new ConnectionPool(driver, { filename, ...connectOptions(equalSettings) }))
  }
}

/** The same on any pool. */
export async function recordsOf(pool: ConnectionPool): Promise<RecordsSession> {
  // Each variant has a database of its own.
  connect(pool, [Author, Post, Comment], { replace: true })
  await pool.start()
  const byKey = Author.all().orderBy('id')
  return {
    find: async (id) => (await Author.find(id)) as Author,
    list: (age, limit) =>
      Author.where({ age: gte(age) })
        .orderBy('id')
        .limit(limit)
        .all(),
    insert: (values) => Author.create(values),
    update: (record, age) => (record as Author).update({ age }),
    remove: (record) => (record as Author).delete(),
    async nested(authors) {
      const found = await byKey.limit(authors).include({ posts: { comments: true } })
      return found.map(({ name, posts }) => ({
        name,
        posts: posts.value.map(({ title, comments }) => ({ title, comments: comments.value })),
      }))
    },
    all: () => byKey.all(),
    close: () => pool.close(),
  }
}
