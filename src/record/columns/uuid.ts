import { type ColumnType, misfit, unreadable } from './type.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** Universally unique identifiers as text in lower case. */
export const uuid: ColumnType<string> = {
  expects: 'a UUID',
  storage: 'uuid',
  boxed: false,
  read(raw) {
    if (typeof raw === 'string' && UUID.test(raw)) return raw.toLowerCase()
    throw unreadable(this, raw)
  },
  write(value) {
    if (typeof value === 'string' && UUID.test(value)) return value.toLowerCase()
    throw misfit(this, value)
  },
}
