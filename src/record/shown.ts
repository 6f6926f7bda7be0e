import { inspect } from 'node:util'
import { keptValues } from './adopt.ts'
import type { Attribute } from './attribute-list.ts'
import { readAttribute } from './attributes.ts'
import { DEFINITION, LEFT_OUT, SLOTS, STATUS, type Stateful } from './contract.ts'
import { TableAttributes } from './table-attributes.ts'

/** How much of a value is shown. */
const CUT = 60

/** A record in one line, for people: `<User id: 1, name: 'ann'>`. It never throws, and shows no secrets. */
export function shown(record: Stateful): string {
  const { name } = record[DEFINITION]
  const status = record[STATUS] === 'stored' ? '' : ` (${record[STATUS]})`
  const values = [...attributesShown(record), ...keptShown(record)].map(([key, text]) => `${key}: ${text}`)
  return `<${name}${status}${values.length > 0 ? ` ${values.join(', ')}` : ''}>`
}

function attributesShown(record: Stateful): [string, string][] {
  const { attributes } = record[DEFINITION]
  if (attributes instanceof TableAttributes && !attributes.isKnown) return []
  const slots = record[SLOTS]
  const given = [...attributes].filter(({ index }) => slots[index] !== undefined && slots[index] !== LEFT_OUT)
  return given.map((attribute) => [attribute.name, textOf(record, attribute)])
}

function textOf(record: Stateful, attribute: Attribute): string {
  if (attribute.settings.secret) return '[secret]'
  try {
    return valueShown(readAttribute(record, attribute))
  } catch {
    // Whoever reads it is told what is wrong with it.
    return '[unreadable]'
  }
}

function keptShown(record: Stateful): [string, string][] {
  if (!(record[DEFINITION].attributes instanceof TableAttributes)) return []
  return [...keptValues(record)].map(([name, value]) => [name, valueShown(value)])
}

function valueShown(value: unknown): string {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  if (typeof value === 'string' && value.length > CUT) return `${inspect(value.slice(0, CUT))}...`
  const text = inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 2,
    maxStringLength: CUT,
    maxArrayLength: 5,
  })
  return text.length > 2 * CUT ? `${text.slice(0, 2 * CUT)}...` : text
}
