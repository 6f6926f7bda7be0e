import { DEFINITION, LOADED, SLOTS, STORED, type Stateful } from '../contract.ts'
import { Compared } from '../query/condition.ts'
import { slotsOf } from '../query/hydrate.ts'
import { wholeTable } from '../query/plan.ts'
import { selection } from '../query/select.ts'
import { inSchema } from '../schema/load.ts'
import { exclusively } from './exclusively.ts'
import { mustBeStored, storedKey } from './key.ts'
import { become } from './undo.ts'
import { gone } from './update.ts'
import { setHistory } from './written.ts'

/** Reads a record's row anew, over changes that were not saved. */
export async function reloadRecord(record: Stateful): Promise<void> {
  await exclusively(record, async () => {
    mustBeStored(record, 'reload')
    await inSchema(record[DEFINITION], () => reload(record))
  })
}

async function reload(record: Stateful): Promise<void> {
  const definition = record[DEFINITION]
  const key = storedKey(record)
  const conditions = definition.attributes.key.map((attribute, at) => new Compared(attribute, '=', key[at]))
  const { statement, values } = selection({ ...wholeTable(definition), conditions })
  const [row] = await definition.database.query(statement, values)
  if (!row) throw gone(definition.name)
  become(record, () => {
    record[SLOTS] = slotsOf(definition.attributes, row)
    record[STORED] = null
    record[LOADED] = null
    setHistory(record, undefined)
  })
}
