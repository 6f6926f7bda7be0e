import { ConnectionPool } from '../../../src/index.ts'
import type { Author } from '../../tables/blog.ts'
import { connectOptions } from '../offloop-pool.ts'
import type { OpenRecords } from '../records.ts'
import { equalSettings } from '../settings.ts'

interface Post {
  readonly id: number
  readonly author_id: number
  readonly title: string
}
interface Comment {
  readonly post_id: number
  readonly text: string
}

const COLUMNS = 'id, name, email, age'

/** SQL by hand on a pool of offloop: what its records are to be compared with. */
export const openRecords: OpenRecords = async (filename) => {
  const pool = new ConnectionPool('node-sqlite', { filename, ...connectOptions(equalSettings) })
  await pool.start()
  return {
    find: async (id) => (await pool.runQuery<Author>(`SELECT ${COLUMNS} FROM authors WHERE id = ?`, [id]))[0] as Author,
    list: (age, limit) =>
      pool.runQuery<Author>(`SELECT ${COLUMNS} FROM authors WHERE age >= ? ORDER BY id LIMIT ?`, [age, limit]),
    async insert({ name, email, age }) {
      const sql = 'INSERT INTO authors (name, email, age) VALUES (?, ?, ?)'
      const { lastRowId } = await pool.runOperation(sql, [name, email, age])
      return { id: Number(lastRowId), name, email, age }
    },
    update: ({ id }, age) => pool.runOperation('UPDATE authors SET age = ? WHERE id = ?', [age, id]),
    remove: ({ id }) => pool.runOperation('DELETE FROM authors WHERE id = ?', [id]),
    async nested(limit) {
      const authors = await pool.runQuery<Author>(`SELECT ${COLUMNS} FROM authors ORDER BY id LIMIT ?`, [limit])
      const postsOf = authors.map(({ id }) => id)
      const posts = await pool.runQuery<Post>(
        `SELECT id, author_id, title, body FROM posts WHERE author_id IN (${places(postsOf)})`,
        postsOf,
      )
      const commentsOf = posts.map(({ id }) => id)
      const comments = await pool.runQuery<Comment>(
        `SELECT id, post_id, text FROM comments WHERE post_id IN (${places(commentsOf)})`,
        commentsOf,
      )
      const byPost = Map.groupBy(comments, (comment) => comment.post_id)
      const withComments = posts.map((post) => ({ ...post, comments: byPost.get(post.id) ?? [] }))
      const byAuthor = Map.groupBy(withComments, (post) => post.author_id)
      return authors.map((author) => ({ ...author, posts: byAuthor.get(author.id) ?? [] }))
    },
    all: () => pool.runQuery<Author>(`SELECT ${COLUMNS} FROM authors ORDER BY id`),
    close: () => pool.close(),
  }
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
