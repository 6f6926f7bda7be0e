import { blob } from './blob.ts'
import { boolean } from './boolean.ts'
import { datetime } from './datetime.ts'
import { date, time } from './day.ts'
import { decimal } from './decimal.ts'
import { json } from './json.ts'
import { bigint, integer, real } from './numbers.ts'
import { text } from './text.ts'
import type { ColumnType, Limits, Storage } from './type.ts'
import { uuid } from './uuid.ts'

const types: Readonly<Record<Storage, (limits: Limits) => ColumnType>> = {
  integer: () => integer,
  bigint: () => bigint,
  real: () => real,
  decimal: ({ precision = 1000, scale = 0 }) => decimal({ precision, scale }),
  text: ({ length }) => text(length),
  boolean: () => boolean,
  date: () => date,
  datetime: () => datetime(),
  time: () => time,
  json: () => json(),
  blob: () => blob,
  uuid: () => uuid,
}

/** The type of column that keeps this, without anything else being told of it. */
export function typeOf(storage: Storage, limits: Limits = {}): ColumnType {
  return types[storage](limits)
}
