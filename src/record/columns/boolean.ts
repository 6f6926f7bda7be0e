import { type ColumnType, misfit, unreadable } from './type.ts'

/** True or false; the database has 1 or 0 where it has no type for it. */
export const boolean: ColumnType<boolean> = {
  expects: 'true or false',
  storage: 'boolean',
  boxed: false,
  read(raw) {
    if (raw === 1 || raw === 1n || raw === 0 || raw === 0n) return Boolean(raw)
    if (typeof raw === 'boolean') return raw
    throw unreadable(this, raw)
  },
  write(value) {
    if (typeof value === 'boolean') return value ? 1 : 0
    throw misfit(this, value)
  },
}
