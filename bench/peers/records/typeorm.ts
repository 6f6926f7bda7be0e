import type { Author } from '../../tables/blog.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, OpenRecords, RecordsSession } from '../records.ts'
import { equalSettings, pragmas } from '../settings.ts'

interface Repository {
  findOneByOrFail(where: object): Promise<Author>
  find(options: object): Promise<unknown>
  create(values: object): object
  save(entity: object): Promise<Author>
  remove(entity: object): Promise<unknown>
}
interface DataSource {
  initialize(): Promise<unknown>
  query(sql: string): Promise<unknown>
  getRepository(entity: unknown): Repository
  destroy(): Promise<void>
}
interface Module {
  DataSource: new (options: object) => DataSource
  EntitySchema: new (options: object) => unknown
  MoreThanOrEqual(value: number): unknown
}

const { DataSource, EntitySchema, MoreThanOrEqual } = await installed<Module>('typeorm')

class AuthorEntity {}
class PostEntity {}
class CommentEntity {}

const id = { type: 'integer', primary: true, generated: true }
const text = { type: 'text' }
const entities = [
  new EntitySchema({
    name: 'authors',
    tableName: 'authors',
    target: AuthorEntity,
    columns: { id, name: text, email: text, age: { type: 'integer', nullable: true } },
    relations: { posts: { type: 'one-to-many', target: () => PostEntity, inverseSide: 'author' } },
  }),
  new EntitySchema({
    name: 'posts',
    tableName: 'posts',
    target: PostEntity,
    columns: { id, title: text, body: text },
    relations: {
      author: {
        type: 'many-to-one',
        target: () => AuthorEntity,
        joinColumn: { name: 'author_id' },
        inverseSide: 'posts',
      },
      comments: { type: 'one-to-many', target: () => CommentEntity, inverseSide: 'post' },
    },
  }),
  new EntitySchema({
    name: 'comments',
    tableName: 'comments',
    target: CommentEntity,
    columns: { id, text },
    relations: {
      post: { type: 'many-to-one', target: () => PostEntity, joinColumn: { name: 'post_id' }, inverseSide: 'comments' },
    },
  }),
]

/** On better-sqlite3. */
export const openRecords: OpenRecords = (database) =>
  openOn({ type: 'better-sqlite3', database }, pragmas(equalSettings))

/** TypeORM's repository on any database; nested relations by one query for each. */
export async function openOn(options: object, settings: readonly string[] = []): Promise<RecordsSession> {
  const source = new DataSource({ ...options, entities })
  await source.initialize()
  for (const sql of settings) await source.query(sql)
  const authors = source.getRepository(AuthorEntity)
  return {
    find: (key) => authors.findOneByOrFail({ id: key }),
    list: (age, take) =>
      authors.find({ where: { age: MoreThanOrEqual(age) }, order: { id: 'ASC' }, take }) as Promise<Author[]>,
    insert: (values) => authors.save(authors.create(values)),
    update: (record, age) => authors.save(Object.assign(record, { age })),
    remove: (record) => authors.remove(record),
    nested: (take) =>
      authors.find({
        order: { id: 'ASC' },
        take,
        relations: { posts: { comments: true } },
        relationLoadStrategy: 'query',
      }) as Promise<NestedAuthor[]>,
    all: () => authors.find({ order: { id: 'ASC' } }) as Promise<Author[]>,
    close: () => source.destroy(),
  }
}
