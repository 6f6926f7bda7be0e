import { invalidOption } from '../../contract/checks.ts'
import type { Value } from '../../contract/value.ts'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?$/

/** How many digits a decimal has: in all, and of them behind the point. */
export interface DecimalSize {
  readonly precision: number
  readonly scale: number
}

/** Exact numbers with a fixed count of digits behind the point, as text: `"12.50"`. */
export function decimal(size: DecimalSize): ColumnType<string> {
  const { precision, scale } = checkSize(size)
  const expects = `a decimal such as "12.5" with ${precision} digits, ${scale} of them behind the point`
  return {
    expects,
    storage: 'decimal',
    limits: { precision, scale },
    boxed: false,
    read(raw) {
      const parts = isNumeric(raw) ? partsOf(raw) : null
      if (parts) return written(parts, scale)
      const hint = typeof raw === 'number' ? ', which lost its digits: the column must have text' : ''
      throw unreadable(this, raw, hint)
    },
    write(value) {
      if (typeof value === 'number' && !Number.isSafeInteger(value)) throw misfit(this, value)
      if (!isNumeric(value)) throw misfit(this, value)
      const parts = partsOf(value)
      if (parts === null) throw new Misfit(`must be ${expects}, not this text`)
      if (parts.fraction.length > scale || (parts.whole === '0' ? 0 : parts.whole.length) > precision - scale) {
        throw new Misfit(`must be ${expects}; this has more`)
      }
      return written(parts, scale)
    },
  }
}

/** The digits of a decimal, without the zeros that mean nothing. */
interface Parts {
  readonly sign: string
  readonly whole: string
  readonly fraction: string
}

function isNumeric(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

function partsOf(value: Exclude<Value, null | Uint8Array>): Parts | null {
  const [, sign = '', whole, fraction = ''] = DECIMAL.exec(String(value)) ?? []
  if (whole === undefined) return null
  return { sign, whole: whole.replace(/^0+(?=\d)/, ''), fraction: withoutZeros(fraction) }
}

// A pattern such as 0+$ takes the square of the time for a text of many zeros.
function withoutZeros(fraction: string): string {
  let end = fraction.length
  while (fraction[end - 1] === '0') end -= 1
  return fraction.slice(0, end)
}

function written({ sign, whole, fraction }: Parts, scale: number): string {
  const digits = scale === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(scale, '0')}`
  return whole === '0' && fraction === '' ? digits : `${sign}${digits}`
}

function checkSize(size: DecimalSize): DecimalSize {
  const { precision, scale } = size ?? {}
  const isCount = (count: unknown, lowest: number) => Number.isSafeInteger(count) && (count as number) >= lowest
  if (isCount(precision, 1) && precision <= 1000 && isCount(scale, 0) && scale <= precision) return { precision, scale }
  throw invalidOption(
    RangeError,
    'a decimal needs { precision, scale }: 1 to 1000 digits, and how many of them are behind the point',
  )
}
