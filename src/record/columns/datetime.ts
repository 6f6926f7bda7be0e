import { type ColumnType, Misfit } from './type.ts'
import { misfit } from './types.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/
/** A point in time as text: what has no zone is of the column's. */
const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\d*$/

/** What a text without a zone means. */
export type Zone = 'utc' | 'local'

/** Points in time, stored in UTC: `2026-01-31T12:00:00.000Z`. */
export function datetime(zone: Zone = 'utc'): ColumnType<Date> {
  return {
    expects: 'a valid Date',
    storage: 'datetime',
    boxed: true,
    read(raw) {
      const date = raw instanceof Date ? new Date(raw) : typeof raw === 'string' ? dateOf(raw, zone) : null
      if (date === null || Number.isNaN(date.getTime())) throw new Misfit('holds no point in time')
      return date
    },
    write(value) {
      if (value instanceof Date && !Number.isNaN(value.getTime())) return written(value, zone)
      throw misfit(this, value)
    },
  }
}

/** Days without time or zone, as text: `2026-01-31`. */
export const date: ColumnType<string> = {
  expects: 'a day such as "2026-01-31"',
  storage: 'date',
  boxed: false,
  read: (raw) => raw as string,
  write(value) {
    if (typeof value === 'string' && isDay(value)) return value
    throw misfit(this, value)
  },
}

/** Times of a day without a zone, as text: `23:59:59`, with up to six digits of a second's fraction. */
export const time: ColumnType<string> = {
  expects: 'a time of day such as "23:59:59"',
  storage: 'time',
  boxed: false,
  read: (raw) => raw as string,
  write(value) {
    if (typeof value === 'string' && TIME.test(value)) return value
    throw misfit(this, value)
  },
}

function dateOf(text: string, zone: Zone): Date {
  const [, day, clock] = WITHOUT_ZONE.exec(text) ?? []
  if (day && clock) return new Date(zone === 'utc' ? `${day}T${clock}Z` : `${day}T${clock}`)
  if (DATE.test(text)) return new Date(zone === 'utc' ? `${text}T00:00:00Z` : `${text}T00:00:00`)
  return new Date(text)
}

// What is stored in local time has no zone, so that it is read as it was written.
function written(date: Date, zone: Zone): string {
  if (zone === 'utc') return date.toISOString()
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, -1)
}

function isDay(text: string): boolean {
  if (!DATE.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
