import type { RecordBase } from '../base/index.ts'
import type { Columns } from '../columns/column.ts'
import type { InsertOf } from '../types.ts'
import type { AnyModel } from './types.ts'

/** How records are made and rows changed. */
export interface WritingStatics<C extends Columns> {
  /** Makes a record and saves it. */
  create<M extends AnyModel>(this: M, attributes: InsertOf<C>): Promise<InstanceType<M>>
}

export const writingStatics = {
  async create(this: new (attributes: object) => RecordBase, attributes: object) {
    return await new this(attributes).save()
  },
}
