import { DEFINITION, type Stateful } from '../contract.ts'
import { RecordStateError } from '../errors.ts'
import { setWriting, type Writing, writingOf } from './written.ts'

/**
 * Does `work` on a record when all work on it that was begun before is done: two saves of one new record insert one row.
 * Work that another transaction began is not waited for, since that one may be waiting for this.
 */
export async function exclusively<T>(record: Stateful, work: (record: Stateful) => Promise<T>): Promise<T> {
  const whole = record[DEFINITION].database.around?.whole ?? null
  for (let other = writingOf(record); other; other = writingOf(record)) {
    if (other.whole !== whole) throw busy(record)
    other.done ??= Promise.withResolvers()
    await other.done.promise
  }
  const writing: Writing = { whole, done: null }
  setWriting(record, writing)
  try {
    return await work(record)
  } finally {
    setWriting(record, null)
    writing.done?.resolve()
  }
}

function busy(record: Stateful): RecordStateError {
  const { name } = record[DEFINITION]
  const message = `this ${name} is just being written in another transaction: a record is written by one at a time`
  return new RecordStateError(message, { code: 'RECORD_BUSY', kind: 'usage' })
}
