import { SqlError } from '../contract/errors.ts'

/** Work that follows a commit. */
export type AfterCommit = () => unknown

/** Work that waits for the commit of a transaction. What a rollback undoes drops its part of it. */
export class FollowUps {
  #waiting: AfterCommit[] = []
  #due: AfterCommit[] = []

  add(work: AfterCommit): void {
    this.#waiting.push(work)
  }

  /** The transaction is committed. */
  committed(): void {
    this.#due.push(...this.#waiting)
    this.#waiting = []
  }

  /** The transaction is rolled back. */
  rolledBack(): void {
    this.#waiting = []
  }

  /** The inner transaction that these belong to is now a part of the outer one. */
  joinTo(outer: FollowUps): void {
    outer.#waiting.push(...this.#waiting)
    outer.#due.push(...this.#due)
  }

  /** Does what is due, one after the other and each whatever became of the others; throws what went wrong. */
  async run(): Promise<void> {
    const errors: unknown[] = []
    for (const work of this.#due) {
      try {
        await work()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw followUpError(errors)
  }
}

function followUpError(errors: readonly unknown[]): SqlError {
  const cause = errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} of them failed`)
  return new SqlError('the transaction is committed, but work that was to follow it (afterCommit) failed', {
    code: 'AFTER_COMMIT',
    kind: 'afterCommit',
    cause,
  })
}
