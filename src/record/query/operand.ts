import { type Dialect, type Expression, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { whatever } from '../columns/loose.ts'
import type { Writing } from './writing.ts'

/** How many digits MySQL's and MariaDB's decimals have at most, and how many of them behind the point. */
const MOST_DIGITS = 65
const MOST_BEHIND = 30

/** Writes the place of a value that the column of an attribute is compared with. */
export function operand(
  attribute: Attribute,
  { place, dialect }: Pick<Writing, 'place' | 'dialect'>,
): Expression<unknown> {
  const value = sql`${place(attribute)}`
  const { storage, limits: { precision = 0, scale = 0 } = {} } = attribute.type
  // As an int4, which the column may be, a larger number would be an error, not one that no row has.
  if (dialect === 'postgres')
    return storage === 'integer' || storage === 'bigint' ? sql`cast(${value} as bigint)` : value
  if (dialect !== 'mysql') return value
  // With text decimals are compared as floats.
  if (storage === 'decimal' && precision > 0 && precision <= MOST_DIGITS && scale <= MOST_BEHIND) {
    return sql`cast(${value} as decimal(${sql.raw(`${precision}, ${scale}`)}))`
  }
  return storage === 'json' ? asJson(value) : value
}

/** Writes the column of an attribute so that it can be compared with an {@link operand}. */
export function comparable(
  { column, type }: Attribute,
  { table, dialect }: Pick<Writing, 'table' | 'dialect'>,
): Expression<unknown> {
  const own = sql.id(table, column)
  return type.storage === 'json' && dialect === 'mysql' ? asJson(own) : own
}

// MySQL would compare JSON with text as one of its strings, and to MariaDB JSON is text, in which spaces count.
function asJson(value: Expression<unknown>): Expression<unknown> {
  return sql`json_extract(${value}, '$')`
}

/** Writes a column as text, for what compares it with a pattern. */
export function asText(
  column: Expression<unknown>,
  { type }: Attribute,
  { dialect }: Pick<Writing, 'dialect'>,
): Expression<unknown> {
  const isKnown = type.storage === 'text' && type !== whatever
  return dialect === 'postgres' && !isKnown ? sql`cast(${column} as text)` : column
}

/** A pattern in which a backslash is what it is: only SQLite takes it so by itself, and MariaDB must have some other mark. */
export function patternFor(dialect: Dialect, pattern: unknown): unknown {
  return dialect === 'mysql' ? String(pattern).replaceAll('!', '!!') : pattern
}

/** Ends the comparison with what {@link patternFor} gave. */
export function noEscapes({ dialect }: Pick<Writing, 'dialect'>): Expression<unknown> {
  return sql.raw(ESCAPES[dialect])
}

const ESCAPES = { sqlite: '', postgres: " escape ''", mysql: " escape '!'" } as const
