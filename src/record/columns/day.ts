import { isDate } from 'node:util/types'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_WITH_CLOCK = /^\d{4}-\d{2}-\d{2}[ T]/
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/

/** Days without time or zone, as text: `2026-01-31`. */
export const date: ColumnType<string> = {
  expects: 'a day such as "2026-01-31"',
  storage: 'date',
  boxed: false,
  read(raw) {
    if (typeof raw === 'string') {
      // A time of day that somebody else left there is none of a day's.
      const day = DAY_WITH_CLOCK.test(raw) ? raw.slice(0, 10) : raw
      if (isDay(day)) return day
    }
    throw unreadable(this, raw)
  },
  write(value) {
    if (typeof value === 'string' && isDay(value)) return value
    if (isDate(value)) throw new Misfit(`must be ${this.expects}, not a Date, which is another day in another zone`)
    throw misfit(this, value)
  },
}

/**
 * Times of a day without a zone, as text: `23:59:59`, with up to six digits of a second's fraction, and no zeros at its end.
 */
export const time: ColumnType<string> = {
  expects: 'a time of day such as "23:59:59"',
  storage: 'time',
  boxed: false,
  read(raw) {
    if (typeof raw === 'string' && TIME.test(raw)) return shortest(raw)
    throw unreadable(this, raw)
  },
  write(value) {
    if (typeof value === 'string' && TIME.test(value)) return shortest(value)
    throw misfit(this, value)
  },
}

// Databases write zeros, or leave them out: the same time is the same text.
function shortest(time: string): string {
  return time.includes('.') ? time.replace(/\.?0{1,6}$/, '') : time
}

/** Whether a text is a day that the calendar has. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
