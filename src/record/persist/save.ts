import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { RecordStateError } from '../errors.ts'
import { inSchemaOf } from '../schema/load.ts'
import { insertRecord } from './insert.ts'
import { updateRecord } from './update.ts'

/** Writes a record: inserts a new one, updates a stored one. */
export async function saveRecord(record: Stateful): Promise<void> {
  if (record[STATUS] === 'deleted') {
    throw new RecordStateError(`cannot save this ${record[DEFINITION].name}: it is deleted`, {
      code: 'RECORD_DELETED',
      kind: 'usage',
    })
  }
  await inSchemaOf(record, () => (record[STATUS] === 'new' ? insertRecord(record) : updateRecord(record)))
}
