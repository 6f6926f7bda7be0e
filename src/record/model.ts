import { describe, ownOptions } from '../contract/checks.ts'
import { accessorOf } from './accessors.ts'
import { AttributeList } from './attribute-list.ts'
import { RecordBase } from './base/index.ts'
import { Column, type Columns } from './columns/column.ts'
import { declare, definitionOf } from './define.ts'
import { modelError } from './errors.ts'
import { checkNaming, type Naming, plain } from './names/styles.ts'
import { type ModelStatic, statics } from './statics/index.ts'
import type { ColumnsOfRow } from './types.ts'

/** How names are made that are not given. */
export interface ModelOptions {
  /** Of columns and tables: `snakeCase`, `pascalCase()`, or functions of your own. Columns are named as attributes unless told. */
  readonly names?: Naming
}

/** Rows of which nothing is said. */
export type AnyRow = { [column: string]: unknown }

/**
 * A class of records of one table, to be extended. Its columns are declared by the names of their attributes, or are those
 * that the table has: they are then read when the class is first used, and a type says what they are. A table without a
 * name has the plural of the class's: `FavoriteColor` has `favorite_colors`.
 *
 * @example
 * class User extends Model('users', { id: column.integer().primaryKey(), name: column.text() }) {}
 * class Picture extends Model<{ id: number; name: string }>('pictures') {}
 * const ann = await User.create({ name: 'ann' })
 * @throws {ModelError} the columns cannot be those of a table
 */
export function Model<const C extends Columns>(table: string, columns: C, options?: ModelOptions): ModelStatic<C>
export function Model<const C extends Columns>(columns: C, options?: ModelOptions): ModelStatic<C>
export function Model<Row extends object = AnyRow>(
  table?: string,
  options?: ModelOptions,
): ModelStatic<ColumnsOfRow<Row>>
export function Model(...given: unknown[]): unknown {
  return modelOf(given, plain)
}

/**
 * Gives a `Model` whose models have these options, unless they are told others: names in one style for a whole program.
 *
 * @example
 * const AppModel = modelFactory({ names: snakeCase })
 * class FavoriteColor extends AppModel({ id: column.integer().primaryKey(), colorName: column.text() }) {}
 */
export function modelFactory(options: ModelOptions): typeof Model {
  const naming = namingOf(options, plain)
  return ((...given: unknown[]) => modelOf(given, naming)) as typeof Model
}

function namingOf(options: ModelOptions, otherwise: Naming): Naming {
  const { names = otherwise } = ownOptions(options, ['names'], 'a model')
  return checkNaming(names)
}

function modelOf(given: readonly unknown[], otherwise: Naming): unknown {
  const { table, columns, options } = argumentsOf(given)
  const naming = namingOf(options as ModelOptions, otherwise)
  abstract class ModelBase extends RecordBase {}
  const attributes = columns && new AttributeList(columns, naming, table ?? '')
  declare(ModelBase, { table, attributes, naming })
  for (const attribute of attributes ?? []) accessorOf(ModelBase.prototype, attribute)
  for (const [name, value] of Object.entries(statics)) {
    Object.defineProperty(ModelBase, name, { value, configurable: true, writable: true })
  }
  Object.defineProperty(ModelBase, 'tableName', { configurable: true, get: tableNameOf })
  return ModelBase
}

function tableNameOf(this: object): string {
  return definitionOf(this).table
}

function argumentsOf(given: readonly unknown[]) {
  const rest = [...given]
  const table = typeof rest[0] === 'string' ? String(rest.shift()) : null
  if (table === null && rest[0] === undefined) rest.shift()
  const columns = isColumns(rest[0]) ? (rest.shift() as Columns) : null
  const [options = {}, ...more] = rest
  if (more.length > 0 || typeof options !== 'object' || options === null || isEmpty(rest[0])) {
    const wanted = "Model('users', { id: column.integer().primaryKey() }), Model({ ... }) or Model<Row>('users')"
    throw modelError('INVALID_MODEL', `a model is declared as ${wanted}, not with ${given.map(describe).join(', ')}`)
  }
  return { table, columns, options }
}

function isColumns(given: unknown): given is Columns {
  return typeof given === 'object' && given !== null && Object.values(given).some((value) => value instanceof Column)
}

function isEmpty(given: unknown): boolean {
  return typeof given === 'object' && given !== null && Object.keys(given).length === 0
}
