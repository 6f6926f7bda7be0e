import type { Author } from '../../tables/blog.ts'
import type { Database } from '../better-sqlite3-module.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, OpenRecords, RecordsSession } from '../records.ts'
import { equalSettings, pragmas } from '../settings.ts'

interface Builder extends Promise<unknown> {
  findById(id: number): Promise<Author>
  where(column: string, operator: string, value: unknown): Builder
  orderBy(column: string): Builder
  limit(count: number): Builder
  insert(values: object): Promise<Author>
  withGraphFetched(graph: string): Builder
}
interface Instance extends Author {
  $query(): { patch(values: object): Promise<unknown>; delete(): Promise<unknown> }
}
interface ModelClass {
  new (): object
  query(): Builder
  bindKnex(knex: unknown): ModelClass
  readonly HasManyRelation: unknown
}

const { Model } = await installed<{ Model: ModelClass }>('objection')
const { default: knex } = await installed<{ default(options: object): { destroy(): Promise<void> } }>('knex')

class Comments extends Model {
  static tableName = 'comments'
}
class Posts extends Model {
  static tableName = 'posts'
  static relationMappings = {
    comments: {
      relation: Model.HasManyRelation,
      modelClass: Comments,
      join: { from: 'posts.id', to: 'comments.post_id' },
    },
  }
}
class Authors extends Model {
  static tableName = 'authors'
  static relationMappings = {
    posts: { relation: Model.HasManyRelation, modelClass: Posts, join: { from: 'authors.id', to: 'posts.author_id' } },
  }
}

/** On better-sqlite3. */
export const openRecords: OpenRecords = async (filename) => {
  const afterCreate = (database: Database, done: (error: null, database: Database) => void) => {
    for (const sql of pragmas(equalSettings)) database.exec(sql)
    done(null, database)
  }
  return openOn({
    client: 'better-sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: { afterCreate },
  })
}

/** Objection on Knex and any database; nested relations by one query for each. */
export async function openOn(options: object): Promise<RecordsSession> {
  const client = knex(options)
  const authors = Authors.bindKnex(client)
  return {
    find: (id) => authors.query().findById(id),
    list: (age, limit) =>
      authors.query().where('age', '>=', age).orderBy('id').limit(limit) as Promise<unknown> as Promise<Author[]>,
    insert: (values) => authors.query().insert(values),
    update: (record, age) => (record as Instance).$query().patch({ age }),
    remove: (record) => (record as Instance).$query().delete(),
    nested: (limit) =>
      authors.query().orderBy('id').limit(limit).withGraphFetched('posts.comments') as Promise<unknown> as Promise<
        NestedAuthor[]
      >,
    all: () => authors.query().orderBy('id') as Promise<unknown> as Promise<Author[]>,
    close: () => client.destroy(),
  }
}
