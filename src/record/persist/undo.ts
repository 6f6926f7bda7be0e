import { LOADED, SLOTS, STATUS, STORED, type Stateful } from '../contract.ts'
import type { Around } from '../ways/way.ts'
import { historyOf, setHistory } from './history.ts'

/**
 * Remembers what a record is now: if the transaction around is rolled back, it is that again, with the changes that were
 * not saved by then. Called right before the state changes and after the statement that is the reason has succeeded.
 */
export function undoWith(around: Around | null, record: Stateful): void {
  if (!around) return
  const slots = record[SLOTS].slice()
  const { [STORED]: stored, [STATUS]: status } = record
  const loaded = record[LOADED] && new Map(record[LOADED])
  const history = historyOf(record)
  around.undoBy(record, () => {
    record[SLOTS] = slots
    record[STORED] = stored
    record[STATUS] = status
    record[LOADED] = loaded
    setHistory(record, history)
  })
}
