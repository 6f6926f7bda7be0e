import type { Columns } from '../columns/column.ts'
import { DEFINITION } from '../contract.ts'
import { nextField } from '../fields.ts'
import type { ScopesOf } from '../query/scopes-of.ts'
import { type AnyRecordClass, declare, kinds } from '../relations/declared.ts'
import { Handle } from '../relations/handle.ts'
import type { BelongsTo, BelongsToAny, HasAndBelongsToMany, HasMany, HasOne } from '../relations/handles.ts'
import { loadNamed } from '../relations/load-named.ts'
import type {
  BelongsToAnyOptions,
  BelongsToOptions,
  HasOneOptions,
  HasOptions,
  JoinOptions,
  ThroughOptions,
} from '../relations/options.ts'
import type { GivenBy, RelationName } from '../relations/types.ts'
import type { AttributeName, ColumnsOf, KeyLike } from '../types.ts'
import { AttributeHolder } from './attribute-holder.ts'

/** A function, so that models may refer to each other. */
type To<M> = () => M

/** A record of one of these classes. */
type AnyOf<G> = G extends readonly (abstract new (
  ...given: never[]
) => infer R)[]
  ? R
  : G extends { readonly [type: string]: abstract new (...given: never[]) => infer R }
    ? R
    : never

/** The attributes of a class that may be the foreign key of a relation. */
type KeyIn<M extends AnyRecordClass> = AttributeName<ColumnsOf<InstanceType<M>>>

/** The foreign key that was told, or what one is called. */
type KeyOr<F> = [F] extends [never] ? KeyLike : F

/** How a class says what its records belong to, and what belongs to them: in its fields. */
export abstract class Related extends AttributeHolder {
  /** Records of another model have this one's key; or, with `through`, records in between lead to them. */
  protected hasMany<M extends AnyRecordClass, const F extends KeyIn<M> = never>(
    target: To<M>,
    options?: HasOptions<InstanceType<M>, ScopesOf<M>, F> | ThroughOptions<InstanceType<M>, ScopesOf<M>>,
  ): HasMany<InstanceType<M>, ScopesOf<M>, KeyOr<F>> {
    const at = nextField(this, isHandle)
    const planned =
      this[DEFINITION].planned[at] ??
      declare(this[DEFINITION], at, options && 'through' in options ? kinds.through : kinds.hasMany, target, options)
    return planned.handle(this) as never
  }

  /** At most one record of another model has this one's key. */
  protected hasOne<M extends AnyRecordClass, const F extends KeyIn<M> = never>(
    target: To<M>,
    options?: HasOneOptions<InstanceType<M>, ScopesOf<M>, F>,
  ): HasOne<InstanceType<M>, ScopesOf<M>, KeyOr<F>> {
    const at = nextField(this, isHandle)
    const planned = this[DEFINITION].planned[at] ?? declare(this[DEFINITION], at, kinds.hasOne, target, options)
    return planned.handle(this) as never
  }

  /** This record has the key of a record of another model. */
  protected belongsTo<M extends AnyRecordClass>(
    target: To<M>,
    options?: BelongsToOptions<InstanceType<M>, ScopesOf<M>>,
  ): BelongsTo<InstanceType<M>, this, ScopesOf<M>> {
    const at = nextField(this, isHandle)
    const planned = this[DEFINITION].planned[at] ?? declare(this[DEFINITION], at, kinds.belongsTo, target, options)
    return planned.handle(this) as never
  }

  /** This record has the key of a record of one of several models, and the name of that model. */
  protected belongsToAny<const G extends readonly AnyRecordClass[] | { readonly [type: string]: AnyRecordClass }>(
    targets: To<G>,
    options?: BelongsToAnyOptions,
  ): BelongsToAny<AnyOf<G>, this> {
    const at = nextField(this, isHandle)
    const planned = this[DEFINITION].planned[at] ?? declare(this[DEFINITION], at, kinds.belongsToAny, targets, options)
    return planned.handle(this) as never
  }

  /** A table of links relates this record to others, and others to it. */
  // biome-ignore lint/complexity/noBannedTypes: a link without attributes of its own
  protected hasAndBelongsToMany<M extends AnyRecordClass, J extends Columns = {}>(
    target: To<M>,
    options?: JoinOptions<InstanceType<M>, J, ScopesOf<M>>,
  ): HasAndBelongsToMany<InstanceType<M>, J, ScopesOf<M>> {
    const at = nextField(this, isHandle)
    const planned = this[DEFINITION].planned[at] ?? declare(this[DEFINITION], at, kinds.joined, target, options)
    return planned.handle(this) as never
  }

  /**
   * Loads these relations, or all, and gives what they hold by their names.
   *
   * @throws {ModelError} the record has no relation of this name
   */
  async loadRelations<K extends RelationName<this> = RelationName<this>>(
    ...names: K[]
  ): Promise<{ [P in K]: GivenBy<this[P]> }> {
    return (await loadNamed(this, names)) as { [P in K]: GivenBy<this[P]> }
  }
}

function isHandle(value: unknown): boolean {
  return value instanceof Handle
}
