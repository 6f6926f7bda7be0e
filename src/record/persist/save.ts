import type { Stateful } from '../contract.ts'
import { inSchemaOf } from '../schema/load.ts'
import { mustNotBeDeleted } from './key.ts'
import { writeRow } from './write.ts'

/** Writes a record: inserts a new one, updates a stored one. */
export async function saveRecord(record: Stateful): Promise<void> {
  mustNotBeDeleted(record, 'save')
  await inSchemaOf(record, () => writeRow(record))
}
