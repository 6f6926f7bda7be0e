import { AsyncLocalStorage } from 'node:async_hooks'
import { DEFINITION, type Stateful } from '../contract.ts'
import { RecordStateError } from '../errors.ts'
import { RecordErrors } from './record-errors.ts'

/** A validation that is under way, and the one that it is a part of. */
interface Run {
  readonly record: Stateful
  readonly errors: RecordErrors
  readonly outer: Run | undefined
}

const running = new AsyncLocalStorage<Run>()

// Not in the record: of all that are read, few are validated.
const latest = new WeakMap<Stateful, RecordErrors>()

/**
 * What is wrong with a record: what the validation has found that the running code is a part of, else what the latest one
 * found. Two validations at once do not mix.
 */
export function errorsOf(record: Stateful): RecordErrors {
  return runOf(record)?.errors ?? latestOf(record)
}

/** Forgets what earlier validations found. */
export function clearErrors(record: Stateful): void {
  latest.get(record)?.clear()
}

/** Runs a validation, which adds to `record.errors`; these are then what it found. */
export async function collecting(
  record: Stateful,
  validation: (errors: RecordErrors) => unknown,
): Promise<RecordErrors> {
  if (runOf(record)) throw validating(record)
  const errors = new RecordErrors(record[DEFINITION].model)
  clearErrors(record)
  try {
    await running.run({ record, errors, outer: running.getStore() }, () => validation(errors))
  } finally {
    const found = latestOf(record)
    found.clear()
    found.addAll(errors)
  }
  return errors
}

function latestOf(record: Stateful): RecordErrors {
  const known = latest.get(record) ?? new RecordErrors(record[DEFINITION].model)
  latest.set(record, known)
  return known
}

function runOf(record: Stateful): Run | undefined {
  let run = running.getStore()
  while (run && run.record !== record) run = run.outer
  return run
}

function validating(record: Stateful): RecordStateError {
  const message = `this ${record[DEFINITION].name} is just being validated: a validation of it cannot ask whether it is valid`
  return new RecordStateError(message, { code: 'VALIDATING', kind: 'usage' })
}
