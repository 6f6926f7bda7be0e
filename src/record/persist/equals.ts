import { storedOf } from '../attributes.ts'
import { originOf } from '../bound.ts'
import { DEFINITION, LEFT_OUT, type Stateful } from '../contract.ts'

/** Whether two records are of one class and stand for one row. One without a key equals only itself. */
export function isSameRecord(record: Stateful, other: unknown): boolean {
  if (record === other) return true
  if (typeof other !== 'object' || other === null || !(DEFINITION in other)) return false
  const one = record[DEFINITION]
  const another = (other as Stateful)[DEFINITION]
  if (originOf(one.model) !== originOf(another.model) || one.attributes.key.length === 0) return false
  return one.attributes.key.every((attribute) => {
    const key = storedOf(record, attribute)
    if (key === null || key === undefined || key === LEFT_OUT) return false
    return isSameKey(key, storedOf(other as Stateful, attribute))
  })
}

function isSameKey(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return a === b
}
