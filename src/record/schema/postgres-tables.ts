import type { Value } from '../../contract/value.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { ReferenceAction } from '../columns/reference.ts'
import type { Database } from '../database.ts'
import { type NextPlace, Shape } from '../statement.ts'
import type { TableColumn, TableDescription, TableForeignKey, TableIndex } from './description.ts'
import { postgresDefault, postgresStorage } from './postgres-types.ts'

/** What PostgreSQL says of a table or view that the search path finds; null if there is none. */
export async function describePostgresTable(database: Database, name: string): Promise<TableDescription | null> {
  const [columns, keys, foreignKeys] = await Promise.all([
    ask(database, 'postgres columns', name, columnsSql),
    ask(database, 'postgres indexes', name, indexesSql),
    ask(database, 'postgres foreign keys', name, foreignKeysSql),
  ])
  if (columns.length === 0) return null
  const indexes = [...Map.groupBy(keys, ([index]) => String(index)).values()]
  const primaryKey = indexes.find(([first]) => first?.[2] === 1)?.map(([, , , , column]) => String(column)) ?? []
  return {
    name,
    columns: columns.map((column) => columnOf(column, primaryKey)),
    primaryKey,
    indexes: indexes.map(indexOf),
    foreignKeys: [...Map.groupBy(foreignKeys, ([constraint]) => constraint).values()].map(foreignKeyOf),
  }
}

/** The names of all tables that the search path finds. */
export async function postgresTableNames(database: Database): Promise<string[]> {
  const statement = database.statement(
    new Shape('postgres tables', 'postgres'),
    () => sql`
      select relname from pg_class
      where relkind in ('r', 'p') and pg_table_is_visible(oid)
        and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      order by relname collate "C"`,
  )
  return (await database.query(statement, [])).map(([name]) => String(name))
}

async function ask(
  database: Database,
  key: string,
  table: string,
  write: (place: NextPlace) => RawBuilder<unknown>,
): Promise<Value[][]> {
  return (await database.query(database.statement(new Shape(key, 'postgres'), write), [table])) as Value[][]
}

function relation(place: NextPlace): RawBuilder<unknown> {
  return sql`(
    select oid from pg_class
    where relname = ${place()} and relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(oid))`
}

function columnsSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
      a.attidentity, a.attgenerated
    from pg_attribute as a left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = ${relation(place)} and a.attnum > 0 and not a.attisdropped
    order by a.attnum`
}

function columnOf(
  [name, type, notNull, made, identity, generated]: readonly Value[],
  key: readonly string[],
): TableColumn {
  return {
    name: String(name),
    type: String(type),
    ...postgresStorage(String(type)),
    nullable: notNull === 0,
    default: identity === '' ? postgresDefault(made as string | null) : { expression: 'identity' },
    keyPosition: key.indexOf(String(name)) + 1,
    generated: generated !== '',
  }
}

function indexesSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select i.relname, x.indisunique, x.indisprimary, c.oid is not null, a.attname
    from pg_index as x
      join pg_class as i on i.oid = x.indexrelid
      cross join lateral unnest(x.indkey) with ordinality as k (attnum, place)
      left join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum
      left join pg_constraint as c on c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x')
    where x.indrelid = ${relation(place)} and k.place <= x.indnkeyatts
    order by x.indexrelid, k.place`
}

function indexOf(parts: readonly Value[][]): TableIndex {
  const [[name, unique, , implied] = []] = parts
  return {
    name: String(name),
    columns: parts.map(([, , , , column]) => column as string | null),
    unique: unique === 1,
    implied: implied === 1,
  }
}

function foreignKeysSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select c.conname, t.relname, a.attname, r.attname, c.confdeltype, c.confupdtype
    from pg_constraint as c
      join pg_class as t on t.oid = c.confrelid
      cross join lateral unnest(c.conkey, c.confkey) with ordinality as k (here, there, place)
      join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.here
      join pg_attribute as r on r.attrelid = c.confrelid and r.attnum = k.there
    where c.contype = 'f' and c.conrelid = ${relation(place)}
    order by c.oid, k.place`
}

const ACTIONS: Readonly<Record<string, ReferenceAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

function foreignKeyOf(parts: readonly Value[][]): TableForeignKey {
  const [[, table, , , onDelete, onUpdate] = []] = parts
  return {
    columns: parts.map(([, , column]) => String(column)),
    table: String(table),
    references: parts.map(([, , , column]) => String(column)),
    onDelete: ACTIONS[String(onDelete)] ?? 'no action',
    onUpdate: ACTIONS[String(onUpdate)] ?? 'no action',
  }
}
