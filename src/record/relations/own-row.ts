import { DEFINITION, type Stateful } from '../contract.ts'
import { storedKey } from '../persist/key.ts'
import { Compared, type Condition } from '../query/condition.ts'

/** That a row is the one of this record. */
export function ownRow(record: Stateful): Condition[] {
  const raws = storedKey(record)
  return record[DEFINITION].attributes.key.map((attribute, at) => new Compared(attribute, '=', raws[at]))
}
