import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The columns of `wide` behind its key: whole numbers, fractions, short and long text, text beyond ASCII, bytes, nulls. */
const COLUMNS = [
  ...Array.from({ length: 6 }, (_, at) => [`count${at}`, 'INTEGER', `(i * ${7 + at}) % ${1000 ** ((at % 3) + 1)}`]),
  ...Array.from({ length: 4 }, (_, at) => [`share${at}`, 'REAL', `((i * ${31 + at}) % 10007) / 8.0`]),
  ...Array.from({ length: 5 }, (_, at) => [`word${at}`, 'TEXT', `'word ' || ((i * ${13 + at}) % 5003)`]),
  ['place', 'TEXT', `CASE i % 4 WHEN 0 THEN 'Zürich' WHEN 1 THEN 'São Paulo' WHEN 2 THEN 'Oslo' ELSE '東京' END`],
  ['prose', 'TEXT', `'Once upon a time, for the ' || i || 'th time, somebody wrote a sentence that nobody will read.'`],
  ['maybe', 'TEXT', `CASE WHEN i % 3 = 0 THEN NULL ELSE 'perhaps ' || (i % 17) END`],
  ['digest', 'BLOB', `CAST('digest of ' || i AS BLOB)`],
] as const

export function wideFile(folder: string, rows: number): string {
  return join(folder, `wide-${rows}.db`)
}

/** Writes a database with the table `wide` of so many rows and 20 columns, always the same ones; once per folder. */
export function createWide(folder: string, rows: number): void {
  const file = wideFile(folder, rows)
  if (existsSync(file)) return
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  const declared = COLUMNS.map(([name, type]) => `${name} ${type}`)
  database.exec(`CREATE TABLE wide (id INTEGER PRIMARY KEY, ${declared.join(', ')})`)
  const values = COLUMNS.map(([, , value]) => value)
  database.exec(`INSERT INTO wide WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT i, ${values.join(', ')} FROM n`)
  database.close()
}
