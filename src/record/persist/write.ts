import { STATUS, type Stateful } from '../contract.ts'
import { counting } from '../relations/counters.ts'
import { checkFields } from '../relations/fields.ts'
import { exclusively } from './exclusively.ts'
import { insertRecord } from './insert.ts'
import { mustNotBeDeleted } from './key.ts'
import { updateRecord } from './update.ts'

/** Writes the row of a record: inserts a new one, updates a stored one. The second of two at once is an update. */
export function writeRow(record: Stateful): Promise<void> {
  checkFields(record)
  return exclusively(record, insertOrUpdate)
}

function insertOrUpdate(record: Stateful): Promise<void> {
  mustNotBeDeleted(record, 'save')
  return counting(record, record[STATUS] === 'new' ? insertRecord : updateRecord)
}
