import type { Author } from '../../tables/blog.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, OpenRecords, RecordsSession } from '../records.ts'
import { equalSettings, pragmas } from '../settings.ts'

interface Instance extends Author {
  update(values: object): Promise<unknown>
  destroy(): Promise<unknown>
}
interface Model {
  findByPk(id: number, options: object): Promise<Instance>
  findAll(options: object): Promise<Instance[]>
  create(values: object): Promise<Instance>
  hasMany(model: Model, options: object): void
}
interface Sequelize {
  query(sql: string): Promise<unknown>
  define(name: string, columns: object, options: object): Model
  close(): Promise<void>
}
interface Module {
  Sequelize: new (options: object) => Sequelize
  DataTypes: Readonly<Record<'INTEGER' | 'TEXT', unknown>>
  Op: { readonly gte: symbol }
}

const { default: module } = await installed<{ default: Module }>('sequelize')
const { INTEGER, TEXT } = module.DataTypes

/** On sqlite3. */
export const openRecords: OpenRecords = (storage) => openOn({ dialect: 'sqlite', storage }, pragmas(equalSettings))

/** Sequelize on any database; nested relations by one query for each. */
export async function openOn(options: object, settings: readonly string[] = []): Promise<RecordsSession> {
  const sequelize = new module.Sequelize({ ...options, logging: false })
  for (const sql of settings) await sequelize.query(sql)
  const id = { type: INTEGER, primaryKey: true, autoIncrement: true }
  const define = (name: string, columns: object) =>
    sequelize.define(name, { id, ...columns }, { tableName: name, timestamps: false })
  const authors = define('authors', { name: TEXT, email: TEXT, age: INTEGER })
  const posts = define('posts', { author_id: INTEGER, title: TEXT, body: TEXT })
  const comments = define('comments', { post_id: INTEGER, text: TEXT })
  authors.hasMany(posts, { as: 'posts', foreignKey: 'author_id' })
  posts.hasMany(comments, { as: 'comments', foreignKey: 'post_id' })
  const order = [['id', 'ASC']]
  const include = [
    { model: posts, as: 'posts', separate: true, include: [{ model: comments, as: 'comments', separate: true }] },
  ]
  return {
    find: (key) => authors.findByPk(key, {}),
    list: (age, limit) => authors.findAll({ where: { age: { [module.Op.gte]: age } }, order, limit }),
    insert: (values) => authors.create(values),
    update: (record, age) => (record as Instance).update({ age }),
    remove: (record) => (record as Instance).destroy(),
    nested: (limit) => authors.findAll({ order, limit, include }) as Promise<unknown> as Promise<NestedAuthor[]>,
    all: () => authors.findAll({ order }),
    close: () => sequelize.close(),
  }
}
