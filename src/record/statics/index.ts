import type { RecordBase } from '../base/index.ts'
import type { Columns } from '../columns/column.ts'
import type { Declared, InsertOf, RowOf } from '../types.ts'
import { type CallbackStatics, callbackStatics } from './callbacks.ts'
import { type PlacingStatics, placingStatics } from './placing.ts'
import { type ReadingStatics, readingStatics } from './reading.ts'
import { type ValidatingStatics, validatingStatics } from './validating.ts'
import { type WritingStatics, writingStatics } from './writing.ts'

/** A record of a model with these columns. */
export type RecordOf<C extends Columns> = RecordBase & RowOf<C> & Declared<C>

/** What a class of records can do. */
export interface ModelStatic<C extends Columns>
  extends ReadingStatics<C>,
    WritingStatics<C>,
    PlacingStatics,
    ValidatingStatics<C>,
    CallbackStatics {
  new (attributes?: Partial<InsertOf<C>>): RecordOf<C>
}

/** The same, as it is put on every class. */
export const statics = {
  ...readingStatics,
  ...writingStatics,
  ...placingStatics,
  ...validatingStatics,
  ...callbackStatics,
}
