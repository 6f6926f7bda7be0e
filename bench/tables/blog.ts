import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { seededRandom } from '../harness/random.ts'

/** Who writes posts. Its key is the database's. */
export interface Author {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number | null
}

/** What an author is made of. */
export type NewAuthor = Omit<Author, 'id'>

const POSTS_EACH = 5
const COMMENTS_EACH = 2

/** So many authors, each with posts or all without, and each post with comments. */
export interface Blog {
  readonly authors: number
  readonly posts: boolean
}

/** Makes the file of a blog, once per folder. */
export function createBlog(folder: string, blog: Blog): void {
  const file = blogFile(folder, blog)
  if (existsSync(file)) return
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, age INTEGER);
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL);
    CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL, text TEXT NOT NULL);
    CREATE INDEX posts_author ON posts (author_id);
    CREATE INDEX comments_post ON comments (post_id);
    BEGIN`)
  const author = database.prepare('INSERT INTO authors VALUES (?, ?, ?, ?)')
  const post = database.prepare('INSERT INTO posts VALUES (NULL, ?, ?, ?)')
  const comment = database.prepare('INSERT INTO comments VALUES (NULL, ?, ?)')
  for (const [at, { name, email, age }] of makeAuthors(blog.authors).entries()) {
    author.run(at + 1, name, email, age)
    for (let number = 0; number < (blog.posts ? POSTS_EACH : 0); number++) {
      const { lastInsertRowid } = post.run(
        at + 1,
        `On ${name}, part ${number}`,
        'Much was said of this before. '.repeat(4),
      )
      for (let nth = 0; nth < COMMENTS_EACH; nth++) comment.run(lastInsertRowid, `comment ${nth} on part ${number}`)
    }
  }
  database.exec('COMMIT')
  database.close()
}

export function blogFile(folder: string, { authors, posts }: Blog): string {
  return join(folder, `blog-${authors}${posts ? '-posts' : ''}.db`)
}

/** Always the same authors, and more of them when more are asked for. */
export function makeAuthors(count: number): NewAuthor[] {
  const random = seededRandom(20_250_404)
  return Array.from({ length: count }, (_, at) => ({
    name: `author number ${at}`,
    email: `author-${at}@example.org`,
    age: random(10) === 0 ? null : 18 + random(70),
  }))
}
