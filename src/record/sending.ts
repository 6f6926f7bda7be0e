import { UnsupportedValueError } from '../contract/errors.ts'
import type { Dialect } from '../sql/index.ts'
import type { Attribute } from './attribute-list.ts'

/** Makes of a value what the database takes for it. */
export type Sending = (value: unknown) => unknown

/** How the values of an attribute are sent; null where they are sent as records have them. */
export function sendingOf(attribute: Attribute, dialect: Dialect): Sending | null {
  const { storage, limits } = attribute.type
  if (dialect === 'sqlite' || storage !== 'datetime') return null
  const zoneless = limits?.zoneless === true
  const refuse: Sending = (value) => refuseZone(attribute, value)
  if (dialect === 'postgres') return zoneless ? refuse : null
  return zoneless ? (value) => withoutZone(refuse(value)) : withoutZone
}

/** A point in time as datetime() writes it. */
const POINT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}\.\d{3})Z?$/

// MySQL takes neither the T nor the Z. Its sessions are in UTC.
function withoutZone(value: unknown): unknown {
  const [, day, clock] = (typeof value === 'string' && POINT.exec(value)) || []
  return day === undefined ? value : `${day} ${clock}`
}

// In an hour that comes twice the text has a Z, which says which of both it is. A column without zones would drop it.
function refuseZone({ name, column }: Attribute, value: unknown): unknown {
  if (typeof value !== 'string' || !value.endsWith('Z') || !POINT.test(value)) return value
  throw new UnsupportedValueError(
    `${name} is in an hour that its zone has twice, and its column has no zone to tell which of both: declare it in UTC`,
    { code: 'ATTRIBUTE_VALUE', kind: 'value', columns: [column] },
  )
}
