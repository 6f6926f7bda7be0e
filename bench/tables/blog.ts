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
      const { lastInsertRowid } = post.run(...makePost(at + 1, name, number))
      for (let nth = 0; nth < COMMENTS_EACH; nth++) comment.run(lastInsertRowid, commentText(nth, number))
    }
  }
  database.exec('COMMIT')
  database.close()
}

export function blogFile(folder: string, { authors, posts }: Blog): string {
  return join(folder, `blog-${authors}${posts ? '-posts' : ''}.db`)
}

/** The posts of a blog in the order of their keys, as author, title and body. */
export function* makePosts(authors: readonly NewAuthor[]): Generator<Post> {
  for (const [at, { name }] of authors.entries()) {
    for (let number = 0; number < POSTS_EACH; number++) yield makePost(at + 1, name, number)
  }
}

/** The comments of a blog in the order of their keys, as post and text. */
export function* makeComments(authors: number): Generator<[post: number, text: string]> {
  for (let at = 0; at < authors * POSTS_EACH; at++) {
    for (let nth = 0; nth < COMMENTS_EACH; nth++) yield [at + 1, commentText(nth, at % POSTS_EACH)]
  }
}

type Post = [author: number, title: string, body: string]

function makePost(author: number, name: string, number: number): Post {
  return [author, `On ${name}, part ${number}`, 'Much was said of this before. '.repeat(4)]
}

function commentText(nth: number, number: number): string {
  return `comment ${nth} on part ${number}`
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
