import type { Limits, Storage } from '../columns/type.ts'

const TYPE = /^\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/

/** Types by the name that a table was created with, and by a part of it, in this order. */
const names: readonly (readonly [RegExp, Storage])[] = [
  [/^JSONB?(_TEXT)?$/, 'json'],
  [/^UUID$/, 'uuid'],
  [/^(BOOL|BOOLEAN|BIT)$/, 'boolean'],
  [/^(DATETIME|TIMESTAMP|TIMESTAMPTZ|TIMESTAMP WITH(OUT)? TIME ZONE)$/, 'datetime'],
  [/^DATE$/, 'date'],
  [/^TIME$/, 'time'],
  [/^(BIGINT|INT8|UNSIGNED BIG INT)$/, 'bigint'],
  [/INT/, 'integer'],
  [/^DECIMAL_TEXT$/, 'decimal'],
  [/CHAR|CLOB|TEXT/, 'text'],
  [/BLOB|^BYTEA$|BINARY/, 'blob'],
  [/REAL|FLOA|DOUB/, 'real'],
]

const EXACT = /^(DECIMAL|NUMERIC|DECIMAL_TEXT)$/

/** What a column of this type holds. SQLite itself holds anything anywhere: it is what whoever created it meant. */
export function storageOf(type: string): { readonly storage: Storage | null; readonly limits: Limits } {
  const [, name = '', first, second] = TYPE.exec(type.toUpperCase()) ?? []
  if (EXACT.test(name)) {
    // Without a size it is any number.
    if (first === undefined) return { storage: null, limits: {} }
    return { storage: 'decimal', limits: { precision: Number(first), scale: Number(second ?? 0) } }
  }
  const storage = names.find(([pattern]) => pattern.test(name))?.[1] ?? null
  return { storage, limits: storage === 'text' && first ? { length: Number(first) } : {} }
}
