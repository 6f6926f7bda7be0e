import type { Author, NewAuthor } from '../../tables/blog.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, RecordsSession } from '../records.ts'

export interface Column {
  notNull(): Column
  primaryKey(): Column
}
export type Table = Record<string, Column>
interface Limits {
  where?: unknown
  orderBy?: unknown
  limit?: number
  with?: object
}
interface Builder {
  set(values: object): Builder
  values(values: object): Builder
  where(condition: unknown): Builder
  returning(): Promise<Author[]>
}
export interface Database {
  query: { authors: { findFirst(options: Limits): Promise<Author>; findMany(options: Limits): Promise<unknown> } }
  insert(table: Table): Builder
  update(table: Table): Builder
  delete(table: Table): Builder
}
/** What the module of a database makes tables of. */
export interface Core {
  table(name: string, columns: Record<string, Column>): Table
  integer(name: string): Column
  text(name: string): Column
}
interface Relate {
  one(table: Table, by: { fields: unknown[]; references: unknown[] }): unknown
  many(table: Table): unknown
}
interface Main {
  eq(column: unknown, value: unknown): unknown
  gte(column: unknown, value: unknown): unknown
  asc(column: unknown): unknown
  relations(table: Table, describe: (relate: Relate) => object): unknown
}
const { eq, gte, asc, relations } = await installed<Main>('drizzle-orm')

/** The tables of a blog, with their relations. */
export function blogSchema({ table, integer, text }: Core) {
  const authors = table('authors', {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    age: integer('age'),
  })
  const posts = table('posts', {
    id: integer('id').primaryKey(),
    authorId: integer('author_id').notNull(),
    title: text('title').notNull(),
    body: text('body').notNull(),
  })
  const comments = table('comments', {
    id: integer('id').primaryKey(),
    postId: integer('post_id').notNull(),
    text: text('text').notNull(),
  })
  return {
    authors,
    posts,
    comments,
    authorsRelations: relations(authors, ({ many }) => ({ posts: many(posts) })),
    postsRelations: relations(posts, ({ one, many }) => ({
      author: one(authors, { fields: [posts.authorId], references: [authors.id] }),
      comments: many(comments),
    })),
    commentsRelations: relations(comments, ({ one }) => ({
      post: one(posts, { fields: [comments.postId], references: [posts.id] }),
    })),
  }
}

/** Drizzle's relational queries, on any database. */
export function recordsOf(
  database: Database,
  { authors }: ReturnType<typeof blogSchema>,
  close: () => Promise<void>,
): RecordsSession {
  const { query } = database
  return {
    find: (id) => query.authors.findFirst({ where: eq(authors.id, id) }),
    list: (age, limit) =>
      query.authors.findMany({ where: gte(authors.age, age), orderBy: asc(authors.id), limit }) as Promise<Author[]>,
    insert: async (values: NewAuthor) => (await database.insert(authors).values(values).returning())[0] as Author,
    update: async ({ id }, age) => await database.update(authors).set({ age }).where(eq(authors.id, id)),
    remove: async ({ id }) => await database.delete(authors).where(eq(authors.id, id)),
    nested: (limit) =>
      query.authors.findMany({
        orderBy: asc(authors.id),
        limit,
        with: { posts: { with: { comments: true } } },
      }) as Promise<NestedAuthor[]>,
    all: () => query.authors.findMany({ orderBy: asc(authors.id) }) as Promise<Author[]>,
    close,
  }
}
