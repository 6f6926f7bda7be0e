import { describe } from './checks.ts'
import type { Traits } from './driver.ts'
import { ProgrammingError, UnsupportedValueError } from './errors.ts'
import type { ShapedText } from './statement-text.ts'
import type { Value } from './value.ts'

/**
 * Puts the values of one execution in the order in which they cross to the driver, and refuses, before any driver sees
 * them, a wrong number of them and every value that could not be stored unchanged.
 */
export function bindValues(statement: ShapedText, given: unknown, traits: Traits): readonly Value[] {
  const values = valuesOf(statement, given)
  checkValues(statement, values, 0, values.length, traits)
  return values
}

/** The values of one execution in the order in which they cross to the driver, in an array of their own; unchecked. */
export function valuesOf(statement: ShapedText, given: unknown): Value[] {
  const { parameterNames } = statement.shape
  return parameterNames ? byName(statement, parameterNames, given) : inOrder(given)
}

/**
 * Checks the values of one execution, which stand in `values` from `from` up to but without `end`: that they are as many as the
 * statement's placeholders, and each can be stored unchanged. Bytes are replaced by a copy: the call may wait, and what its
 * caller does with the memory meanwhile is nobody's business. Gives how many characters and bytes they have.
 */
export function checkValues(
  statement: ShapedText,
  values: unknown[],
  from: number,
  end: number,
  traits: Traits,
): number {
  const { parameterCount } = statement.shape
  if (parameterCount > traits.maxParameters) throw tooMany(statement, traits)
  if (end - from !== parameterCount) throw wrongCount(statement, end - from)
  let weight = 0
  for (let at = from; at < end; at++) {
    const value = values[at]
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) continue
    if (typeof value === 'string') weight += value.length
    else if (value instanceof Uint8Array) weight += value.byteLength
    if (typeof value === 'string' && value.isWellFormed() && traits.nulInText) continue
    const reason = reasonToRefuse(value, traits)
    if (reason) throw refusal(statement, at - from, reason)
    if (value instanceof Uint8Array) values[at] = new Uint8Array(value)
  }
  return weight
}

function inOrder(given: unknown): Value[] {
  if (given === undefined) return []
  // A copy: the call may wait, and what its caller does with the array meanwhile is nobody's business.
  if (Array.isArray(given)) return [...given]
  if (isLone(given)) return [given as Value]
  if (typeof given === 'object') {
    throw new ProgrammingError(
      `the statement's placeholders have no names, so its values must be an array, not ${describe(given)}`,
      { code: 'PARAMETERS_BY_NAME', kind: 'parameters' },
    )
  }
  return [given as Value]
}

function isLone(given: unknown): boolean {
  return given === null || typeof given !== 'object' || given instanceof Uint8Array || ArrayBuffer.isView(given)
}

function byName(statement: ShapedText, names: readonly string[], given: unknown): Value[] {
  if (Array.isArray(given)) {
    if (names.every((name) => /^\d+$/.test(name))) return byNumber(statement, names.map(Number), given)
    throw new ProgrammingError(
      `the statement names its placeholders (${names.join(', ')}), so its values must be an object, not an array`,
      { code: 'PARAMETERS_BY_POSITION', kind: 'parameters', sql: statement.sql },
    )
  }
  if (isLone(given)) {
    if (given !== undefined && names.length === 1) return [given as Value]
    throw wrongCount(statement, given === undefined ? 0 : 1)
  }
  const object = given as Record<string, Value>
  const missing = names.find((name) => !Object.hasOwn(object, name))
  const extra = Object.keys(object).find((name) => !names.includes(name))
  if (missing !== undefined || extra !== undefined) throw wrongNames(statement, names, missing, extra)
  return names.map((name) => object[name] as Value)
}

function byNumber(statement: ShapedText, numbers: readonly number[], given: readonly Value[]): Value[] {
  const highest = Math.max(...numbers)
  if (given.length !== highest) throw wrongCount(statement, given.length, highest)
  return numbers.map((number) => given[number - 1] as Value)
}

function reasonToRefuse(value: unknown, traits: Traits): string | null {
  switch (typeof value) {
    case 'undefined':
      return 'is undefined; pass null for NULL'
    case 'number':
      if (Number.isNaN(value)) return 'is NaN, which no database stores as a number; pass null for NULL'
      return traits.infinity ? null : 'is infinite, which this database cannot store'
    case 'string':
      if (!value.isWellFormed())
        return 'is text with a lone surrogate, which is not Unicode; see String.prototype.toWellFormed'
      return traits.nulInText || !value.includes('\0')
        ? null
        : 'is text with the character U+0000, which this database or its driver cannot give back whole; pass bytes'
    case 'bigint': {
      const [low, high] = traits.integerRange
      return value < low || value > high ? 'is an integer beyond 64 bits; store it as text' : null
    }
    case 'boolean':
      return 'is a boolean; pass 1 or 0'
    case 'object':
      return reasonToRefuseObject(value)
    default:
      return `is ${describe(value)}, which no database can store`
  }
}

function reasonToRefuseObject(value: unknown): string | null {
  if (value instanceof Uint8Array) {
    return value.buffer instanceof ArrayBuffer && value.buffer.detached
      ? 'is bytes whose memory was transferred away'
      : null
  }
  if (value instanceof Date) return 'is a Date; pass its toISOString(), or its getTime() for milliseconds'
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return 'is binary data but no Uint8Array; wrap it in one'
  return `is ${describe(value)}, which no database can store; pass JSON.stringify of it to store it as text`
}

function refusal(statement: ShapedText, index: number, reason: string): UnsupportedValueError {
  const name = statement.shape.parameterNames?.[index]
  const which = name === undefined ? `${index + 1}` : JSON.stringify(name)
  return new UnsupportedValueError(`parameter ${which} ${reason}`, {
    code: 'UNSUPPORTED_VALUE',
    kind: 'value',
    sql: statement.sql,
  })
}

function wrongCount(
  statement: ShapedText,
  given: number,
  expected: number = statement.shape.parameterCount,
): ProgrammingError {
  return new ProgrammingError(
    `the statement has ${count(expected, 'placeholder')}, but ${count(given, 'value')} ${given === 1 ? 'was' : 'were'} given`,
    { code: 'PARAMETER_COUNT', kind: 'parameters', sql: statement.sql },
  )
}

function wrongNames(
  statement: ShapedText,
  names: readonly string[],
  missing?: string,
  extra?: string,
): ProgrammingError {
  const problem =
    missing === undefined
      ? `it has no placeholder ${JSON.stringify(extra)}`
      : `no value was given for ${JSON.stringify(missing)}`
  return new ProgrammingError(`${problem}; the statement's placeholders are ${names.join(', ')}`, {
    code: 'PARAMETER_NAMES',
    kind: 'parameters',
    sql: statement.sql,
  })
}

function tooMany(statement: ShapedText, traits: Traits): ProgrammingError {
  return new ProgrammingError(
    `the statement has ${statement.shape.parameterCount} placeholders, more than the ${traits.maxParameters} that this ` +
      'database takes; use executeMany or insertMany for many rows',
    { code: 'TOO_MANY_PARAMETERS', kind: 'parameters', sql: statement.sql },
  )
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
