declare const RELATES: unique symbol

/** A relation of one record, to the compiler: to what, and to how many. */
export interface Related<out T, out Many extends boolean> {
  /** Whether `value` has what was loaded. */
  readonly isLoaded: boolean
  readonly [RELATES]: { readonly target: T; readonly many: Many }
}

/** The names of a record's relations. */
// Taken from a condition, so that messages of the compiler have the names themselves, not that of this type.
export type RelationName<R> = {
  [K in keyof R]-?: R[K] extends Related<unknown, boolean> ? K : never
}[keyof R] extends infer Name extends keyof R & string
  ? Name
  : never

/** The same of records of several classes: those of any. */
type AnyRelationName<R> = R extends unknown ? RelationName<R> : never

/** What the relation of this name leads to, of those records that have it. */
type FarEnd<R, K> = R extends unknown
  ? K extends keyof R
    ? R[K] extends Related<infer T, boolean>
      ? T
      : never
    : never
  : never

/**
 * Relations that are to be loaded, by name: `true` for one alone, or those of what it gives, by name in turn.
 *
 * @example
 * User.all().include({ pictures: { tags: true } })
 */
export type IncludeTree<R> = {
  readonly [K in AnyRelationName<R>]?:
    | true
    | AnyRelationName<FarEnd<R, K>>
    | IncludeList<FarEnd<R, K>>
    | IncludeTree<FarEnd<R, K>>
}

/** Names and trees, one after the other. */
export type IncludeList<R> = readonly (AnyRelationName<R> | IncludeTree<R>)[]

/** One thing that can be included: a name, or a tree. */
export type Include<R> = AnyRelationName<R> | IncludeTree<R>

/** The names that are included by names and trees. */
type NamesOf<I> = I extends string
  ? I
  : I extends readonly (infer P)[]
    ? NamesOf<P>
    : I extends object
      ? keyof I
      : never

/** What is included below a name. */
type Below<I, P> = I extends string
  ? never
  : I extends readonly (infer Q)[]
    ? Below<Q, P>
    : P extends keyof I
      ? I[P] extends true
        ? never
        : I[P]
      : never

/** What a loaded relation holds. */
type ValueOf<H, I> =
  H extends Related<infer T, infer Many> ? (Many extends true ? readonly With<T, I>[] : With<T, I> | null) : never

type With<T, I> = [I] extends [never] ? T : T extends unknown ? Loaded<T, I> : never

/**
 * A record of which these relations are loaded: `record.pictures.value` is there without a query. They are given as names
 * or trees of names: `Loaded<User, 'pictures'>`, `Loaded<User, { pictures: 'tags' }>`.
 */
export type Loaded<R, I> = R & {
  readonly [P in NamesOf<I> & keyof R]: R[P] & { readonly value: ValueOf<R[P], Below<I, P>> }
}

/** What `get()` of a relation gives. */
export type GivenBy<H> = H extends Related<infer T, infer Many> ? (Many extends true ? readonly T[] : T | null) : never
