import { adopt } from './adopt.ts'
import { changedAttributes, readAttribute, storedValue } from './attributes.ts'
import type { Stateful } from './contract.ts'

/** Of each changed attribute, what the database has and what it is to have. */
export function changesOf(record: Stateful): Record<string, readonly [unknown, unknown]> {
  adopt(record)
  const changes: Record<string, readonly [unknown, unknown]> = Object.create(null)
  for (const attribute of changedAttributes(record)) {
    changes[attribute.name] = [storedValue(record, attribute), readAttribute(record, attribute)]
  }
  return changes
}
