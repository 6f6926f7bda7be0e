import type { CompiledQuery } from 'kysely'
import type { Value } from '../contract/value.ts'

/**
 * The values of a query as the pool takes them: what Kysely users give besides, `true`, `false` and a `Date`, as each
 * database stores it; all else as it is, to be checked by the pool.
 */
export function parametersOf({ parameters }: CompiledQuery, dialect: string | undefined): Value[] {
  return parameters.map((value) => {
    if (typeof value === 'boolean') return value ? 1 : 0
    if (value instanceof Date) return dateText(value, dialect)
    return value as Value
  })
}

// An invalid date is left to the check of values, which refuses it.
function dateText(date: Date, dialect: string | undefined): Value {
  if (Number.isNaN(date.getTime())) return date as unknown as Value
  const text = date.toISOString()
  return dialect === 'mysql' ? text.slice(0, -1).replace('T', ' ') : text
}
