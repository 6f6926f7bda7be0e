import type { DefaultDeserializer } from 'node:v8'
import { describe } from './checks.ts'
import { setOwn } from './columns.ts'
import { blankOf, type ErrorParts, mend, partNames } from './error-parts.ts'
import { UnsupportedValueError } from './errors.ts'

/*
 * How values of users cross between threads: by copies that hold data only, made by hand and then written by V8. The copy
 * reads every property once, names the place of what cannot cross, and takes errors apart, of which V8 would lose the
 * class and the properties.
 */

/** What crosses: bytes, or values that messages hold as they are. */
export type Packed = Uint8Array | readonly unknown[]

/** What V8 writes: the copies, and the errors in them with what is to be put back into them. */
interface Parcel {
  readonly values: readonly unknown[]
  readonly errors: readonly ErrorParts[]
}

/** How deep objects may lie in each other. */
const DEEPEST = 1000

/**
 * Copies a value into what another thread can {@link unpack}. Plain objects, arrays, Map, Set, Date, RegExp, errors,
 * ArrayBuffer and its views, and whatever is no object or function, come out as they went in, cycles included.
 *
 * @param what names the value in errors
 * @throws {UnsupportedValueError} for anything else, naming its place
 */
export function pack(value: unknown, what: string): Packed {
  if (isSimple(value)) return [value]
  const copier = new Copier()
  return written([copier.copy(value, new Place(what, null))], copier.errors, what)
}

/** The same for the arguments of a function. */
export function packArguments(args: readonly unknown[], name: string): Packed {
  if (args.every(isSimple)) return [...args]
  const copier = new Copier()
  const copies = args.map((arg, i) => copier.copy(arg, new Place(`argument ${i + 1} of ${name}`, null)))
  return written(copies, copier.errors, `the arguments of ${name}`)
}

/** Makes the value again that was packed. */
export function unpack(packed: Packed): unknown {
  return unpackArguments(packed)[0]
}

/** Makes the arguments again that were packed. */
export function unpackArguments(packed: Packed): readonly unknown[] {
  if (!(packed instanceof Uint8Array)) return packed
  Reader ??= readerClass()
  const reader = new Reader(packed)
  reader.readHeader()
  const { values, errors } = reader.readValue() as Parcel
  for (const parts of errors) mend(parts)
  return values
}

let Reader: typeof DefaultDeserializer | null = null

/** What reads host objects; the types of Node do not say that it is there to be overridden. */
interface HostReader {
  _readHostObject(): ArrayBufferView
}

// Made on first use: node:v8 brings much that most programs never need. Node's own reader makes views of the message, which
// would share one memory with each other and with all else in it.
function readerClass(): typeof DefaultDeserializer {
  const { DefaultDeserializer } = process.getBuiltinModule('node:v8')
  const { _readHostObject } = DefaultDeserializer.prototype as unknown as HostReader
  return class extends DefaultDeserializer implements HostReader {
    _readHostObject(): ArrayBufferView {
      return withOwnMemory(_readHostObject.call(this as unknown as HostReader))
    }
  }
}

function withOwnMemory(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  const own = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
  if (Buffer.isBuffer(view)) return Buffer.from(own)
  return new (view.constructor as new (memory: ArrayBuffer) => ArrayBufferView)(own)
}

function written(values: readonly unknown[], errors: readonly ErrorParts[], what: string): Uint8Array {
  try {
    return process.getBuiltinModule('node:v8').serialize({ values, errors } satisfies Parcel)
  } catch (cause) {
    throw unsupported(`${what} cannot cross to another thread: ${(cause as Error).message}`, cause)
  }
}

/** Where a value was found. */
class Place {
  readonly step: string
  readonly around: Place | null
  readonly depth: number

  constructor(step: string, around: Place | null) {
    this.step = step
    this.around = around
    this.depth = around ? around.depth + 1 : 0
  }

  inside(step: string): Place {
    return new Place(step, this)
  }

  toString(): string {
    const steps: string[] = []
    let at: Place = this
    for (; at.around; at = at.around) steps.push(at.step)
    const path =
      steps.length > MOST_STEPS ? `${steps.slice(-MOST_STEPS).reverse().join('')}...` : steps.reverse().join('')
    return path === '' ? at.step : `${at.step}, at ${path},`
  }
}

const MOST_STEPS = 12

class Copier {
  /** The errors that were found, each with what was taken out of it. */
  readonly errors: ErrorParts[] = []
  readonly #copies = new Map<object, unknown>()
  readonly #isProxy = process.getBuiltinModule('node:util').types.isProxy

