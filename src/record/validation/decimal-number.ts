/** A number with as many digits as it has: `digits` of which the last `scale` are behind the point. */
export interface ExactNumber {
  readonly digits: bigint
  readonly scale: number
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** A number, bigint or decimal text as it is, without rounding; null for what is no number. */
export function exactNumber(value: unknown): ExactNumber | null {
  if (typeof value === 'bigint') return { digits: value, scale: 0 }
  if (typeof value === 'number') return Number.isFinite(value) ? parsed(String(value)) : null
  // Exponents are for numbers alone: a short text could stand for digits without end.
  return typeof value === 'string' && !value.includes('e') ? parsed(value) : null
}

function parsed(text: string): ExactNumber | null {
  const [whole, sign, before, after = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  if (whole === undefined) return null
  const digits = BigInt(`${sign === '-' ? '-' : ''}${before}${after}`)
  const scale = after.length - Number(exponent)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** Negative, zero or positive: as `a` is less than `b`, the same, or greater. */
export function compareNumbers(a: ExactNumber, b: ExactNumber): number {
  const scale = Math.max(a.scale, b.scale)
  const difference = scaled(a, scale) - scaled(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Whether nothing but zeros is behind the point. */
export function isWhole({ digits, scale }: ExactNumber): boolean {
  return digits % 10n ** BigInt(scale) === 0n
}

/** The whole part, if that is all there is. */
export function wholePart({ digits, scale }: ExactNumber): bigint {
  return digits / 10n ** BigInt(scale)
}

function scaled({ digits, scale }: ExactNumber, to: number): bigint {
  return digits * 10n ** BigInt(to - scale)
}
