import type { Attribute } from '../attribute-list.ts'
import type { Slot } from '../contract.ts'

const WHOLE = /^-?\d{1,19}$/

/** A value of one column as another has it that it refers to: keys of several models may stand together as text. */
export function fitting(raw: Slot, from: Attribute, to: Attribute): Slot {
  if (raw === null || from.type.storage === to.type.storage) return raw
  if (isText(to)) return typeof raw === 'number' || typeof raw === 'bigint' ? String(raw) : raw
  if (!isText(from) || typeof raw !== 'string' || !isWhole(to) || !WHOLE.test(raw)) return raw
  const number = Number(raw)
  return Number.isSafeInteger(number) ? number : BigInt(raw)
}

/** Whether one of two columns is text and the other is not: keys of several models may stand together as text. */
export function areMixed(one: Attribute, other: Attribute): boolean {
  return (one.type.storage === 'text') !== (other.type.storage === 'text')
}

function isText({ type: { storage } }: Attribute): boolean {
  return storage === 'text' || storage === 'uuid'
}

function isWhole({ type: { storage } }: Attribute): boolean {
  return storage === 'integer' || storage === 'bigint'
}
