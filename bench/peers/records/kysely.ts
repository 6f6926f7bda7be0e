import type { Author } from '../../tables/blog.ts'
import type { NestedAuthor, RecordsSession } from '../records.ts'

/** What the steps use of a builder: it is of one table, or of one inside a row of another. */
interface Builder {
  selectAll(): Builder
  select(columns: unknown): Builder
  where(column: string, operator: string, value: unknown): Builder
  whereRef(column: string, operator: string, other: string): Builder
  orderBy(column: string): Builder
  limit(count: number): Builder
  values(values: object): Builder
  set(values: object): Builder
  returningAll(): Builder
  execute(): Promise<unknown>
  executeTakeFirstOrThrow(): Promise<unknown>
}
interface Queries {
  selectFrom(table: string): Builder
  insertInto(table: string): Builder
  updateTable(table: string): Builder
  deleteFrom(table: string): Builder
}
export interface Database extends Queries {
  destroy(): Promise<void>
}
/** The module of a database that makes JSON of rows. */
export interface Nesting {
  jsonArrayFrom(rows: Builder): { as(name: string): unknown }
}

/**
 * Kysely on any database: no records but plain objects; what is nested comes as JSON in one query, as its guide says, by
 * a Kysely that reads JSON where the driver does not.
 */
export function recordsOf(database: Database, nesting: Database, { jsonArrayFrom }: Nesting): RecordsSession {
  const authors = () => database.selectFrom('authors').selectAll()
  const comments = (queries: Queries) => {
    const own = queries.selectFrom('comments').whereRef('comments.post_id', '=', 'posts.id').orderBy('comments.id')
    return jsonArrayFrom(own.select(['id', 'post_id', 'text'])).as('comments')
  }
  const posts = (queries: Queries) => {
    const own = queries.selectFrom('posts').whereRef('posts.author_id', '=', 'authors.id').orderBy('posts.id')
    return jsonArrayFrom(own.select(['id', 'author_id', 'title', 'body', comments])).as('posts')
  }
  return {
    find: (id) => authors().where('id', '=', id).executeTakeFirstOrThrow() as Promise<Author>,
    list: (age, limit) => authors().where('age', '>=', age).orderBy('id').limit(limit).execute() as Promise<Author[]>,
    insert: (values) =>
      database.insertInto('authors').values(values).returningAll().executeTakeFirstOrThrow() as Promise<Author>,
    update: ({ id }, age) => database.updateTable('authors').set({ age }).where('id', '=', id).execute(),
    remove: ({ id }) => database.deleteFrom('authors').where('id', '=', id).execute(),
    nested: (limit) =>
      nesting.selectFrom('authors').selectAll().select(posts).orderBy('id').limit(limit).execute() as Promise<
        NestedAuthor[]
      >,
    all: () => authors().orderBy('id').execute() as Promise<Author[]>,
    close: () => database.destroy(),
  }
}
