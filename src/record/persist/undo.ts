import { TransactionRolledBackError } from '../../contract/errors.ts'
import { DEFINITION, LOADED, SLOTS, STATUS, STORED, type Stateful } from '../contract.ts'
import { historyOf, setHistory } from './written.ts'

/**
 * Changes what a record is, since a statement did so with its row. If the transaction around is rolled back, the record is
 * again what it was before, with the changes that were not saved by then.
 *
 * @throws {TransactionRolledBackError} it has been rolled back meanwhile: the record is what it was
 */
export function become(record: Stateful, change: () => void): void {
  const { around } = record[DEFINITION].database
  if (!around) return change()
  const undo = beforeCall.get(record) ?? undoing(record)
  change()
  if (around.undoBy(record, undo)) return
  throw new TransactionRolledBackError(
    `the transaction was rolled back while this ${record[DEFINITION].name} was being written`,
    { code: 'TRANSACTION_GONE', kind: 'rolledBack' },
  )
}

const beforeCall = new WeakMap<Stateful, () => void>()

/** Does `work`, which assigns and saves: undone, it is undone as one. If it fails by itself, what it assigned stays. */
export function asOne(record: Stateful, work: () => Promise<unknown>): Promise<unknown> {
  const { around } = record[DEFINITION].database
  return !around || beforeCall.has(record) ? work() : undoneAsOne(record, work)
}

async function undoneAsOne(record: Stateful, work: () => Promise<unknown>): Promise<void> {
  beforeCall.set(record, undoing(record))
  try {
    await work()
  } finally {
    beforeCall.delete(record)
  }
}

function undoing(record: Stateful): () => void {
  const slots = record[SLOTS].slice()
  const { [STORED]: stored, [STATUS]: status } = record
  const loaded = record[LOADED] && new Map(record[LOADED])
  const history = historyOf(record)
  return () => {
    record[SLOTS] = slots
    record[STORED] = stored
    record[STATUS] = status
    record[LOADED] = loaded
    setHistory(record, history)
  }
}
