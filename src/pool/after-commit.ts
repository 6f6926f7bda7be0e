/** Work that follows the end of a transaction. */
export type FollowUp = () => unknown

/**
 * Work that waits for the end of a transaction. What a rollback undoes drops its part of what waits for the commit, and
 * makes due what waits for the rollback. Nothing is kept where nothing was asked for.
 */
export class FollowUps {
  readonly #outer: FollowUps | null
  #forCommit: FollowUp[] | null = null
  #forRollback: FollowUp[] | null = null
  #due: FollowUp[] | null = null
  /** What undoes in memory what a rollback undoes in the database, by what it is undone of. */
  #undoing: Map<object, () => void> | null = null
  #isUndone = false
  /** In a transaction of a test: what follows its parts does so when they end, or never. */
  #parts: 'played' | 'mute' | null = null

  constructor(outer: FollowUps | null = null) {
    this.#outer = outer
  }

  afterCommit(work: FollowUp): void {
    this.#forCommit ??= []
    this.#forCommit.push(work)
  }

  /** Has work done when the outermost transaction has ended, if this one is rolled back. */
  afterRollback(work: FollowUp): void {
    this.#forRollback ??= []
    this.#forRollback.push(work)
  }

  /**
   * Has `undo` called in the moment of the rollback, in reverse order and before anybody hears of it. Only the first that
   * is given for `of` counts: it knows the oldest state. It must not throw. If the rollback has been it is called at once,
   * and the answer is false.
   */
  undoBy(of: object, undo: () => void): boolean {
    if (this.#isUndone) {
      undo()
      return false
    }
    const undoing = this.#undoing
    if (undoing) {
      if (!undoing.has(of)) undoing.set(of, undo)
      return true
    }
    this.#undoing = new Map([[of, undo]])
    // With the transaction around it this one is undone, whether or not its own end was heard of by then.
    return this.#outer?.undoBy(this, () => this.rolledBack()) ?? true
  }

  /**
   * For tests, which commit nothing: what follows a part is done when that ends, as if it were committed or rolled back
   * by itself (`played`), or not at all.
   */
  asInTest(parts: 'played' | 'mute'): void {
    this.#parts = parts
  }

  /** What is due although the transaction has not ended. */
  get isPartDue(): boolean {
    return this.#parts === 'played' && this.#due !== null
  }

  /** The transaction is committed. */
  committed(): void {
    this.#makeDue(this.#forCommit)
    this.#forget()
  }

  /** The transaction is rolled back. `final`: no other one begins in its place. */
  rolledBack(final: boolean = false): void {
    const undoing = this.#undoing
    const due = this.#forRollback
    this.#forget()
    this.#isUndone ||= final
    if (undoing) for (const undo of [...undoing.values()].reverse()) undo()
    this.#makeDue(due && [...due].reverse())
  }

  /** The inner transaction that these belong to is now a part of the outer one. */
  joinTo(outer: FollowUps): void {
    if (outer.#parts) outer.#makeDue(this.#forCommit)
    else {
      for (const work of this.#forCommit ?? []) outer.afterCommit(work)
      for (const work of this.#forRollback ?? []) outer.afterRollback(work)
    }
    outer.#makeDue(this.#due)
    // What it undoes stays here, where the outer one finds it.
    this.#forCommit = null
    this.#forRollback = null
    this.#due = null
  }

  /** The inner transaction that these belong to is undone: what that made due is done when the outer one has ended. */
  leaveTo(outer: FollowUps): void {
    outer.#makeDue(this.#due)
    this.#due = null
  }

  /** Does what is due, one after the other and each whatever became of the others; gives what went wrong. */
  async run(): Promise<readonly unknown[]> {
    const errors: unknown[] = []
    const due = this.#due ?? []
    this.#due = null
    for (const work of due) {
      try {
        await work()
      } catch (error) {
        errors.push(error)
      }
    }
    return errors
  }

  get isDue(): boolean {
    return this.#due !== null
  }

  #makeDue(work: readonly FollowUp[] | null): void {
    if (!work || this.#parts === 'mute') return
    this.#due ??= []
    this.#due.push(...work)
  }

  #forget(): void {
    this.#forCommit = null
    this.#forRollback = null
    this.#undoing = null
  }
}
