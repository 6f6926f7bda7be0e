import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import type { Definition, PlannedRelation, Relation, Stateful } from '../contract.ts'
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
  /** Makes the handles of a relation. */
  handles(relation: never): (record: Stateful) => Handle
}

const SCOPED = ['orderBy', 'scope'] as const
const HAS = [...SCOPED, 'foreignKey', 'primaryKey', 'as', 'dependent', 'inverse'] as const

export const kinds = {
  hasMany: kind(
    [...HAS],
    (owner, target: () => object, options: object) => {
      return new HasManyRelation(owner, target, true, options)
    },
    (relation) => (record) => new ChildrenHandle(record, relation),
  ),
  hasOne: kind(
    [...HAS, 'makeDefault'],
    (owner, target: () => object, options: object) => {
      return new HasManyRelation(owner, target, false, options)
    },
    (relation) => (record) => new ChildHandle(record, relation),
  ),
  through: kind(
    [...SCOPED, 'through', 'source'],
    (owner, target: () => object, options: { through: string }) => {
      return new ThroughRelation(owner, target, options)
    },
    (relation) => (record) => new ThroughHandle(record, relation),
  ),
  belongsTo: kind(
    [...SCOPED, 'foreignKey', 'primaryKey', 'counterCache', 'inverse'],
    (owner, target: () => object, options: object) => {
      return new BelongsToRelation(owner, target, options)
    },
    (relation) => (record) => new ParentHandle(record, relation),
  ),
  belongsToAny: kind(
    ['foreignKey', 'foreignType'],
    (owner, target: () => GivenClasses, options: object) => {
      return new BelongsToAnyRelation(owner, target, options)
    },
    (relation) => (record) => new AnyParentHandle(record, relation),
  ),
  joined: kind(
    [...SCOPED, 'joinTable', 'foreignKey', 'associationForeignKey', 'primaryKey', 'attributes'],
    (owner, target: () => object, options: object) => {
      return new JoinedRelation(owner, target, options)
    },
    (relation) => (record) => new JoinedHandle(record, relation),
  ),
} as const

function kind<T, O, R extends Relation>(
  options: readonly string[],
  relation: (owner: Definition, target: T, options: O) => R,
  handles: (relation: R) => (record: Stateful) => Handle,
): Kind {
  return { options, relation: relation as never, handles }
}

/** The relation that field number `index` of a class declares: its first record does, all others find it there. */
export function declare(
  owner: Definition,
  index: number,
  kind: Kind,
  target: unknown,
  options: object | undefined,
): PlannedRelation {
  const relation = declared(owner, kind, target, options)
  const planned = { relation, handle: kind.handles(relation as never) }
  owner.planned[index] = planned
  return planned
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
