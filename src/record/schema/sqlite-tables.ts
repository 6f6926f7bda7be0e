import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { ReferenceAction } from '../columns/reference.ts'
import type { Database } from '../database.ts'
import { Shape } from '../statement.ts'
import type { TableColumn, TableDescription, TableForeignKey, TableIndex } from './description.ts'
import { defaultOf } from './sqlite-default.ts'
import { storageOf } from './sqlite-types.ts'

/** What SQLite says of a table or view; null if there is none. */
export async function describeSqliteTable(database: Database, name: string): Promise<TableDescription | null> {
  const [columns, indexes, foreignKeys] = await Promise.all([
    columnsOf(database, name),
    indexesOf(database, name),
    foreignKeysOf(database, name),
  ])
  if (columns.length === 0) return null
  const key = columns.filter(({ keyPosition }) => keyPosition > 0).sort((a, b) => a.keyPosition - b.keyPosition)
  return { name, columns, primaryKey: key.map((column) => column.name), indexes, foreignKeys }
}

/** The names of all tables. */
export async function sqliteTableNames(database: Database): Promise<string[]> {
  const statement = database.statement(
    new Shape('sqlite tables', 'sqlite'),
    () =>
      sql`select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
  )
  return (await database.query(statement, [])).map(([name]) => String(name))
}

const HIDDEN = 1

async function columnsOf(database: Database, table: string): Promise<TableColumn[]> {
  const statement = database.statement(
    new Shape('sqlite columns', 'sqlite'),
    (place) =>
      sql`select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(${place()}) order by cid`,
  )
  const rows = (await database.query(statement, [table])) as Value[][]
  return rows.filter(([, , , , , hidden]) => hidden !== HIDDEN).map(columnOf)
}

function columnOf([name, type, notNull, defaultSql, key, hidden]: readonly Value[]): TableColumn {
  return {
    name: String(name),
    type: String(type),
    ...storageOf(String(type)),
    // SQLite gives a key of one INTEGER a value by itself, and does not call it NOT NULL.
    nullable: notNull === 0 && key === 0,
    default: defaultOf(defaultSql as string | null),
    keyPosition: Number(key),
    generated: hidden !== 0,
  }
}

async function indexesOf(database: Database, table: string): Promise<TableIndex[]> {
  const statement = database.statement(
    new Shape('sqlite indexes', 'sqlite'),
    (place) => sql`
      select list.name, list."unique", list.origin, info.name
      from pragma_index_list(${place()}) as list, pragma_index_info(list.name) as info
      order by list.seq desc, info.seqno`,
  )
  const rows = (await database.query(statement, [table])) as Value[][]
  return [...Map.groupBy(rows, ([name]) => String(name))].map(([name, parts]) => ({
    name,
    columns: parts.map(([, , , column]) => column as string | null),
    unique: parts[0]?.[1] === 1,
    implied: parts[0]?.[2] !== 'c',
  }))
}

async function foreignKeysOf(database: Database, table: string): Promise<TableForeignKey[]> {
  const statement = database.statement(
    new Shape('sqlite foreign keys', 'sqlite'),
    (place) => sql`
      select id, "table", "from", "to", on_delete, on_update from pragma_foreign_key_list(${place()})
      order by id desc, seq`,
  )
  const rows = (await database.query(statement, [table])) as Value[][]
  return [...Map.groupBy(rows, ([id]) => id).values()].map((parts) => {
    const [, referred, , , onDelete, onUpdate] = parts[0] ?? []
    return {
      columns: parts.map(([, , column]) => String(column)),
      table: String(referred),
      references: parts.flatMap(([, , , column]) => (column === null ? [] : [String(column)])),
      onDelete: String(onDelete).toLowerCase() as ReferenceAction,
      onUpdate: String(onUpdate).toLowerCase() as ReferenceAction,
    }
  })
}
