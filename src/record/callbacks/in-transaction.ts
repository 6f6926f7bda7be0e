import { DEFINITION, type Stateful } from '../contract.ts'
import { within } from './acting.ts'
import type { Callbacks } from './callbacks.ts'
import type { Action } from './moments.ts'

/** Thrown to undo what callbacks wrote before one of them stopped what was to be done. */
export const STOP: unique symbol = Symbol('stop')

/** Does `work` in a transaction; false if it threw {@link STOP}, and nothing of it is kept. */
export async function inTransaction(record: Stateful, work: () => Promise<void>): Promise<boolean> {
  try {
    await record[DEFINITION].database.transaction(work)
    return true
  } catch (error) {
    if (error === STOP) return false
    throw error
  }
}

/** Has the callbacks called that follow the end of the transaction around: the record was just written in it. */
export function followUp(record: Stateful, { afterCommit, afterRollback }: Callbacks, action: Action): void {
  const { around } = record[DEFINITION].database
  const verb = action === 'delete' ? 'delete' : 'save'
  for (const callback of afterCommit) {
    around?.afterCommit(() => within(record, verb, () => callback(record, action)))
  }
  for (const callback of afterRollback) {
    around?.afterRollback(() => within(record, verb, () => callback(record, action)))
  }
}
