import { type Dialect, type Expression, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'

/** How decimals are counted in whole numbers of their smallest unit. */
export interface Units {
  readonly scale: number
}

/** How many digits a float holds exactly, whatever they are. */
const EXACT_DIGITS = 15

/** How an attribute's decimals are counted in units; null where these do not fit. */
export function decimalUnits({ type: { limits } }: Attribute): Units | null {
  const { precision = Number.POSITIVE_INFINITY, scale = 0 } = limits ?? {}
  return precision <= EXACT_DIGITS ? { scale } : null
}

/** Writes a column of decimals in units. */
export function unitsOf(column: Expression<unknown>, { scale }: Units): Expression<unknown> {
  return sql`cast(round(${column} * ${sql.raw(String(10 ** scale))}) as integer)`
}

/** Units as a decimal. */
export function fromUnits(units: number | bigint, { scale }: Units): string {
  const sign = units < 0 ? '-' : ''
  const digits = String(units)
    .replace('-', '')
    .padStart(scale + 1, '0')
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A decimal with all its digits behind the point, in units. */
export function toUnits(decimal: string): bigint {
  return BigInt(decimal.replace('.', ''))
}

/** The values of the column are numbers that the database keeps as text, and compares as such. */
export function isNumberAsText({ type }: Attribute, dialect: Dialect): boolean {
  return type.storage === 'decimal' && dialect === 'sqlite'
}

/** What is compared by order where the column has numbers as text. */
export function asNumber(expression: Expression<unknown>): Expression<unknown> {
  return sql`cast(${expression} as numeric)`
}
