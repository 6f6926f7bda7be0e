import { InterfaceError } from '../contract/errors.ts'

/** Throws if a function gave a promise; nothing more is then heard of that one. */
export function refusePromise(result: unknown, what: string): void {
  if (!(result instanceof Promise)) return
  result.catch(() => undefined)
  throw new InterfaceError(
    `${what} gave a promise, but in a thread everything is done when a function returns: use calls that block, or give ` +
      'runInteraction an async callback that is not marked by inThread',
    { code: 'IN_THREAD_PROMISE', kind: 'usage' },
  )
}
