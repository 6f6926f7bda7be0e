import { NO_OPTIONS } from '../../contract/checks.ts'
import { acting } from '../callbacks/acting.ts'
import { type Callbacks, callbacksOf, NO_CALLBACKS } from '../callbacks/callbacks.ts'
import { followUp, inTransaction, STOP } from '../callbacks/in-transaction.ts'
import { runBefore, runCallbacks } from '../callbacks/run.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { inSchemaOf, readColumns } from '../schema/load.ts'
import { VALID, type Verdict, validateRecord } from '../validation/validate.ts'
import { ValidationError } from '../validation/validation-error.ts'
import { asValidationError, hasUniqueness } from '../validation/violation.ts'
import { mustNotBeDeleted } from './key.ts'
import { checkSaveOptions, type SaveOptions } from './save-options.ts'
import { writeRow } from './write.ts'

type Checked = Required<SaveOptions>

/** Validates a record and writes it, its callbacks around that; false if one of them stopped it. */
export async function saveRecord(record: Stateful, options: SaveOptions = NO_OPTIONS): Promise<boolean> {
  const checked = checkSaveOptions(options)
  mustNotBeDeleted(record, 'save')
  const reading = readColumns(record)
  if (reading) await reading
  const callbacks = checked.skipCallbacks ? NO_CALLBACKS : callbacksOf(record[DEFINITION].model)
  if (callbacks.saving) return await acting(record, 'save', () => saveWith(callbacks, record, checked))
  const verdict = validated(record, checked)
  if (!goesOn(record, verdict instanceof Promise ? await verdict : verdict)) return false
  try {
    await inSchemaOf(record, writeRow)
    return true
  } catch (error) {
    throw await asKnown(record, checked, error)
  }
}

// A slow validation keeps no transaction open, unless there are callbacks around it.
async function saveWith(callbacks: Callbacks, record: Stateful, checked: Checked): Promise<boolean> {
  const together = callbacks.beforeValidation.length > 0 || callbacks.afterValidation.length > 0
  if (!together && !goesOn(record, await validated(record, checked))) return false
  let verdict: Verdict = VALID
  const done = await inTransaction(record, async () => {
    if (together) verdict = await validated(record, checked)
    if (verdict.errors || verdict.stopped) throw STOP
    await writeBetween(callbacks, record, checked)
  })
  // Its stack begins here, near to the caller.
  return goesOn(record, verdict) && done
}

async function writeBetween(callbacks: Callbacks, record: Stateful, checked: Checked): Promise<void> {
  const [action, before, after] =
    record[STATUS] === 'new'
      ? (['create', callbacks.beforeCreate, callbacks.afterCreate] as const)
      : (['update', callbacks.beforeUpdate, callbacks.afterUpdate] as const)
  if (!(await runBefore(before, record, action))) throw STOP
  if (!(await runBefore(callbacks.beforeSave, record, action))) throw STOP
  await write(record, checked)
  followUp(record, callbacks, action)
  await runCallbacks(after, record, action)
  await runCallbacks(callbacks.afterSave, record, action)
}

function validated(record: Stateful, { validate, skipCallbacks }: Checked): Verdict | Promise<Verdict> {
  return validate ? validateRecord(record, { skipCallbacks }) : VALID
}

/** False if a callback stopped it; throws what is wrong with the record. */
function goesOn(record: Stateful, { errors, stopped }: Verdict): boolean {
  if (errors) throw new ValidationError(record, errors)
  return !stopped
}

// PostgreSQL gives up a whole transaction with one value that is taken, unless a part of it is undone. Then the rules can
// be asked whose value it is, and whoever has the error can go on.
function writeApart(record: Stateful): Promise<void> {
  const { database } = record[DEFINITION]
  const isPart = database.dialect === 'postgres' && database.around !== null && hasUniqueness(record[DEFINITION])
  return isPart ? database.transaction(() => writeRow(record)) : writeRow(record)
}

async function write(record: Stateful, checked: Checked): Promise<void> {
  try {
    await inSchemaOf(record, checked.validate ? writeApart : writeRow)
  } catch (error) {
    throw await asKnown(record, checked, error)
  }
}

async function asKnown(record: Stateful, { validate }: Checked, error: unknown): Promise<unknown> {
  return validate ? await asValidationError(record, error) : error
}
