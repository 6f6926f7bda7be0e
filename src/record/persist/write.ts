import { STATUS, type Stateful } from '../contract.ts'
import { insertRecord } from './insert.ts'
import { updateRecord } from './update.ts'

/** Writes the row of a record: inserts a new one, updates a stored one. */
export async function writeRow(record: Stateful): Promise<void> {
  if (record[STATUS] === 'new') await insertRecord(record)
  else await updateRecord(record)
}
