import { type MessagePort, workerData } from 'node:worker_threads'
import { Host } from './host.ts'
import { markThread } from './inside.ts'
import { load } from './load.ts'
import { cell, type SharedMemory } from './memory.ts'
import type { ThreadPort } from './port.ts'
import { isParallel, taken } from './worker-port.ts'

interface ThreadData {
  readonly memory: SharedMemory
  readonly port: MessagePort
  readonly driverModule: string
}

const { memory, port, driverModule } = workerData as ThreadData
const control = new Int32Array(memory.control)

const threadPort: ThreadPort = {
  memory,
  parallel: isParallel,
  wakeLoop: () => void Atomics.notify(control, cell.loopAsleep),
  sleep: (state) => void Atomics.wait(control, cell.threadAsleep, state),
  send: (message) => port.postMessage(message, [message]),
  receive: () => taken(port),
}

markThread()
const host = new Host(threadPort, await load(driverModule))
await host.run()
port.close()
