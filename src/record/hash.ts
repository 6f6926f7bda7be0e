import { describe, invalidOption, ownOptions } from '../contract/checks.ts'
import { adopt } from './adopt.ts'
import type { Attribute } from './attribute-list.ts'
import { readAttribute } from './attributes.ts'
import { DEFINITION, LEFT_OUT, SLOTS, type Stateful } from './contract.ts'

/** Which attributes are wanted. */
export interface Picked<Name extends string = string> {
  /** These and no others. */
  readonly only?: readonly Name[]
  /** All but these. */
  readonly except?: readonly Name[]
}

/** The attributes of a record by name. What its query left out is not there, unless it was asked for by name. */
export function objectOf(record: Stateful, options: Picked & { readonly includeBlank?: boolean }) {
  const { includeBlank } = ownOptions(options, ['only', 'except', 'includeBlank'], 'toObject')
  if (includeBlank !== undefined && typeof includeBlank !== 'boolean') {
    throw invalidOption(TypeError, `includeBlank must be true or false, not ${describe(includeBlank)}`)
  }
  const values = pick(record, options).map(({ name }, at, all) => [name, readAttribute(record, all[at] as Attribute)])
  return Object.fromEntries(includeBlank === false ? values.filter(([, value]) => value !== null) : values)
}

/** The same as JSON has it, without secrets: bigint as text, bytes in base64. */
export function jsonOf(record: Stateful): Record<string, unknown> {
  const open = pick(record, {}).filter(({ settings }) => !settings.secret)
  return Object.fromEntries(open.map((attribute) => [attribute.name, jsonValue(readAttribute(record, attribute))]))
}

function pick(record: Stateful, { only, except }: Picked): Attribute[] {
  adopt(record)
  const { attributes, name: owner } = record[DEFINITION]
  const named = (names: readonly string[]) => new Set(names.map((name) => attributes.get(name, owner)))
  if (only) return [...named(only)]
  const left = named(except ?? [])
  const slots = record[SLOTS]
  return [...attributes].filter((attribute) => !left.has(attribute) && slots[attribute.index] !== LEFT_OUT)
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  return value
}
