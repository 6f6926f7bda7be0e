import { ConnectionPool } from '../../../src/index.ts'
import type { Author } from '../../tables/blog.ts'
import { connectOptions } from '../offloop-pool.ts'
import type { Value } from '../peer.ts'
import type { OpenRecords, RecordsSession } from '../records.ts'
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
const FIND = `SELECT ${COLUMNS} FROM authors WHERE id = ?`
const LIST = `SELECT ${COLUMNS} FROM authors WHERE age >= ? ORDER BY id LIMIT ?`
const FIRST = `SELECT ${COLUMNS} FROM authors ORDER BY id LIMIT ?`
const UPDATE = 'UPDATE authors SET age = ? WHERE id = ?'
const REMOVE = 'DELETE FROM authors WHERE id = ?'
export const INSERT = 'INSERT INTO authors (name, email, age) VALUES (?, ?, ?)'

type FiveTexts = [find: string, list: string, update: string, remove: string, first: string]

/** SQL by hand on a pool of offloop: what its records are to be compared with. */
export const openRecords: OpenRecords = async (filename) => {
  return await recordsOf(new ConnectionPool('node-sqlite', { filename, ...connectOptions(equalSettings) }), {
    async insert(pool, values) {
      const { lastRowId } = await pool.runOperation(INSERT, values)
      return Number(lastRowId)
    },
    dialect: (sql) => sql,
  })
}

/** What databases have differently. */
interface Differences {
  /** Gives the key. */
  insert(pool: ConnectionPool, values: readonly Value[]): Promise<number>
  dialect(sql: string): string
}

/** The same on any pool. */
export async function recordsOf(pool: ConnectionPool, { insert, dialect }: Differences): Promise<RecordsSession> {
  await pool.start()
  const [find, list, update, remove, first] = [FIND, LIST, UPDATE, REMOVE, FIRST].map(dialect) as FiveTexts
  return {
    find: async (id) => (await pool.runQuery<Author>(find, [id]))[0] as Author,
    list: (age, limit) => pool.runQuery<Author>(list, [age, limit]),
    async insert({ name, email, age }) {
      return { id: await insert(pool, [name, email, age]), name, email, age }
    },
    update: ({ id }, age) => pool.runOperation(update, [age, id]),
    remove: ({ id }) => pool.runOperation(remove, [id]),
    async nested(limit) {
      const authors = await pool.runQuery<Author>(first, [limit])
      const postsOf = authors.map(({ id }) => id)
      const posts = await pool.runQuery<Post>(
        dialect(`SELECT id, author_id, title, body FROM posts WHERE author_id IN (${places(postsOf)})`),
        postsOf,
      )
      const commentsOf = posts.map(({ id }) => id)
      const comments = await pool.runQuery<Comment>(
        dialect(`SELECT id, post_id, text FROM comments WHERE post_id IN (${places(commentsOf)})`),
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
