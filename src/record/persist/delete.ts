import { NO_OPTIONS } from '../../contract/checks.ts'
import { acting } from '../callbacks/acting.ts'
import { callbacksOf, NO_CALLBACKS } from '../callbacks/callbacks.ts'
import { followUp, inTransaction, STOP } from '../callbacks/in-transaction.ts'
import { runBefore, runCallbacks } from '../callbacks/run.ts'
import { DEFINITION, type Stateful } from '../contract.ts'
import { loadSchema } from '../schema/load.ts'
import { TableAttributes } from '../table-attributes.ts'
import { deleteRow } from './delete-row.ts'
import { mustBeStored } from './key.ts'
import { checkDeleteOptions, type DeleteOptions } from './save-options.ts'

/** Deletes a record's row, its callbacks around that; false if one of them stopped it. */
export async function deleteRecord(record: Stateful, options: DeleteOptions = NO_OPTIONS): Promise<boolean> {
  const { skipCallbacks } = checkDeleteOptions(options)
  mustBeStored(record, 'delete')
  if (record[DEFINITION].attributes instanceof TableAttributes) await loadSchema(record[DEFINITION])
  const callbacks = skipCallbacks ? NO_CALLBACKS : callbacksOf(record[DEFINITION].model)
  if (!callbacks.deleting) {
    await deleteRow(record)
    return true
  }
  return await acting(record, 'delete', () =>
    inTransaction(record, async () => {
      if (!(await runBefore(callbacks.beforeDelete, record, 'delete'))) throw STOP
      await deleteRow(record)
      followUp(record, callbacks, 'delete')
      await runCallbacks(callbacks.afterDelete, record, 'delete')
    }),
  )
}
