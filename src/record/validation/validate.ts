import { type Callbacks, callbacksOf, NO_CALLBACKS } from '../callbacks/callbacks.ts'
import { runBefore, runCallbacks } from '../callbacks/run.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { readColumns } from '../schema/load.ts'
import { clearErrors, collecting } from './errors-of.ts'
import type { RecordErrors } from './record-errors.ts'
import { apply, type Checking, type Rule } from './rule.ts'
import { rules } from './rules.ts'

/** What a validation came to. */
export interface Verdict {
  /** What is wrong with the record; null for nothing. */
  readonly errors: RecordErrors | null
  /** A callback did not want it to go on. */
  readonly stopped: boolean
}

export const VALID: Verdict = { errors: null, stopped: false }
const STOPPED: Verdict = { errors: null, stopped: true }

/** How a record is validated. */
export interface Validation {
  readonly skipCallbacks?: boolean
  /** The records that are validated together with it. */
  readonly together?: Set<Stateful>
}

/**
 * Validates a record: all rules of its class are asked, at once, and all are awaited. Where there is nothing to ask, the
 * answer is there at once: what is assigned behind a call of `save` is not a part of it.
 */
export function validateRecord(record: Stateful, how: Validation = {}): Verdict | Promise<Verdict> {
  const { model } = record[DEFINITION]
  const all = rules.of(model)
  const callbacks = how.skipCallbacks ? NO_CALLBACKS : callbacksOf(model)
  if (all.length > 0 || callbacks.beforeValidation.length > 0 || callbacks.afterValidation.length > 0) {
    return ask(record, all, callbacks, how)
  }
  clearErrors(record)
  return VALID
}

async function ask(
  record: Stateful,
  all: readonly Rule[],
  { beforeValidation, afterValidation }: Callbacks,
  how: Validation,
): Promise<Verdict> {
  await readColumns(record)
  const action = record[STATUS] === 'new' ? 'create' : 'update'
  let stopped = false
  const errors = await collecting(record, async (errors) => {
    stopped = !(await runBefore(beforeValidation, record, action))
    if (stopped) return
    await check(all, { record, errors, together: how.together ?? new Set([record]) })
    await runCallbacks(afterValidation, record, action)
  })
  if (stopped) return STOPPED
  return errors.isEmpty() ? VALID : { errors, stopped: false }
}

/** Whether a record is valid, together with others. */
export async function isValidTogether(record: Stateful, together: Set<Stateful>): Promise<boolean> {
  const { errors, stopped } = await validateRecord(record, { together })
  return !errors && !stopped
}

async function check(all: readonly Rule[], checking: Checking): Promise<void> {
  const failures: unknown[] = []
  const pending: Promise<unknown>[] = []
  for (const rule of all) {
    try {
      const answer = apply(rule, checking)
      if (isThenable(answer)) pending.push(Promise.resolve(answer))
    } catch (error) {
      failures.push(error)
    }
  }
  for (const one of await Promise.allSettled(pending)) if (one.status === 'rejected') failures.push(one.reason)
  if (failures.length > 0) throw failures[0]
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
