export { sql } from '../sql/index.ts'
export type { CallbackOptions } from './callbacks/declare.ts'
export type { Action } from './callbacks/moments.ts'
export type { Codec } from './columns/custom.ts'
export type { Zone } from './columns/datetime.ts'
export { column } from './columns/index.ts'
export { jsonNull } from './columns/json.ts'
export type { StandardSchema } from './columns/standard-schema.ts'
export { connect } from './connect.ts'
export type { ConnectOptions } from './connect-options.ts'
export type { Database } from './database.ts'
export {
  LeftOutError,
  ModelError,
  NotFoundError,
  NotUniqueError,
  RecordStateError,
  StaleRecordError,
} from './errors.ts'
export type { StatementLog } from './log.ts'
export { Model, type ModelOptions, modelFactory } from './model.ts'
export type { ModelsDatabase } from './models-database.ts'
export { inflector } from './names/inflector.ts'
export { type Naming, pascalCase, snakeCase } from './names/styles.ts'
export type { DeleteOptions, SaveOptions } from './persist/save-options.ts'
export type { UpsertManyOptions, UpsertOptions } from './persist/upsert.ts'
export type { Place } from './places.ts'
export type { BatchOptions } from './query/answers.ts'
export type { SqlText } from './query/explain.ts'
export type { FindOptions } from './query/find-options.ts'
export type { Grouped } from './query/grouped.ts'
export { and, not, or } from './query/groups.ts'
export type { MeasureOf } from './query/measures.ts'
export {
  between,
  contains,
  endsWith,
  eq,
  gt,
  gte,
  ilike,
  like,
  lt,
  lte,
  ne,
  noneOf,
  notLike,
  oneOf,
  startsWith,
} from './query/operators.ts'
export { asc, desc } from './query/order.ts'
export type { Page } from './query/page.ts'
export type { Query } from './query/query.ts'
export type { QueryOf } from './query/scopes-of.ts'
export { RestrictedError } from './relations/errors.ts'
export type { BelongsTo, BelongsToAny, HasAndBelongsToMany, HasMany, HasOne } from './relations/handles.ts'
export type { Dependent } from './relations/options.ts'
export type { Include, Loaded } from './relations/types.ts'
export type { CreateTablesOptions, DropTablesOptions } from './schema/all-tables.ts'
export type { CreateTableOptions } from './schema/create.ts'
export type { ColumnDefault, TableColumn, TableDescription, TableForeignKey, TableIndex } from './schema/description.ts'
export type { DropTableOptions } from './schema/drop.ts'
export type { IndexOptions } from './schema/indexes.ts'
export type { Attributes, NewAttributes } from './types.ts'
export type { Messages, Problem } from './validation/messages.ts'
export type { RecordErrors, RecordProblem } from './validation/record-errors.ts'
export { ValidationError } from './validation/validation-error.ts'
