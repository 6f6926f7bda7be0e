import {
  type BoundValues,
  DataError,
  ProgrammingError,
  UnsupportedValueError,
  type Value,
} from '../../contract/index.ts'
import type { NativeArguments } from './native.ts'
import type { Scan } from './scan.ts'

/**
 * Makes the arguments with which both drivers bind the same: whole numbers become INTEGER, which a JavaScript number
 * by itself would not. Throws where the values do not fit the statement's placeholders.
 */
export function bindable(scan: Scan, values: BoundValues, wantsGaps: boolean): NativeArguments {
  const names = scan.shape.parameterNames
  if (isList(values)) {
    if (values.length !== scan.shape.parameterCount) throw wrongCount(scan, values.length)
    return names ? byName(scan, values.map(bindableValue), wantsGaps) : inOrder(values)
  }
  if (!names) throw wrongCount(scan, Object.keys(values).length)
  return byName(scan, inNameOrder(names, values as Readonly<Record<string, Value>>), wantsGaps)
}

/** Some of many values, from `from` up to but without `to`, made so for a statement whose placeholders have no names. */
export function bindableInOrder(values: readonly Value[], from: number, to: number): NativeArguments {
  const bound = new Array<unknown>(to - from)
  for (let at = from; at < to; at++) bound[at - from] = bindableValue(values[at], at - from)
  return bound
}

function inNameOrder(names: readonly string[], values: Readonly<Record<string, Value>>): unknown[] {
  return names.map((name) => {
    if (!Object.hasOwn(values, name)) throw missing(name)
    return bindableValue(values[name], name)
  })
}

function isList(values: BoundValues): values is readonly Value[] {
  return Array.isArray(values)
}

function inOrder(values: readonly unknown[]): NativeArguments {
  return values.length === 0 ? NOTHING : values.map(bindableValue)
}

const NOTHING: NativeArguments = []

function byName(scan: Scan, ordered: readonly unknown[], wantsGaps: boolean): NativeArguments {
  const named: Record<string, unknown> = Object.create(null)
  for (const [at, name] of scan.nativeNames.entries()) named[name] = ordered[at]
  return wantsGaps && scan.gaps > 0 ? [named, new Array(scan.gaps).fill(null)] : [named]
}

function bindableValue(value: unknown, place: number | string): unknown {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value)
      if (!Number.isNaN(value)) return value
      throw unsupported(place, 'NaN, which SQLite would store as NULL')
    case 'bigint':
      if (BigInt.asIntN(64, value) === value) return value
      throw new DataError(`Value ${place} is outside of the 64 bits of an integer.`, {
        code: 'VALUE_RANGE',
        kind: 'value',
      })
    default:
      if (value === null || value instanceof Uint8Array) return value
      throw unsupported(place, typeof value)
  }
}

function unsupported(place: number | string, what: string): UnsupportedValueError {
  return new UnsupportedValueError(`Value ${place} cannot be stored: it is ${what}.`, {
    code: 'UNSUPPORTED_VALUE',
    kind: 'value',
  })
}

function wrongCount(scan: Scan, given: number): ProgrammingError {
  const { parameterCount } = scan.shape
  return new ProgrammingError(`The statement takes ${parameterCount} values, and ${given} were given.`, {
    code: 'PARAMETER_COUNT',
    kind: 'parameters',
  })
}

function missing(name: string): ProgrammingError {
  return new ProgrammingError(`No value was given for the placeholder "${name}".`, {
    code: 'PARAMETER_MISSING',
    kind: 'parameters',
  })
}
