import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import type { Definition, Relation, Stateful } from '../contract.ts'
import { BelongsToRelation } from './belongs-to.ts'
import { BelongsToAnyRelation, type GivenClasses } from './belongs-to-any.ts'
import type { Handle } from './handle.ts'
import { HasManyRelation } from './has-many.ts'
import { JoinedRelation } from './joined.ts'
import { ChildrenHandle, JoinedHandle, ThroughHandle } from './many-handles.ts'
import { AnyParentHandle, ChildHandle, ParentHandle } from './one-handles.ts'
import { ThroughRelation } from './through.ts'

/** A class of records as relations name it. */
export type AnyRecordClass = abstract new (...given: never[]) => object

/** How a field declares a relation. */
export interface Kind {
  /** The options that it knows. */
  readonly options: readonly string[]
  relation(owner: Definition, target: () => never, options: never): Relation
  readonly handle: new (record: Stateful, relation: never) => Handle
}

const SCOPED = ['orderBy', 'scope'] as const
const HAS = [...SCOPED, 'foreignKey', 'primaryKey', 'as', 'dependent', 'inverse'] as const

export const kinds = {
  hasMany: kind(
    [...HAS],
    (owner, target: () => object, options: object) => {
      return new HasManyRelation(owner, target, true, options)
    },
    ChildrenHandle,
  ),
  hasOne: kind(
    [...HAS, 'makeDefault'],
    (owner, target: () => object, options: object) => {
      return new HasManyRelation(owner, target, false, options)
    },
    ChildHandle,
  ),
  through: kind(
    [...SCOPED, 'through', 'source'],
    (owner, target: () => object, options: { through: string }) => {
      return new ThroughRelation(owner, target, options)
    },
    ThroughHandle,
  ),
  belongsTo: kind(
    [...SCOPED, 'foreignKey', 'primaryKey', 'counterCache', 'inverse'],
    (owner, target: () => object, options: object) => {
      return new BelongsToRelation(owner, target, options)
    },
    ParentHandle,
  ),
  belongsToAny: kind(
    ['foreignKey', 'foreignType'],
    (owner, target: () => GivenClasses, options: object) => {
      return new BelongsToAnyRelation(owner, target, options)
    },
    AnyParentHandle,
  ),
  joined: kind(
    [...SCOPED, 'joinTable', 'foreignKey', 'associationForeignKey', 'primaryKey', 'attributes'],
    (owner, target: () => object, options: object) => {
      return new JoinedRelation(owner, target, options)
    },
    JoinedHandle,
  ),
} as const

function kind<T, O>(
  options: readonly string[],
  relation: (owner: Definition, target: T, options: O) => Relation,
  handle: Kind['handle'],
): Kind {
  return { options, relation: relation as never, handle }
}

/**
 * The handle of one record on the relation that field number `index` of its class declares. The first record of a class
 * declares them, all others find them there.
 */
export function handleOf(
  record: Stateful,
  owner: Definition,
  index: number,
  kind: Kind,
  target: unknown,
  options: object | undefined,
): Handle {
  const relation = owner.planned[index] ?? declared(owner, kind, target, options)
  owner.planned[index] = relation
  return new kind.handle(record, relation as never)
}

const DEPENDENTS: readonly unknown[] = ['destroy', 'delete', 'nullify', 'restrict', undefined]

function declared(owner: Definition, kind: Kind, target: unknown, options: object = {}): Relation {
  const own: { dependent?: unknown; orderBy?: unknown; scope?: unknown } = ownOptions(
    options,
    kind.options,
    `a relation of ${owner.name}`,
  )
  if (!DEPENDENTS.includes(own.dependent)) {
    throw invalidOption(
      TypeError,
      `dependent must be 'destroy', 'delete', 'nullify' or 'restrict', not ${JSON.stringify(own.dependent) ?? describe(own.dependent)}`,
    )
  }
  if (own.scope !== undefined && typeof own.scope !== 'function') {
    throw invalidOption(TypeError, `scope must be a function on a query, not ${describe(own.scope)}`)
  }
  if (typeof target !== 'function') {
    throw invalidOption(TypeError, `the other model is given as a function, () => Picture, not as ${describe(target)}`)
  }
  return kind.relation(owner, target as never, own as never)
}
