import { invalidOption } from '../../contract/checks.ts'
import { inflector } from './inflector.ts'

/** How the names of tables and columns are made of those of classes and attributes, where none is given. */
export interface Naming {
  /** The table of a class. */
  table(className: string): string
  /** The column of an attribute. */
  column(attribute: string, table: string): string
  /** The attribute of a column that was found in the database. */
  attribute(column: string, table: string): string
}

/** Tables in plural, `favorite_colors`; columns are named as the attributes are. */
export const plain: Naming = {
  table: (className) => inflector.tableize(className),
  column: (attribute) => attribute,
  attribute: (column) => column,
}

/** Tables in plural, `favorite_colors`, and columns such as `first_name` for `firstName`. */
export const snakeCase: Naming = {
  table: (className) => inflector.tableize(className),
  column: (attribute) => inflector.underscore(attribute),
  attribute: (column) => column.replace(/(?<=[^_])_+([^_])/g, (_, first: string) => first.toUpperCase()),
}

/** Tables named as the classes are, `FavoriteColor`, and columns such as `FirstName`. */
export function pascalCase({ longId = false }: { readonly longId?: boolean } = {}): Naming {
  return {
    table: (className) => className,
    column(attribute, table) {
      if (attribute === 'id') return longId ? `${table}ID` : 'ID'
      return `${attribute[0]?.toUpperCase()}${attribute.slice(1)}`
    },
    attribute(column, table) {
      if (column === 'ID' || (longId && column === `${table}ID`)) return 'id'
      return `${column[0]?.toLowerCase()}${column.slice(1)}`
    },
  }
}

export function checkNaming(given: unknown): Naming {
  const naming = given as Partial<Naming> | null
  const isFunction = (part: keyof Naming) => typeof naming?.[part] === 'function'
  if (isFunction('table') && isFunction('column') && isFunction('attribute')) return naming as Naming
  throw invalidOption(TypeError, 'names must be snakeCase, pascalCase(), or have functions table, column and attribute')
}
