import { isDate } from 'node:util/types'
import { invalidOption } from '../../contract/checks.ts'
import { isDay } from './day.ts'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

/** A point in time as text: day, clock, digits of which a Date knows nothing, zone. */
const POINT = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:(\.\d{1,3})\d*)?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i
const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/
const LAST_YEAR = 9999

/**
 * In which zone a text without one is: in UTC, in the process's own (`TZ`), or so many hours and minutes from UTC
 * (`+05:30`).
 */
export type Zone = 'utc' | 'local' | `+${string}:${string}` | `-${string}:${string}`

/**
 * Points in time, to the millisecond. In UTC they are stored as `2026-01-31T12:00:00.000Z`; in another zone as
 * `2026-01-31T13:00:00.000` there, which is what other programs left and expect.
 */
export function datetime(zone: Zone = 'utc'): ColumnType<Date> {
  checkZone(zone)
  return {
    expects: 'a valid Date of the years 0 to 9999',
    storage: 'datetime',
    limits: { zoneless: zone !== 'utc' },
    boxed: true,
    read(raw) {
      const date = isDate(raw) ? new Date(raw) : typeof raw === 'string' ? dateOf(raw, zone) : null
      if (date === null || Number.isNaN(date.getTime())) throw unreadable(this, raw, ', a point in time as ISO 8601')
      return date
    },
    write(value) {
      if (!isDate(value)) throw misfit(this, value)
      const year = value.getUTCFullYear()
      // Other years are written in another way, which has no order among texts.
      if (year >= 0 && year <= LAST_YEAR) return written(new Date(value), zone)
      throw new Misfit(`must be ${this.expects}; this is ${Number.isNaN(year) ? 'an invalid one' : 'of another'}`)
    },
  }
}

function dateOf(text: string, zone: Zone): Date | null {
  const [, day, clock = '00:00', fraction = '', own] = POINT.exec(text) ?? []
  if (day === undefined || !isDay(day)) return null
  return new Date(`${day}T${clock}${fraction}${own ? offsetOf(own) : suffixOf(zone)}`)
}

function suffixOf(zone: Zone): string {
  return zone === 'utc' ? 'Z' : zone === 'local' ? '' : zone
}

// +02 and +0200 are what databases write.
function offsetOf(own: string): string {
  if (own.length === 1) return 'Z'
  return own.length === 3 ? `${own}:00` : `${own.slice(0, 3)}:${own.slice(-2)}`
}

// An hour that comes twice, when clocks are set back, and a second that no offset has are written in UTC, with a Z:
// read without it they were another point in time.
function written(date: Date, zone: Zone): string {
  const utc = date.toISOString()
  if (zone === 'utc') return utc
  const text = zone === 'local' ? localText(date) : shifted(date, zone)
  const again = dateOf(text, zone)
  return again?.getTime() === date.getTime() ? text : utc
}

function localText(date: Date): string {
  const asUtc = new Date(0)
  asUtc.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate())
  asUtc.setUTCHours(date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds())
  return asUtc.toISOString().slice(0, -1)
}

function shifted(date: Date, zone: Zone): string {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000)
  return new Date(date.getTime() + offset).toISOString().slice(0, -1)
}

function checkZone(zone: Zone): void {
  if (zone === 'utc' || zone === 'local' || (typeof zone === 'string' && OFFSET.test(zone))) return
  throw invalidOption(TypeError, "zone must be 'utc', 'local' or an offset such as '+05:30'")
}
