import { type MessagePort, workerData } from 'node:worker_threads'
import { Host, type LoadedDriver } from './host.ts'
import { cell, type SharedMemory } from './memory.ts'
import type { ThreadPort } from './port.ts'
import { taken } from './taken.ts'

/** What a thread is given when it starts. */
export interface ThreadData {
  readonly memory: SharedMemory
  readonly port: MessagePort
  /** See {@link ThreadPort.parallel}. */
  readonly parallel: boolean
  /** The module that exports the blocking driver under the name `driver`. */
  readonly driverModule: string
}

/** Is the thread from here on: serves one connection of the driver until it is closed. */
export async function serve(loaded: LoadedDriver): Promise<void> {
  const { memory, port, parallel } = workerData as ThreadData
  const control = new Int32Array(memory.control)
  const threadPort: ThreadPort = {
    memory,
    parallel,
    wakeLoop: () => void Atomics.notify(control, cell.loopAsleep),
    sleep: (state) => void Atomics.wait(control, cell.threadAsleep, state),
    send: (message) => port.postMessage(message, [message]),
    receive: () => taken(port),
  }
  const host = new Host(threadPort, loaded)
  await host.run()
  port.close()
}
