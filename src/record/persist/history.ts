import { decodedSlot } from '../attributes.ts'
import { DEFINITION, type Stateful } from '../contract.ts'
import { type History, historyOf, type Raws } from './written.ts'

/** Of a save that had nothing to write. */
export const NOTHING: Raws = []

const NEVER: History = { created: false, written: NOTHING, before: null }

/** Of each attribute that the latest save changed, what the database had before and what it was given. */
export function previousChanges(record: Stateful): Record<string, readonly [unknown, unknown]> {
  const { name, attributes } = record[DEFINITION]
  const changes: Record<string, readonly [unknown, unknown]> = Object.create(null)
  const { written, before } = historyOf(record) ?? NEVER
  if (written.length === 0) return changes
  for (const attribute of attributes) {
    const { index } = attribute
    if (written[index] === undefined) continue
    changes[attribute.name] = [
      decodedSlot(name, attribute, before?.[index]),
      decodedSlot(name, attribute, written[index]),
    ]
  }
  return changes
}
