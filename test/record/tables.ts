import type { ConnectionPool } from 'offloop'
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
  return dialect === 'postgres' ? typed.replace(/(?<!")\b[a-z]+[A-Z]\w*\b(?!")/g, '"$&"') : forMysql(typed)
}

function forMysql(text: string): string {
  return text
    .replace(/\bTEXT\b/g, KEY_TEXT)
    .replace(/"((?:[^"]|"")*)"/g, (_, name: string) => `\`${name.replaceAll('""', '"')}\``)
    .replace(/\b(row|number)\b(?= INTEGER| BIGINT|[,)])/g, '`$1`')
}
