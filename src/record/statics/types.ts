import type { RecordBase } from '../base/index.ts'

/** A class of records. */
export type AnyModel<R extends RecordBase = RecordBase> = abstract new (...given: never[]) => R
