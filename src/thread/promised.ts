import { InterfaceError } from '../contract/errors.ts'

/** Throws if the function of a savepoint gave a promise; nothing more is then heard of that one. */
export function refusePromise(result: unknown): void {
  if (!(result instanceof Promise)) return
  result.catch(() => undefined)
  throw new InterfaceError(
    'the function of a savepoint gave a promise, but a savepoint ends when its function returns: use calls that block',
    { code: 'IN_THREAD_PROMISE', kind: 'usage' },
  )
}

/** Of a function whose promise waits for what does not happen while it runs. */
export function pendingPromise(name: string): InterfaceError {
  return new InterfaceError(
    `the function ${name} gave a promise that waits for an event, such as a timer, a file or a network: nothing of that ` +
      'is waited for in a database thread, which holds the connection meanwhile. Do it before or after, on the event loop',
    { code: 'IN_THREAD_PENDING', kind: 'usage' },
  )
}
