import type { Limits, Storage } from '../columns/type.ts'
import type { ColumnDefault } from './description.ts'
import { defaultOf } from './sqlite-default.ts'

/** A type as format_type writes it: `character varying(80)`, `timestamp(3) with time zone`. */
const TYPE = /^([a-z" ]+?)(?:\((\d+)(?:,(-?\d+))?\))?( with(?:out)? time zone)?$/

const storages: ReadonlyMap<string, Storage> = new Map([
  ['smallint', 'integer'],
  ['integer', 'integer'],
  ['bigint', 'bigint'],
  ['real', 'real'],
  ['double precision', 'real'],
  ['text', 'text'],
  ['character varying', 'text'],
  ['character', 'text'],
  ['citext', 'text'],
  ['name', 'text'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['timestamp with time zone', 'datetime'],
  ['timestamp without time zone', 'datetime'],
  ['time without time zone', 'time'],
  ['json', 'json'],
  ['jsonb', 'json'],
  ['bytea', 'blob'],
  ['uuid', 'uuid'],
])

/** What a column of this type holds; null for what offloop has no type for: arrays, ranges, enums, addresses. */
export function postgresStorage(type: string): { readonly storage: Storage | null; readonly limits: Limits } {
  const [, name = '', first, second, zone = ''] = TYPE.exec(type) ?? []
  if (name === 'numeric') {
    // Without a size it is any number.
    const scale = Number(second ?? 0)
    if (first === undefined || scale < 0) return { storage: null, limits: {} }
    return { storage: 'decimal', limits: { precision: Number(first), scale } }
  }
  const storage = storages.get(`${name}${zone}`) ?? null
  return { storage, limits: storage === 'text' && first ? { length: Number(first) } : {} }
}

const CAST = /^('(?:[^']|'')*')::[a-z" ]+(?:\(\d+(?:,\d+)?\))?(?: with(?:out)? time zone)?$/

/** The default that a column has, as pg_get_expr writes it: the value of a literal, else the expression. */
export function postgresDefault(written: string | null): ColumnDefault | null {
  const literal = written && CAST.exec(written)?.[1]
  return defaultOf(literal || written)
}
