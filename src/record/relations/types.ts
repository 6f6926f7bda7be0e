declare const RELATES: unique symbol

/** A relation of one record, to the compiler: to what, and to how many. */
export interface Related<out T, out Many extends boolean> {
  /** Whether `value` has what was loaded. */
  readonly isLoaded: boolean
  readonly [RELATES]: { readonly target: T; readonly many: Many }
}

/** The names of a record's relations. */
export type RelationName<R> = {
  [K in keyof R]-?: R[K] extends Related<unknown, boolean> ? K : never
}[keyof R] &
  string

/** What a loaded relation holds. */
type ValueOf<H> = H extends Related<infer T, infer Many> ? (Many extends true ? readonly T[] : T | null) : never

/** A record of which these relations are loaded: `record.pictures.value` is there without a query. */
export type Loaded<R, K extends keyof R> = R & { readonly [P in K]: R[P] & { readonly value: ValueOf<R[P]> } }
