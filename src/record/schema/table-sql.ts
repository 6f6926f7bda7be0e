import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import type { Database } from '../database.ts'
import { modelError } from '../errors.ts'
import { TableAttributes } from '../table-attributes.ts'
import { columnSql, isCounted } from './column-sql.ts'
import { type ForeignKey, foreignKeysOf } from './foreign-keys.ts'
import { type Index, indexesOf } from './indexes.ts'
import type { Links } from './links.ts'
import { checkLength, madeName } from './names-sql.ts'

type Fragment = RawBuilder<unknown>

/** What creates a table. */
export interface TableSql {
  readonly table: string
  readonly create: (ifNotExists: boolean) => string
  readonly indexes: (ifNotExists: boolean) => readonly string[]
  /** Foreign keys that are added once the other tables are there. */
  readonly constraints: readonly string[]
}

/** Which foreign keys are part of the table, and which are added when all tables are there. */
export type Inline = (key: ForeignKey) => boolean

/** What creates the table of a model. */
export function tableSqlOf(database: Database, definition: Definition, inline: Inline): TableSql {
  const { dialect } = database
  const { table, attributes } = definition
  checkDeclared(definition)
  checkLength('the table', table, dialect)
  for (const { column } of attributes) checkLength('the column', column, dialect)
  const keys = foreignKeysOf(definition)
  const indexed = new Set(indexesOf(definition, dialect).flatMap(({ columns }) => columns))
  const isInline: Inline = (key) => dialect === 'sqlite' || inline(key)
  const parts = [
    ...[...attributes].map((attribute) => columnSql(database, attribute, attributes.key, indexed.has(attribute))),
    ...keySql(attributes.key, dialect === 'sqlite'),
    ...keys.filter(isInline).map((key) => foreignKeySql(database, table, key)),
  ]
  const later = keys.filter((key) => !isInline(key))
  return {
    table,
    create: (ifNotExists) => creation(database, table, parts, ifNotExists),
    indexes: (ifNotExists) =>
      indexesOf(definition, dialect).map((index) => indexSql(database, table, index, ifNotExists)),
    constraints: later.map((key) =>
      text(database, sql`alter table ${sql.id(table)} add ${foreignKeySql(database, table, key)}`),
    ),
  }
}

/** What creates a table of links: each pair stands there once, and goes with either of its rows. */
export function linksSqlOf(database: Database, { table, attributes, sides }: Links): TableSql {
  checkLength('the table', table, database.dialect)
  const keys = sides.map(({ key }) => key)
  const parts = [
    ...[...attributes].map((attribute) => columnSql(database, attribute, [])),
    sql`primary key (${columnsSql(keys)})`,
    ...sides.map(({ key, of, column }) =>
      foreignKeySql(database, table, {
        column: key.column,
        target: of,
        targetColumn: column,
        onDelete: 'cascade',
        onUpdate: 'cascade',
      }),
    ),
  ]
  const [, other] = keys as [Attribute, Attribute]
  const index = {
    name: madeName([table, other.column], database.dialect),
    columns: [other],
    unique: false,
    where: null,
  }
  return {
    table,
    create: (ifNotExists) => creation(database, table, parts, ifNotExists),
    // The key finds the other rows of the one side; this finds those of the other.
    indexes: (ifNotExists) => [indexSql(database, table, index, ifNotExists)],
    constraints: [],
  }
}

function checkDeclared({ attributes, name }: Definition): void {
  if (!(attributes instanceof TableAttributes)) return
  throw modelError('INVALID_MODEL', `${name} declares no columns that its table could be created with`)
}

function creation(database: Database, table: string, parts: readonly Fragment[], ifNotExists: boolean): string {
  const guard = sql.raw(ifNotExists ? 'if not exists ' : '')
  const last = sql.raw(database.dialect === 'mysql' ? EXACT_TEXT : '')
  return text(database, sql`create table ${guard}${sql.id(table)} (${sql.join([...parts])})${last}`)
}

/** MySQL would take texts for equal that differ in case, accents or spaces at the end, by the rules of its database. */
const EXACT_TEXT = ' character set utf8mb4 collate utf8mb4_bin'

// A key that the database counts up is said at its column.
function keySql(key: readonly Attribute[], isSqlite: boolean): Fragment[] {
  if (key.length === 0) return []
  const [only] = key
  if (isSqlite && only && isCounted(only, key)) return []
  return [sql`primary key (${columnsSql(key)})`]
}

function foreignKeySql(database: Database, table: string, key: ForeignKey): Fragment {
  const name = madeName([table, key.column, 'fkey'], database.dialect)
  const onDelete = sql.raw(key.onDelete ? ` on delete ${key.onDelete}` : '')
  const onUpdate = sql.raw(key.onUpdate ? ` on update ${key.onUpdate}` : '')
  const to = sql`${sql.id(key.target.table)} (${sql.id(key.targetColumn)})`
  return sql`constraint ${sql.id(name)} foreign key (${sql.id(key.column)}) references ${to}${onDelete}${onUpdate}`
}

function indexSql(database: Database, table: string, index: Index, ifNotExists: boolean): string {
  // MySQL does not know the words, and says when the index is there.
  const guard = sql.raw(ifNotExists && database.dialect !== 'mysql' ? 'if not exists ' : '')
  const unique = sql.raw(index.unique ? 'unique ' : '')
  const where = sql.raw(index.where === null ? '' : ` where ${index.where}`)
  const on = sql`${sql.id(table)} (${sql.join(index.columns.map((one) => indexedSql(one, database)))})`
  return text(database, sql`create ${unique}index ${guard}${sql.id(index.name)} on ${on}${where}`)
}

// Rows are sorted with null before all else: the index has them so.
function indexedSql({ column, settings }: Attribute, { dialect }: Database): Fragment {
  return sql`${sql.id(column)}${sql.raw(dialect === 'postgres' && settings.nullable ? ' nulls first' : '')}`
}

function columnsSql(attributes: readonly Attribute[]): Fragment {
  return sql.join(attributes.map(({ column }) => sql.id(column)))
}

function text({ writer }: Database, fragment: Fragment): string {
  return fragment.compile(writer).sql
}
