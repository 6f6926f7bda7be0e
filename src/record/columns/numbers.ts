import { type ColumnType, misfit, unreadable } from './type.ts'

const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n

/** Whole numbers that a `number` holds exactly. */
export const integer: ColumnType<number> = {
  expects: 'a whole number',
  storage: 'integer',
  boxed: false,
  read(raw) {
    if (Number.isSafeInteger(raw)) return raw as number
    // A pool may be told to give all whole numbers as bigint.
    const number = typeof raw === 'bigint' ? Number(raw) : Number.NaN
    if (Number.isSafeInteger(number)) return number
    const hint = typeof raw === 'bigint' ? ' up to 2^53: declare it column.bigint()' : ''
    throw unreadable(this, raw, hint)
  },
  write(value) {
    // No database has a negative zero among its whole numbers.
    if (Number.isSafeInteger(value)) return (value as number) + 0
    throw misfit(this, value)
  },
}

/** Whole numbers of 64 bits. */
export const bigint: ColumnType<bigint> = {
  expects: 'a bigint of 64 bits',
  storage: 'bigint',
  boxed: false,
  read(raw) {
    if (typeof raw === 'bigint') return raw
    if (Number.isSafeInteger(raw)) return BigInt(raw as number)
    throw unreadable(this, raw)
  },
  write(value) {
    const whole = Number.isSafeInteger(value) ? BigInt(value as number) : value
    if (typeof whole === 'bigint' && whole >= LOWEST && whole <= HIGHEST) return whole
    throw misfit(this, value)
  },
}

/** Numbers with a fraction. */
export const real: ColumnType<number> = {
  expects: 'a finite number',
  storage: 'real',
  boxed: false,
  read(raw) {
    if (typeof raw === 'number') return raw
    if (typeof raw === 'bigint') return Number(raw)
    throw unreadable(this, raw)
  },
  write(value) {
    // SQLite keeps 0 where it is given -0.
    if (Number.isFinite(value)) return (value as number) + 0
    throw misfit(this, value)
  },
}
