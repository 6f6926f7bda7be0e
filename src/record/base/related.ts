import { DEFINITION, PLANNED } from '../contract.ts'
import type { BelongsTo, HasMany, HasOne } from '../relations/handles.ts'
import type { RelationOptions } from '../relations/options.ts'
import { type AnyRecordClass, handleOf, type Target } from '../relations/plan.ts'
import { AttributeHolder } from './attribute-holder.ts'

/** How a class says what its records belong to, and what belongs to them: in its fields. */
export abstract class Related extends AttributeHolder {
  /** Records of another model have this one's key. */
  protected hasMany<M extends AnyRecordClass>(target: Target<M>, options?: RelationOptions): HasMany<InstanceType<M>> {
    return handleOf(this, this[DEFINITION], this[PLANNED]++, { kind: 'hasMany', target, options }) as never
  }

  /** At most one record of another model has this one's key. */
  protected hasOne<M extends AnyRecordClass>(target: Target<M>, options?: RelationOptions): HasOne<InstanceType<M>> {
    return handleOf(this, this[DEFINITION], this[PLANNED]++, { kind: 'hasOne', target, options }) as never
  }

  /** This record has the key of a record of another model. */
  protected belongsTo<M extends AnyRecordClass>(
    target: Target<M>,
    options?: RelationOptions,
  ): BelongsTo<InstanceType<M>> {
    return handleOf(this, this[DEFINITION], this[PLANNED]++, { kind: 'belongsTo', target, options }) as never
  }
}
