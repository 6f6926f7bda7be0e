import type { RowMode } from '../contract/value.ts'

/** Limits of one call. */
export interface CallOptions {
  /** Gives the call up when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Gives the call up after so many milliseconds, waiting for a connection included. */
  readonly timeout?: number | undefined
}

/** Options of a call that hands over rows. */
export interface QueryOptions extends CallOptions {
  readonly rowMode?: RowMode | undefined
}

/** Thrown for an option that is unknown or wrong: `TypeError` or `RangeError` with the code `INVALID_OPTION`. */
export function invalidOption(Class: typeof TypeError | typeof RangeError, message: string): Error {
  return Object.assign(new Class(message), { code: 'INVALID_OPTION' })
}

/** Refuses options that nobody knows, by name. Only the object's own properties count. */
export function refuseUnknown(options: object, known: readonly string[], what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(TypeError, `${what} options must be an object, not ${describe(options)}`)
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw invalidOption(TypeError, `${what} has no option ${JSON.stringify(unknown)}; it knows ${known.join(', ')}`)
}

const ROW_MODES: readonly unknown[] = ['object', 'array']

export function checkRowMode(rowMode: unknown): RowMode {
  if (ROW_MODES.includes(rowMode)) return rowMode as RowMode
  throw invalidOption(TypeError, `rowMode must be 'object' or 'array', not ${describe(rowMode)}`)
}

/** Names a value's kind for a message, never its content. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return `an object of ${value.constructor?.name ?? 'no class'}`
  return value === undefined ? 'undefined' : `a ${typeof value}`
}
