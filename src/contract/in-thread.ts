import { describe } from './checks.ts'
import { InterfaceError } from './errors.ts'

// Two copies of the package, and the copies of one module in several threads, recognise each other's marks by this name.
const IN_THREAD: unique symbol = Symbol.for('offloop.inThread')

/** Where a thread finds a function: the module to import, and the name that it is exported under. */
export interface InThreadMark {
  /** A `file:` URL. */
  readonly module: string
  readonly name: string
}

/** A function that {@link inThread} marked. */
export interface InThread<A extends unknown[], T> {
  (...args: A): T
  readonly [IN_THREAD]: InThreadMark
}

/**
 * Marks a function that blocks, so that a pool can run it in a database thread: with `pool.runInteraction` if its first
 * parameter is a {@link BlockingTransaction}, with `pool.runInThread` if it is not. The thread imports the module anew and
 * looks the export up, so what the function uses must come from its module or from its arguments.
 *
 * What it gives is a function like the one given: whoever is in a thread already, or in a test, may call it.
 *
 * @example
 * export const rename = inThread(import.meta, 'rename', (txn: BlockingTransaction, id: number, name: string) => {
 *   txn.execute('UPDATE users SET name = ? WHERE id = ?', [name, id])
 *   return txn.rowCount
 * })
 * await pool.runInteraction(rename, 1, 'joe')
 *
 * @param meta `import.meta` of the module that exports the function
 * @param name the name that it is exported under
 * @param fn what is to run; it may be async where it awaits nothing but what is settled in the thread, such as models
 * @throws {InterfaceError} `IN_THREAD_INVALID` if the module, the name or the function cannot be that
 */
export function inThread<A extends unknown[], T>(
  meta: { readonly url: string },
  name: string,
  fn: (...args: A) => T,
): InThread<A, T> {
  checkName(name)
  const module = moduleUrl(meta, name)
  checkFunction(fn, name)
  const marked = (...args: A): T => fn(...args)
  return Object.defineProperties(marked, {
    name: { value: name, configurable: true },
    [IN_THREAD]: { value: Object.freeze({ module, name }) },
  }) as InThread<A, T>
}

/** The mark of a function that {@link inThread} gave, or null. */
export function markOf(value: unknown): InThreadMark | null {
  if (typeof value !== 'function') return null
  return (value as Partial<InThread<[], unknown>>)[IN_THREAD] ?? null
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  const given = name === '' ? 'an empty string' : describe(name)
  throw invalid(`inThread needs the name that the function is exported under, not ${given}`)
}

function moduleUrl(meta: unknown, name: string): string {
  const url = (meta as { url?: unknown } | null | undefined)?.url
  if (typeof url !== 'string') {
    throw invalid(
      `inThread needs import.meta of the module that exports ${JSON.stringify(name)}, not ${describe(meta)}`,
    )
  }
  if (url.startsWith('file:')) return url
  throw invalid(
    `a thread imports only modules that are files, and the one of ${JSON.stringify(name)} is not: its URL begins with ` +
      JSON.stringify(url.slice(0, url.indexOf(':') + 1)),
  )
}

const DONE_LATER: Readonly<Record<string, string>> = {
  '[object GeneratorFunction]': 'a generator function',
  '[object AsyncGeneratorFunction]': 'an async generator function',
}

function checkFunction(fn: unknown, name: string): void {
  if (typeof fn !== 'function') {
    throw invalid(`inThread needs the function ${JSON.stringify(name)}, not ${describe(fn)}`)
  }
  const later = DONE_LATER[Object.prototype.toString.call(fn)]
  if (later === undefined) return
  throw invalid(
    `${JSON.stringify(name)} is ${later}, but a thread runs a function to its end at once, and gives what it returns`,
  )
}

function invalid(message: string): InterfaceError {
  return new InterfaceError(message, { code: 'IN_THREAD_INVALID', kind: 'usage' })
}
