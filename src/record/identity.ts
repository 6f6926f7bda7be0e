import { storedOf } from './attributes.ts'
import { originOf } from './bound.ts'
import { DEFINITION, type Slot, STATUS, type Stateful } from './contract.ts'
import { modelError, RecordStateError } from './errors.ts'

/** The class and key of a record as one text: the same for all records of one row. */
export function keyTextOf(record: Stateful): string {
  const { name, attributes } = record[DEFINITION]
  if (attributes.key.length === 0) {
    throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
  }
  if (record[STATUS] === 'new') {
    throw new RecordStateError(`this ${name} has no key yet: it was not saved`, { code: 'RECORD_NEW', kind: 'usage' })
  }
  const parts = attributes.key.map((attribute) => partText(storedOf(record, attribute)))
  return `${name}.${parts.join(',')}`
}

/** Whether two records are of one row: of one class, saved, and with the same key. */
export function isSameRow(record: Stateful, other: unknown): boolean {
  if (record === other) return true
  if (typeof other !== 'object' || other === null || !(DEFINITION in other)) return false
  const { [DEFINITION]: definition, [STATUS]: status } = other as Stateful
  if (originOf(definition.model) !== originOf(record[DEFINITION].model)) return false
  if (status === 'new' || record[STATUS] === 'new') return false
  return definition.attributes.key.length > 0 && keyTextOf(record) === keyTextOf(other as Stateful)
}

function partText(raw: Slot): string {
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('hex') : encodeURIComponent(String(raw))
}
