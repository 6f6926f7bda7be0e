import type { RowMode } from './value.ts'

/** Thrown for an option that is unknown or wrong: `TypeError` or `RangeError` with the code `INVALID_OPTION`. */
export function invalidOption(Class: typeof TypeError | typeof RangeError, message: string): Error {
  return Object.assign(new Class(message), { code: 'INVALID_OPTION' })
}

/** Stands for options that were not given. Nothing is inherited, whatever was put on Object.prototype. */
export const NO_OPTIONS: Readonly<Record<string, never>> = Object.freeze(Object.create(null))

/** The options as they are now, without what they inherit; refuses those that nobody knows, by name. */
export function ownOptions<O extends object>(options: O, known: readonly string[], what: string): O {
  if (options === NO_OPTIONS) return options
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(TypeError, `${what} options must be an object, not ${describe(options)}`)
  }
  const own: O = Object.assign(Object.create(null), options)
  const unknown = Object.keys(own).find((name) => !known.includes(name))
  if (unknown === undefined) return own
  throw invalidOption(TypeError, `${what} has no option ${JSON.stringify(unknown)}; it knows ${known.join(', ')}`)
}

const ROW_MODES: readonly unknown[] = ['object', 'array']

export function checkRowMode(rowMode: unknown): RowMode {
  if (ROW_MODES.includes(rowMode)) return rowMode as RowMode
  if (rowMode === 'columns') {
    throw invalidOption(
      TypeError,
      "rowMode 'columns' is an option of one query or stream, not of what hands over rows one by one: 'object' or 'array'",
    )
  }
  throw invalidOption(TypeError, `rowMode must be 'object' or 'array', not ${describe(rowMode)}`)
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(TypeError, `${name} must be true or false, not ${describe(value)}`)
}

/** Names a value's kind for a message, never its content. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return `an object of ${value.constructor?.name ?? 'no class'}`
  return value === undefined ? 'undefined' : `a ${typeof value}`
}
