import { invalidOption } from '../../contract/checks.ts'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

/** Text, of at most so many characters. */
export function text(length?: number): ColumnType<string> {
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 1)) {
    throw invalidOption(RangeError, `length must be a whole number of at least 1, not ${String(length)}`)
  }
  const expects = length === undefined ? 'a string' : `a string of at most ${length} characters`
  return {
    expects,
    storage: 'text',
    limits: { length },
    boxed: false,
    read(raw) {
      if (typeof raw === 'string') return raw
      throw unreadable(this, raw)
    },
    write(value) {
      if (typeof value !== 'string') throw misfit(this, value)
      if (!value.isWellFormed()) throw new Misfit(`must be ${expects}; this has half of a surrogate pair`)
      if (length !== undefined && isLonger(value, length)) throw new Misfit(`must be ${expects}; this has more`)
      return value
    },
  }
}

/** One of some texts. */
export function oneOf<const T extends string>(values: readonly T[]): ColumnType<T> {
  const known = checked(values)
  return {
    expects: `one of ${[...known].map((value) => JSON.stringify(value)).join(', ')}`,
    storage: 'text',
    limits: { values: [...known] },
    boxed: false,
    read(raw) {
      if (known.has(raw)) return raw as T
      throw unreadable(this, raw)
    },
    write(value) {
      if (known.has(value)) return value as T
      if (typeof value === 'string') throw new Misfit(`must be ${this.expects}, not another text`)
      throw misfit(this, value)
    },
  }
}

function checked<T extends string>(values: readonly T[]): ReadonlySet<unknown> & Set<T> {
  const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
  const distinct = new Set(Array.isArray(values) ? values : [])
  if (distinct.size > 0 && distinct.size === values.length && values.every(isText)) return distinct as Set<T>
  throw invalidOption(TypeError, 'the values of an enum are an array of different texts, at least one')
}

// As databases count: a character outside the basic plane is one, not two.
function isLonger(value: string, length: number): boolean {
  if (value.length <= length) return false
  if (value.length > 2 * length) return true
  let count = 0
  for (const _ of value) count += 1
  return count > length
}
