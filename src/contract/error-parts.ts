import { errorClasses, SqlError } from './errors.ts'

/** An error that was taken apart, so that it crosses with all that it says. */
export interface ErrorParts {
  /** Stands for the error in what crosses; on the other side it is made the error. */
  readonly error: Error
  /** The class that it is of, or the nearest one that is known here; `base` is the nearest that every side knows. */
  readonly type: string
  readonly base: string
  /** What is to be put back. */
  readonly properties: Record<string, unknown>
}

/** Properties that an error has without their showing when it is listed. */
const HIDDEN = ['name', 'message', 'stack', 'cause', 'errors', 'problems']

const natives = { Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

const classes: Readonly<Record<string, { readonly prototype: Error }>> = { ...natives, ...errorClasses }

/** Classes of errors that others derived, by their names. */
const derived = new Map<string, { readonly prototype: Error }>()

/**
 * Lets errors of these classes cross as what they are. Each side names them for itself: what an error has must be own
 * properties, for its constructor is not called.
 */
export function letCross(...errorClasses: readonly { readonly name: string; readonly prototype: Error }[]): void {
  for (const errorClass of errorClasses) derived.set(errorClass.name, errorClass)
}

/** The parts of an error, its properties still missing. */
export function blankOf(error: Error): ErrorParts {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const blank = new Error()
  Error.stackTraceLimit = stackTraceLimit
  const base = typeOf(error)
  return { error: blank, type: derivedType(error) ?? base, base, properties: {} }
}

/** The names of what is to be copied of an error. */
export function partNames(error: Error): string[] {
  const hidden = HIDDEN.filter((name) => Object.hasOwn(error, name) || name === 'name' || name === 'message')
  return [...new Set([...hidden, ...Object.keys(error)])]
}

/** Makes the blank the error that it stands for. */
export function mend({ error, type, base, properties }: ErrorParts): void {
  const { prototype } = derived.get(type) ?? classes[base] ?? Error
  Object.setPrototypeOf(error, prototype)
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'name' && value === error.name) continue
    const enumerable = !HIDDEN.includes(name)
    Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true })
  }
}

// Classes of one name need not be the same.
function derivedType(error: Error): string | null {
  const own = error.constructor
  return derived.get(own?.name)?.prototype.constructor === own ? own.name : null
}

// Only what is offloop's own error is given a class of that name: others may have used the same one.
function typeOf(error: Error): string {
  const known: object = error instanceof SqlError ? errorClasses : natives
  for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const name = (at.constructor as { name?: unknown } | undefined)?.name
    if (typeof name === 'string' && Object.hasOwn(known, name)) return name
  }
  return 'Error'
}
