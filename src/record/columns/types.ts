import { describe } from '../../contract/checks.ts'
import type { Value } from '../../contract/value.ts'
import { type ColumnType, Misfit } from './type.ts'

const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n

/** Whole numbers that a `number` holds exactly. */
export const integer: ColumnType<number> = {
  expects: 'a whole number',
  storage: 'integer',
  boxed: false,
  read: (raw) => raw as number,
  write(value) {
    if (Number.isSafeInteger(value)) return value as number
    throw misfit(this, value)
  },
}

/** Whole numbers of 64 bits. */
export const bigint: ColumnType<bigint> = {
  expects: 'a bigint of 64 bits',
  storage: 'bigint',
  boxed: false,
  read: (raw) => (typeof raw === 'bigint' ? raw : BigInt(raw as number)),
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
  read: (raw) => Number(raw),
  write(value) {
    if (Number.isFinite(value)) return value as number
    throw misfit(this, value)
  },
}

export const text: ColumnType<string> = {
  expects: 'a string',
  storage: 'text',
  boxed: false,
  read: (raw) => (typeof raw === 'string' ? raw : String(raw)),
  write(value) {
    if (typeof value === 'string') return value
    throw misfit(this, value)
  },
}

export const boolean: ColumnType<boolean> = {
  expects: 'true or false',
  storage: 'boolean',
  boxed: false,
  read(raw) {
    if (raw === 1 || raw === 0) return raw === 1
    if (typeof raw === 'boolean') return raw
    throw new Misfit(`holds neither 0 nor 1 but ${describe(raw)}`)
  },
  write(value) {
    if (typeof value === 'boolean') return value ? 1 : 0
    throw misfit(this, value)
  },
}

export const blob: ColumnType<Uint8Array> = {
  expects: 'a Uint8Array',
  storage: 'blob',
  boxed: true,
  // A copy: the record keeps what the database gave, to compare with.
  read: (raw) => new Uint8Array(raw as Uint8Array),
  write(value) {
    if (value instanceof Uint8Array) return value
    throw misfit(this, value)
  },
}

/** Any value that JSON can write; SQL NULL is null, and so is JSON's. */
export function json<T>(): ColumnType<T> {
  return {
    expects: 'a value that JSON can write',
    storage: 'json',
    boxed: true,
    read: (raw) => parsed(raw) as T,
    write(value) {
      const written = JSON.stringify(value)
      if (written !== undefined) return written
      throw misfit(this, value)
    },
  }
}

/** One of some texts. */
export function oneOf<const T extends string>(values: readonly T[]): ColumnType<T> {
  return {
    expects: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    storage: 'text',
    boxed: false,
    read: (raw) => raw as T,
    write(value) {
      if (values.includes(value as T)) return value as T
      throw misfit(this, value)
    },
  }
}

export function misfit({ expects }: Pick<ColumnType, 'expects'>, value: unknown): Misfit {
  return new Misfit(`must be ${expects}, not ${described(value)}`)
}

function described(value: unknown): string {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? 'this number' : describe(value)
}

function parsed(raw: Value): unknown {
  try {
    return JSON.parse(raw as string)
  } catch (cause) {
    throw Object.assign(new Misfit('holds no JSON'), { cause })
  }
}
