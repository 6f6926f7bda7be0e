import { SqlError } from '../contract/errors.ts'
import type { FollowUps } from './after-commit.ts'
import { suppress } from './commit.ts'

/** Does what is due after a commit. */
export async function follow(followUps: FollowUps | null): Promise<void> {
  if (!followUps?.isDue) return
  const errors = await followUps.run()
  if (errors.length > 0) throw followUpError(errors)
}

/** Does what is due after a failure; gives the very error, with what went wrong then. */
export async function withSuppressed(error: unknown, followUps: FollowUps | null): Promise<unknown> {
  const errors = (await followUps?.run()) ?? []
  if (errors.length > 0) suppress(error, 'suppressed', oneOf(errors))
  return error
}

function followUpError(errors: readonly unknown[]): SqlError {
  return new SqlError(
    'the transaction is committed, but work that was to follow it (afterCommit, afterRollback) failed',
    {
      code: 'AFTER_COMMIT',
      kind: 'afterCommit',
      cause: oneOf(errors),
    },
  )
}

function oneOf(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} of them failed`)
}
