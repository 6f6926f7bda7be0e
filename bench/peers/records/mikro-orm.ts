import type { Author } from '../../tables/blog.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, RecordsSession } from '../records.ts'

interface EntityManager {
  fork(): EntityManager
  findOneOrFail(entity: unknown, where: object): Promise<Author>
  find(entity: unknown, where: object, options: object): Promise<Author[]>
  create(entity: unknown, values: object): Author
  persist(entity: object): EntityManager
  merge(entity: object): Author
  remove(entity: object): EntityManager
  flush(): Promise<void>
}
/** What the package of a database opens. */
export interface Orm {
  readonly em: EntityManager
  close(): Promise<void>
}
interface Core {
  EntitySchema: new (options: object) => unknown
}
interface Collected {
  readonly name: string
  readonly posts: { getItems(): { title: string; comments: { getItems(): { text: string }[] } }[] }
}

const { EntitySchema } = await installed<Core>('@mikro-orm/core')

const id = { type: 'integer', primary: true }
const text = { type: 'text' }
const author: unknown = new EntitySchema({
  name: 'Author',
  tableName: 'authors',
  properties: {
    id,
    name: text,
    email: text,
    age: { type: 'integer', nullable: true },
    posts: { kind: '1:m', entity: () => post, mappedBy: 'author' },
  },
})
const post: unknown = new EntitySchema({
  name: 'Post',
  tableName: 'posts',
  properties: {
    id,
    title: text,
    body: text,
    author: { kind: 'm:1', entity: () => author, fieldName: 'author_id' },
    comments: { kind: '1:m', entity: () => comment, mappedBy: 'post' },
  },
})
const comment: unknown = new EntitySchema({
  name: 'Comment',
  tableName: 'comments',
  properties: { id, text, post: { kind: 'm:1', entity: () => post, fieldName: 'post_id' } },
})

export const entities = [author, post, comment]

/** MikroORM on any database: a fork of the entity manager for each step, as for a request. */
export function recordsOf(orm: Orm): RecordsSession {
  const fork = () => orm.em.fork()
  return {
    find: (key) => fork().findOneOrFail(author, { id: key }),
    list: (age, limit) => fork().find(author, { age: { $gte: age } }, { orderBy: { id: 'asc' }, limit }),
    async insert(values) {
      const manager = fork()
      const created = manager.create(author, values)
      await manager.persist(created).flush()
      return created
    },
    async update(record, age) {
      const manager = fork()
      Object.assign(manager.merge(record), { age })
      await manager.flush()
    },
    async remove(record) {
      const manager = fork()
      await manager.remove(manager.merge(record)).flush()
    },
    async nested(limit) {
      const found = await fork().find(author, {}, { orderBy: { id: 'asc' }, limit, populate: ['posts.comments'] })
      return (found as unknown as Collected[]).map(plain)
    },
    all: () => fork().find(author, {}, { orderBy: { id: 'asc' } }),
    close: () => orm.close(),
  }
}

function plain({ name, posts }: Collected): NestedAuthor {
  return { name, posts: posts.getItems().map(({ title, comments }) => ({ title, comments: comments.getItems() })) }
}
