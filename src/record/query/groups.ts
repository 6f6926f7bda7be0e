/** Conditions that belong together: what `and`, `or` and `not` give, and nothing that came as JSON can be. */
export class Group<out W = unknown> {
  readonly word: 'and' | 'or' | 'not'
  readonly parts: readonly W[]

  constructor(word: 'and' | 'or' | 'not', parts: readonly W[]) {
    this.word = word
    this.parts = parts
  }
}

/** All of these conditions hold; of none at all, that is so. */
export function and<const P extends readonly unknown[]>(...conditions: P): Group<P[number]> {
  return new Group('and', conditions)
}

/** At least one of these conditions holds; of none at all, that is not so. */
export function or<const P extends readonly unknown[]>(...conditions: P): Group<P[number]> {
  return new Group('or', conditions)
}

/** Not all of these conditions hold. A comparison with null does not. */
export function not<const P extends readonly unknown[]>(...conditions: P): Group<P[number]> {
  return new Group('not', conditions)
}
