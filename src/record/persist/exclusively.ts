import { DEFINITION, type Stateful } from '../contract.ts'
import { RecordStateError } from '../errors.ts'

/** A write of a record that is under way, and the transaction that it is in. */
interface Writing {
  readonly whole: object | null
  readonly done: Promise<void>
}

const underWay = new Map<Stateful, Writing>()

/**
 * Does `work` on a record when all work on it that was begun before is done: two saves of one new record insert one row.
 * Work that another transaction began is not waited for, since that one may be waiting for this.
 */
export async function exclusively<T>(record: Stateful, work: (record: Stateful) => Promise<T>): Promise<T> {
  const whole = record[DEFINITION].database.around?.whole ?? null
  for (let other = underWay.get(record); other; other = underWay.get(record)) {
    if (other.whole !== whole) throw busy(record)
    await other.done
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  underWay.set(record, { whole, done: promise })
  try {
    return await work(record)
  } finally {
    underWay.delete(record)
    resolve()
  }
}

function busy(record: Stateful): RecordStateError {
  const { name } = record[DEFINITION]
  const message = `this ${name} is just being written in another transaction: a record is written by one at a time`
  return new RecordStateError(message, { code: 'RECORD_BUSY', kind: 'usage' })
}
