import type { Limit } from './limit.ts'

/** Settles as `work` does, or with the limit's error as soon as the limit is reached. */
export async function untilAborted<T>(work: Promise<T>, limit: Limit | null): Promise<T> {
  if (!limit) return work
  const { signal } = limit
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>()
  const abort = () => resolve('aborted')
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    const first = await Promise.race([work.then((value) => ({ value })), aborted])
    if (first === 'aborted') throw limit.toError()
    return first.value
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
