import { InterfaceError } from '../contract/errors.ts'

// Every copy of the package in the thread sees it.
const INSIDE = Symbol.for('offloop.thread')

/** Remembers that this is a database thread. */
export function markThread(): void {
  Object.defineProperty(globalThis, INSIDE, { value: true })
}

/**
 * Throws in a database thread. Threads that start threads have no end: a program whose module is imported in its own
 * database thread would run there again, and there again.
 */
export function refuseInThread(): void {
  if (!(INSIDE in globalThis)) return
  throw new InterfaceError(
    'a pool cannot be used in a database thread. A module that exports functions marked by inThread is imported there ' +
      'again: keep them in a module of their own; the function itself uses the transaction that it is given',
    { code: 'POOL_IN_THREAD', kind: 'usage' },
  )
}
