import type { Value } from '../../contract/value.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { ReferenceAction } from '../columns/reference.ts'
import type { Database } from '../database.ts'
import { type NextPlace, Shape } from '../statement.ts'
import type { TableColumn, TableDescription, TableForeignKey, TableIndex } from './description.ts'
import { mysqlDefault, mysqlExpression, mysqlStorage } from './mysql-types.ts'

/** What MySQL or MariaDB says of a table or view of its database; null if there is none. */
export async function describeMysqlTable(database: Database, name: string): Promise<TableDescription | null> {
  const [columns, keys, foreignKeys] = await Promise.all([
    ask(database, 'mysql columns', name, columnsSql),
    ask(database, 'mysql indexes', name, indexesSql),
    ask(database, 'mysql foreign keys', name, foreignKeysSql),
  ])
  const [first] = columns
  if (!first) return null
  const isMariaDb = String(first.at(-1)).includes('MariaDB')
  const json = isMariaDb
    ? new Set((await ask(database, 'mariadb json', name, jsonSql)).map(([column]) => column))
    : null
  const indexes = Map.groupBy(keys, ([index]) => String(index))
  const primaryKey = indexes.get(PRIMARY)?.map(([, , column]) => String(column)) ?? []
  return {
    name,
    columns: columns.map((column) =>
      columnOf(column, { primaryKey, isMariaDb, isJson: json?.has(column[0] ?? null) ?? false }),
    ),
    primaryKey,
    indexes: [...indexes.values()].map(indexOf),
    foreignKeys: [...Map.groupBy(foreignKeys, ([constraint]) => constraint).values()].map(foreignKeyOf),
  }
}

const PRIMARY = 'PRIMARY'

/** The names of all tables of the database. */
export async function mysqlTableNames(database: Database): Promise<string[]> {
  const statement = database.statement(
    new Shape('mysql tables', 'mysql'),
    () => sql`
      select table_name from information_schema.tables
      where table_schema = database() and table_type = 'BASE TABLE' order by cast(table_name as binary)`,
  )
  return (await database.query(statement, [])).map(([name]) => String(name))
}

async function ask(
  database: Database,
  key: string,
  table: string,
  write: (place: NextPlace) => RawBuilder<unknown>,
): Promise<Value[][]> {
  return (await database.query(database.statement(new Shape(key, 'mysql'), write), [table])) as Value[][]
}

function columnsSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select column_name, column_type, is_nullable, column_default, extra, version()
    from information_schema.columns where table_schema = database() and table_name = ${place()}
    order by ordinal_position`
}

// To MariaDB JSON is a text that it checks.
function jsonSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select constraint_name from information_schema.check_constraints
    where constraint_schema = database() and table_name = ${place()}
      and check_clause = concat('json_valid(\`', constraint_name, '\`)')`
}

interface About {
  readonly primaryKey: readonly string[]
  readonly isMariaDb: boolean
  readonly isJson: boolean
}

function columnOf(
  [name, type, nullable, written, extra]: readonly Value[],
  { primaryKey, isMariaDb, isJson }: About,
): TableColumn {
  const known = mysqlStorage(String(type))
  const words = String(extra).toLowerCase()
  const isGenerated = words.includes('default_generated')
  const given = isGenerated && !isMariaDb ? mysqlExpression(String(written)) : (written as string | null)
  return {
    name: String(name),
    type: String(type),
    ...(isJson ? { storage: 'json', limits: {} } : known),
    nullable: nullable === 'YES',
    default: words.includes('auto_increment')
      ? { expression: 'auto_increment' }
      : mysqlDefault(given, isMariaDb || isGenerated, known.storage),
    keyPosition: primaryKey.indexOf(String(name)) + 1,
    generated: /\b(virtual|stored) generated\b/.test(words),
  }
}

function indexesSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select index_name, non_unique, column_name from information_schema.statistics
    where table_schema = database() and table_name = ${place()}
    order by index_name, seq_in_index`
}

function indexOf(parts: readonly Value[][]): TableIndex {
  const [[name, nonUnique] = []] = parts
  return {
    name: String(name),
    columns: parts.map(([, , column]) => column as string | null),
    unique: nonUnique === 0,
    // A UNIQUE of the table is an index like others here.
    implied: name === PRIMARY,
  }
}

function foreignKeysSql(place: NextPlace): RawBuilder<unknown> {
  return sql`
    select k.constraint_name, k.referenced_table_name, k.column_name, k.referenced_column_name, r.delete_rule, r.update_rule
    from information_schema.key_column_usage as k
      join information_schema.referential_constraints as r
        on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.table_schema = database() and k.table_name = ${place()} and k.referenced_table_name is not null
    order by k.constraint_name, k.ordinal_position`
}

function foreignKeyOf(parts: readonly Value[][]): TableForeignKey {
  const [[, table, , , onDelete, onUpdate] = []] = parts
  return {
    columns: parts.map(([, , column]) => String(column)),
    table: String(table),
    references: parts.map(([, , , column]) => String(column)),
    onDelete: String(onDelete).toLowerCase() as ReferenceAction,
    onUpdate: String(onUpdate).toLowerCase() as ReferenceAction,
  }
}
