/** Conditions that belong together: what `and`, `or` and `not` give. */
export class Group {
  readonly word: 'and' | 'or' | 'not'
  readonly parts: readonly unknown[]

  constructor(word: 'and' | 'or' | 'not', parts: readonly unknown[]) {
    this.word = word
    this.parts = parts
  }
}
