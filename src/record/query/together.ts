import { type Dialect, type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Writing } from './writing.ts'

/** How many values cross as one, where a statement cannot have a place for each. */
export interface Together {
  /** How many values have places of their own. */
  readonly most: number
  value(values: readonly unknown[]): string
  write(column: Expression<unknown>, attribute: Attribute, writing: Writing): Expression<SqlBool>
}

/** SQLite allows 32,766 places in a statement, servers 65,535. */
export const together: Readonly<Record<Dialect, Together>> = {
  sqlite: {
    most: 1024,
    value: jsonOf,
    write: (column, _, { place }) => sql`${column} in (select value from json_each(${place()}))`,
  },
  postgres: {
    most: 1024,
    value: arrayOf,
    write(column, attribute, { place }) {
      const array = isWhole(attribute) ? sql`cast(${place()} as bigint[])` : sql`${place()}`
      return sql`${column} = any(${array})`
    },
  },
  // It is slower than places are: only where there cannot be enough of them.
  mysql: {
    most: 32_768,
    value: jsonOf,
    write(column, attribute, { place }) {
      const type = sql.raw(isWhole(attribute) ? 'bigint' : 'longtext')
      return sql`${column} in (select value from json_table(${place()}, '$[*]' columns (value ${type} path '$')) as given)`
    },
  },
}

function isWhole({ type: { storage } }: Attribute): boolean {
  return storage === 'integer' || storage === 'bigint'
}

// Whole numbers of 64 bits are written as such, which JSON.stringify refuses.
function jsonOf(values: readonly unknown[]): string {
  return `[${values.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join()}]`
}

function arrayOf(values: readonly unknown[]): string {
  return `{${values.map(elementOf).join()}}`
}

function elementOf(value: unknown): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value)
}
