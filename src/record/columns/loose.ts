import { isDate, isUint8Array } from 'node:util/types'
import { bigint } from './numbers.ts'
import { typeOf } from './storage.ts'
import { type ColumnType, type Limits, Misfit, misfit, type Storage } from './type.ts'

/**
 * A column that was found in the database and not declared: what does not fit its type is handed over as it is, since
 * nobody promised anything.
 */
export function loose(storage: Storage | null, { precision, scale }: Limits): ColumnType {
  if (storage === null) return whatever
  if (storage === 'integer' || storage === 'bigint') return whole
  // How long a text may be is the database's business.
  const type = typeOf(storage, { precision, scale })
  return {
    ...type,
    read(raw) {
      try {
        return type.read(raw)
      } catch (error) {
        if (error instanceof Misfit) return raw
        throw error
      }
    },
    write: (value) => type.write(value),
  }
}

/** Whole numbers: a number as long as it is exact. */
const whole: ColumnType = {
  expects: 'a whole number',
  storage: 'bigint',
  boxed: false,
  read: (raw) => raw,
  write(value) {
    const written = bigint.write.call(this, value)
    return typeof value === 'number' ? value : written
  },
}

/** A column of which nothing is known. */
export const whatever: ColumnType = {
  expects: 'a text, number, bigint, boolean, Date, Uint8Array or null',
  storage: 'text',
  boxed: false,
  read: (raw) => raw,
  write(value) {
    if (typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value)) return value as string
    if (typeof value === 'boolean') return value ? 1 : 0
    if (isUint8Array(value)) return new Uint8Array(value)
    if (isDate(value)) return typeOf('datetime').write(value)
    throw misfit(this, value)
  },
}
