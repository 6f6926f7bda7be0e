import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Peer } from './peer.ts'

/** A thread that answers every message at once: the least that any peer with threads needs. It reads no rows. */
export const peer: Peer = {
  async open() {
    const worker = new Worker(new URL('./bare-thread-echo.ts', import.meta.url))
    await once(worker, 'online')
    const waiting: ((answer: undefined) => void)[] = []
    worker.on('message', () => waiting.shift()?.(undefined))
    const ask = () => async () => {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      waiting.push(resolve)
      worker.postMessage(0)
      return await promise
    }
    return { one: ask, run: ask, close: async () => void (await worker.terminate()) }
  },
}