  copy(value: unknown, place: Place): unknown {
    if (isSimple(value)) return value
    if (typeof value !== 'object') throw refused(value, place)
    return this.#copies.get(value as object) ?? this.#copyObject(value as object, place)
  }

  #copyObject(object: object, place: Place): unknown {
    if (place.depth > DEEPEST) throw unsupported(`${place} lies more than ${DEEPEST} objects deep`)
    if (this.#isProxy(object)) throw unsupported(`${place} is a Proxy, which cannot cross to another thread`)
    if (object instanceof Error) return this.#copyError(object, place)
    const prototype = Object.getPrototypeOf(object)
    if (WHOLE.has(prototype)) return object
    if (prototype === Array.prototype) return this.#copyArray(object as unknown[], place)
    if (prototype === Map.prototype) return this.#copyMap(object as Map<unknown, unknown>, place)
    if (prototype === Set.prototype) return this.#copySet(object as Set<unknown>, place)
    // Whatever world it comes from, a plain object has nothing behind its prototype.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw refused(object, place)
    return this.#copyProperties(object, {}, place)
  }

  #copyArray(array: readonly unknown[], place: Place): unknown {
    const copy = new Array(array.length)
    this.#copies.set(array, copy)
    let found = 0
    for (let i = 0; i < array.length; i++) {
      const item = array[i]
      if (item === undefined && !Object.hasOwn(array, i)) continue
      found++
      copy[i] = isSimple(item) ? item : this.copy(item, place.inside(`[${i}]`))
    }
    // Seldom an array has properties, as those that a regular expression gives.
    return Object.keys(array).length === found ? copy : this.#copyProperties(array, copy, place)
  }

  #copyMap(map: ReadonlyMap<unknown, unknown>, place: Place): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>()
    this.#copies.set(map, copy)
    for (const [key, value] of map) {
      const at = copy.size
      const copiedKey = this.copy(key, place.inside(`.keys()[${at}]`))
      copy.set(copiedKey, this.copy(value, place.inside(`.values()[${at}]`)))
    }
    return copy
  }

  #copySet(set: ReadonlySet<unknown>, place: Place): Set<unknown> {
    const copy = new Set<unknown>()
    this.#copies.set(set, copy)
    for (const item of set) copy.add(this.copy(item, place.inside(`.values()[${copy.size}]`)))
    return copy
  }

  #copyProperties(object: object, copy: object, place: Place): object {
    this.#copies.set(object, copy)
    for (const name of Object.keys(object)) this.#copyProperty(object, name, copy, place)
    return copy
  }

  #copyProperty(object: object, name: string, copy: object, place: Place): void {
    const at = place.inside(stepTo(name))
    setOwn(copy as Record<string, unknown>, name, this.copy(propertyOf(object, name, at), at))
  }

  #copyError(error: Error, place: Place): Error {
    const parts = blankOf(error)
    this.#copies.set(error, parts.error)
    this.errors.push(parts)
    for (const name of partNames(error)) this.#copyPart(error, name, parts.properties, place)
    return parts.error
  }

  // An error says what it can: what of it cannot cross is left out, since nobody is helped by another error instead.
  #copyPart(error: Error, name: string, properties: object, place: Place): void {
    const copies = this.#copies.size
    const errors = this.errors.length
    try {
      this.#copyProperty(error, name, properties, place)
    } catch (refusal) {
      if (!(refusal instanceof UnsupportedValueError)) throw refusal
      for (const object of [...this.#copies.keys()].slice(copies)) this.#copies.delete(object)
      this.errors.length = errors
    }
  }
}

function isSimple(value: unknown): boolean {
  if (typeof value === 'object') return value === null
  return typeof value !== 'function' && typeof value !== 'symbol'
}

/** Prototypes of what V8 and Node copy as a whole. */
const WHOLE: ReadonlySet<unknown> = new Set(
  [
    [Date, RegExp, ArrayBuffer, DataView, Buffer],
    [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    [Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ]
    .flat()
    .map(({ prototype }) => prototype),
)

function propertyOf(object: object, name: string, place: Place): unknown {
  try {
    return (object as Record<string, unknown>)[name]
  } catch (cause) {
    throw unsupported(`${place} cannot be read: its getter throws`, cause)
  }
}

function stepTo(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function refused(value: unknown, place: Place): UnsupportedValueError {
  const hint = typeof value === 'object' ? ': give its data as a plain object' : ''
  return unsupported(`${place} is ${describe(value)}, which cannot cross to another thread${hint}`)
}

function unsupported(message: string, cause?: unknown): UnsupportedValueError {
  const details = { code: 'UNSUPPORTED_VALUE', kind: 'value' } as const
  return new UnsupportedValueError(message, cause === undefined ? details : { ...details, cause })
}
