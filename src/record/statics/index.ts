import type { RecordBase } from '../base/index.ts'
import type { Columns } from '../columns/column.ts'
import type { Declared, FieldsOf, InsertOf, STATICS } from '../types.ts'
import { type CallbackStatics, callbackStatics } from './callbacks.ts'
import type { OwnMethods } from './own.ts'
import { type PlacingStatics, placingStatics } from './placing.ts'
import { type ReadingStatics, readingStatics } from './reading.ts'
import { type RelatingStatics, relatingStatics } from './relating.ts'
import { type SchemaStatics, schemaStatics } from './schema.ts'
import { type ValidatingStatics, validatingStatics } from './validating.ts'
import { type WritingStatics, writingStatics } from './writing.ts'

/** Names that all records have: a column of such a name is reached by `get` and `set`. */
type Taken = keyof RecordBase | 'then'

/** A record of a model with these columns. */
export type RecordOf<C extends Columns> = OwnMethods<C> & RecordBase & FieldsOf<C, Taken> & Declared<C>

/** What a class of records can do. */
export interface ModelStatic<C extends Columns>
  extends ReadingStatics<C>,
    WritingStatics<C>,
    SchemaStatics<C>,
    PlacingStatics,
    ValidatingStatics<C>,
    CallbackStatics,
    RelatingStatics<C> {
  new (attributes?: Partial<InsertOf<C>>): RecordOf<C>
  readonly [STATICS]?: keyof ModelStatic<C>
}

/** The same, as it is put on every class. */
export const statics = {
  ...readingStatics,
  ...writingStatics,
  ...schemaStatics,
  ...placingStatics,
  ...validatingStatics,
  ...callbackStatics,
  ...relatingStatics,
}
