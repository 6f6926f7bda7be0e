import { checkBoolean, NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import type { Dialect } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { checkText } from '../columns/checks.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { checkIdentifier } from '../names/identifier.ts'
import { checkLength, madeName } from './names-sql.ts'

/** What an index is beside its columns. */
export interface IndexOptions {
  /** No two rows have the same values. Default false. */
  readonly unique?: boolean
  /** Its name; the table's and the columns', with `_` between them, unless told. */
  readonly name?: string
  /** Only rows that fulfil this condition, in SQL, are in it. MySQL has no such indexes. */
  readonly where?: string
}

/** An index that a table is created with. */
export interface Index {
  readonly name: string
  readonly columns: readonly Attribute[]
  readonly unique: boolean
  readonly where: string | null
}

interface Declared {
  readonly attributes: readonly string[]
  readonly options: IndexOptions
}

const declared = new WeakMap<object, Declared[]>()

/** Declares an index of a model. */
export function declareIndex(model: object, attributes: readonly string[], options: IndexOptions = NO_OPTIONS): void {
  const checked = ownOptions(options, ['unique', 'name', 'where'], 'an index')
  if (!Array.isArray(attributes) || attributes.length === 0) {
    throw modelError('INVALID_MODEL', "an index has attributes: index(['lastName', 'firstName'])")
  }
  if (checked.unique !== undefined) checkBoolean('unique', checked.unique)
  if (checked.name !== undefined) checkIdentifier('the name of the index', checked.name)
  if (checked.where !== undefined) checkText('where', checked.where)
  declared.set(model, [...(declared.get(model) ?? []), { attributes, options: checked }])
}

/** The indexes of a model's table: of single columns, and those that its classes declared. */
export function indexesOf(definition: Definition, dialect: Dialect): Index[] {
  const { attributes, table, model } = definition
  const single = [...attributes].filter(({ settings }) => settings.index && !settings.unique)
  const own = lineage(model).flatMap((one) => declared.get(one) ?? [])
  return [
    ...single.map((attribute) => indexOn(table, [attribute], NO_OPTIONS, dialect)),
    ...own.map(({ attributes: names, options }) => {
      const columns = names.map((name) => attributes.get(name, definition.name))
      return indexOn(table, columns, options, dialect)
    }),
  ]
}

function indexOn(table: string, columns: readonly Attribute[], options: IndexOptions, dialect: Dialect): Index {
  const { unique = false, name, where = null } = options
  if (where !== null && dialect === 'mysql') throw modelError('INVALID_MODEL', 'mysql has no indexes with a condition')
  const own = name === undefined ? madeName([table, ...columns.map(({ column }) => column)], dialect) : name
  return { name: checkLength('the index', own, dialect), columns, unique, where }
}

function lineage(model: object): object[] {
  const classes: object[] = []
  for (let at = model; at && at !== Function.prototype; at = Object.getPrototypeOf(at)) classes.unshift(at)
  return classes
}
