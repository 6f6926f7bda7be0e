import { type ColumnType, Misfit } from './type.ts'
import { misfit } from './types.ts'

const DECIMAL = /^(-?)0*(\d+)(?:\.(\d*))?$/

/** How many digits a decimal has: in all, and of them behind the point. */
export interface DecimalSize {
  readonly precision: number
  readonly scale: number
}

/** Exact numbers with a fixed count of digits behind the point, as text: `"12.50"`. */
export function decimal({ precision, scale }: DecimalSize): ColumnType<string> {
  const expects = `a decimal such as "12.5" with ${precision} digits, ${scale} of them behind the point`
  return {
    expects,
    storage: 'decimal',
    boxed: false,
    read: (raw) => (typeof raw === 'string' ? raw : String(raw)),
    write(value) {
      const given = Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : value
      if (typeof given !== 'string') throw misfit(this, value)
      const [, sign, whole, fraction = ''] = DECIMAL.exec(given) ?? []
      if (whole === undefined) throw new Misfit(`must be ${expects}, not this text`)
      const kept = fraction.replace(/0+$/, '')
      if (kept.length > scale || (whole === '0' ? 0 : whole.length) > precision - scale) {
        throw new Misfit(`must be ${expects}; this has more`)
      }
      const digits = scale === 0 ? whole : `${whole}.${kept.padEnd(scale, '0')}`
      return /[1-9]/.test(digits) ? `${sign}${digits}` : digits
    },
  }
}
