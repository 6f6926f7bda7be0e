import type { ConnectionPool, OperationResult, Row, Value } from 'offloop'
import { type Dialect, mysql, postgres, sqlite } from '../dialects.ts'

const dialects: Readonly<Record<string, Dialect>> = { sqlite, postgres, mysql }

/** Text that may be a key, told apart by case: a database of MariaDB knows no other order than this by both servers. */
const KEY_TEXT = 'VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

/** Runs SQL that is written for SQLite, with types and names as the database of the pool writes them. */
export async function prepare(pool: ConnectionPool, ...statements: readonly string[]): Promise<void> {
  for (const text of statements) await pool.runOperation(asWrittenFor(pool, text))
}

/** SQL that is written for SQLite: types of columns, names in double quotes or with capitals in them. */
export function asWrittenFor({ dialect = 'sqlite' }: Pick<ConnectionPool, 'dialect'>, text: string): string {
  if (dialect === 'sqlite') return text
  const { types } = dialects[dialect] as Dialect
  const typed = text
    .replaceAll('INTEGER PRIMARY KEY', types.key)
    .replaceAll('INTEGER', types.integer)
    .replaceAll(' WITHOUT ROWID', '')
    .replace(/\bREAL\b/g, types.real)
    .replace(/\bBLOB\b/g, types.bytes)
    .replace(/\bDATETIME\b/g, dialect === 'postgres' ? 'TIMESTAMPTZ' : 'DATETIME(3)')
  return dialect === 'postgres' ? typed.replace(/(?<!")\b[a-z]+[A-Z]\w*\b(?!")/g, '"$&"') : forMysql(typed)
}

function forMysql(text: string): string {
  return text
    .replace(/\bTEXT\b/g, KEY_TEXT)
    .replace(/"((?:[^"]|"")*)"/g, (_, name: string) => `\`${name.replaceAll('""', '"')}\``)
    .replace(/\b(row|number)\b(?= INTEGER| BIGINT|[,)])/g, '`$1`')
}

/** What a database refuses, by a trigger: the error says the name. */
export interface Refusal {
  readonly name: string
  readonly event: 'INSERT' | 'UPDATE' | 'DELETE'
  readonly table: string
  /** Only where this holds of `new` or `old`. */
  readonly when?: string
}

/** From now on the database refuses what the refusal says. */
export async function refuse(pool: ConnectionPool, { name, event, table, when }: Refusal): Promise<void> {
  const head = `CREATE TRIGGER ${name} BEFORE ${event} ON ${table}`
  const condition = asWrittenFor(pool, when ?? '1 = 1')
  if (pool.dialect === 'postgres') {
    const body = `BEGIN RAISE EXCEPTION '${name}'; END`
    await pool.runOperation(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ ${body} $$`)
    await pool.runOperation(`${head} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${name}()`)
  } else if (pool.dialect === 'mysql') {
    const signal = `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${name}'`
    await pool.runOperation(`${head} FOR EACH ROW BEGIN IF ${condition} THEN ${signal}; END IF; END`)
  } else await pool.runOperation(`${head} WHEN ${condition} BEGIN SELECT RAISE(ABORT, '${name}'); END`)
}

/** Runs a statement that is written for SQLite, with `?` as placeholder. */
export function run(pool: ConnectionPool, text: string, values: readonly Value[] = []): Promise<OperationResult> {
  return pool.runOperation(sqlFor(pool, text), values)
}

/** The rows of a statement that is written for SQLite, with `?` as placeholder. */
export function rows(pool: ConnectionPool, text: string, values: readonly Value[] = []): Promise<Row[]> {
  return pool.runQuery(sqlFor(pool, text), values)
}

/** A statement that is written for SQLite, with `?` as placeholder, as the database of the pool takes it. */
export function sqlFor(pool: ConnectionPool, text: string): string {
  return dialectOf(pool).sql(asWrittenFor(pool, text))
}

export function dialectOf({ dialect = 'sqlite' }: Pick<ConnectionPool, 'dialect'>): Dialect {
  return dialects[dialect] as Dialect
}

/** A statement as it would be sent to SQLite, save for what others have in other words. */
export function asSqlite(text: string | undefined): string {
  return (text ?? '')
    .replaceAll('`', '"')
    .replace(/\$\d+/g, '?')
    .replace(/cast\(\? as bigint\)/g, '?')
}
