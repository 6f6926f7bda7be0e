import type { Limits, Storage } from '../columns/type.ts'
import type { ColumnDefault } from './description.ts'
import { defaultOf } from './sqlite-default.ts'

/** A type as information_schema writes it: `varchar(80)`, `bigint(20) unsigned`. */
const TYPE = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?/

const storages: ReadonlyMap<string, Storage> = new Map([
  ['tinyint', 'integer'],
  ['smallint', 'integer'],
  ['mediumint', 'integer'],
  ['int', 'integer'],
  ['year', 'integer'],
  ['bigint', 'bigint'],
  ['float', 'real'],
  ['double', 'real'],
  ['char', 'text'],
  ['varchar', 'text'],
  ['tinytext', 'text'],
  ['text', 'text'],
  ['mediumtext', 'text'],
  ['longtext', 'text'],
  ['enum', 'text'],
  ['set', 'text'],
  ['date', 'date'],
  ['datetime', 'datetime'],
  ['timestamp', 'datetime'],
  ['time', 'time'],
  ['json', 'json'],
  ['binary', 'blob'],
  ['varbinary', 'blob'],
  ['tinyblob', 'blob'],
  ['blob', 'blob'],
  ['mediumblob', 'blob'],
  ['longblob', 'blob'],
  ['uuid', 'uuid'],
])

/** What a column of this type holds; null for what offloop has no type for. */
export function mysqlStorage(type: string): { readonly storage: Storage | null; readonly limits: Limits } {
  const [, name = '', first, second] = TYPE.exec(type) ?? []
  if (name === 'decimal') return { storage: 'decimal', limits: { precision: Number(first), scale: Number(second) } }
  // BOOLEAN is what MySQL calls tinyint(1).
  if (name === 'tinyint' && first === '1' && !type.includes('unsigned')) return { storage: 'boolean', limits: {} }
  const storage = storages.get(name) ?? null
  return { storage, limits: /char$/.test(name) && first ? { length: Number(first) } : {} }
}

const TEXTUAL: readonly (Storage | null)[] = ['text', 'date', 'datetime', 'time', 'uuid', 'json', 'blob']

/** The default of a column. MySQL writes a text as it is, and says which are expressions; MariaDB writes SQL. */
export function mysqlDefault(written: string | null, isSql: boolean, storage: Storage | null): ColumnDefault | null {
  if (written === null) return null
  return isSql || !TEXTUAL.includes(storage) ? defaultOf(written) : { value: written }
}

const TEXT = /^_\w+'((?:[^'\\]|\\.|'')*)'$/s
const BYTES = /^0x((?:[\da-f]{2})*)$/i
const NEGATIVE = /^-\(([\d.]+)\)$/
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', '0': '\0', Z: '\x1a' }

/** An expression that is a default, as MySQL itself tells it, which escapes it once more and gives texts their character set. */
export function mysqlExpression(told: string): string {
  const written = told.replace(/\\(.)/gs, '$1')
  const text = TEXT.exec(written)?.[1]
  // What is not ASCII is told wrongly.
  if (text !== undefined && /^[\0-\x7f]*$/.test(text)) return `'${unescaped(text).replaceAll("'", "''")}'`
  const bytes = BYTES.exec(written)?.[1]
  return bytes === undefined ? written.replace(NEGATIVE, '-$1') : `x'${bytes}'`
}

function unescaped(text: string): string {
  return text.replace(/\\(.)|''/gs, (_, after: string | undefined) => (after ? (ESCAPED[after] ?? after) : "'"))
}
