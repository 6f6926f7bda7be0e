import type { Definition, Relation, Stateful } from '../contract.ts'
import { BelongsToRelation } from './belongs-to.ts'
import type { Handle } from './handle.ts'
import { ManyHandle, OneHandle } from './handles.ts'
import { HasManyRelation } from './has-many.ts'
import type { RelationOptions } from './options.ts'

/** A class of records as relations name it. */
export type AnyRecordClass = abstract new (...given: never[]) => object

/** Gives the other model: a function, so that models may refer to each other. */
export type Target<M extends AnyRecordClass> = () => M

/** A relation as a field declares it. */
export interface Declared {
  readonly kind: 'hasMany' | 'hasOne' | 'belongsTo'
  readonly target: Target<AnyRecordClass>
  readonly options: RelationOptions | undefined
}

const handles = { hasMany: ManyHandle, hasOne: OneHandle, belongsTo: OneHandle }

/**
 * The handle of one record on the relation that field number `index` of its class declares. The first record of a class
 * declares them, all others find them there.
 */
export function handleOf(record: Stateful, owner: Definition, index: number, declared: Declared): Handle {
  const relation = owner.planned[index] ?? relationOf(owner, declared)
  owner.planned[index] = relation
  return new handles[declared.kind](record, relation)
}

function relationOf(owner: Definition, { kind, target, options = {} }: Declared): Relation {
  if (kind === 'belongsTo') return new BelongsToRelation(owner, target, options)
  return new HasManyRelation(owner, target, kind === 'hasMany', options)
}
