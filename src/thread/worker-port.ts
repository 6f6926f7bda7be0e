import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { DriverError } from '../contract/errors.ts'
import { refuseInThread } from './inside.ts'
import { cell, createMemory } from './memory.ts'
import type { Exit, LoopPort } from './port.ts'
import type { ThreadData } from './serve.ts'
import { siblingModule } from './sibling.ts'
import { ownEnvironment, ownFlags, type ThreadStart } from './start.ts'
import { taken } from './taken.ts'

/** Whether this machine runs two threads at the same time. */
export const isParallel = availableParallelism() > 1

const anyDriver = siblingModule(import.meta.url, './entry')

/**
 * Starts a thread and gives the loop's side of the port to it.
 *
 * @throws {DriverError} when the module that the thread would run is not there
 */
export function startThread(start: ThreadStart): LoopPort {
  const entry = new URL(start.entry ?? anyDriver)
  checkEntry(entry)
  refuseInThread()
  const memory = createMemory()
  const control = new Int32Array(memory.control)
  const { port1: here, port2: there } = new MessageChannel()
  const data: ThreadData = { memory, port: there, parallel: isParallel, driverModule: start.driverModule }
  const worker = new Worker(entry, {
    name: start.name,
    workerData: data,
    transferList: [there],
    execArgv: ownFlags(),
    env: ownEnvironment(),
  })
  here.unref()
  worker.unref()
  return {
    memory,
    parallel: isParallel,
    wakeThread: () => void Atomics.notify(control, cell.threadAsleep),
    onWake: (callback) => whenLowered(control, callback),
    send: (message) => here.postMessage(message, [message]),
    receive: () => taken(here),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    onExit: (callback) => whenEnded(worker, here, callback),
  }
}

/** Throws a DriverError unless the file that threads run is there: bundlers do not see that it is needed. */
export function checkEntry(module: URL): void {
  const { existsSync } = process.getBuiltinModule('node:fs')
  if (module.protocol !== 'file:' || existsSync(module)) return
  throw new DriverError(
    `the module that offloop's threads run is missing: ${fileURLToPath(module)}. If the application was bundled, leave ` +
      'offloop out of the bundle (mark it as external) and install it beside it',
    { code: 'THREAD_MODULE_MISSING', kind: 'driver' },
  )
}

function whenLowered(control: Int32Array, callback: () => void): void {
  const wait = Atomics.waitAsync(control, cell.loopAsleep, 1)
  if (wait.async) void wait.value.then(callback)
  else process.nextTick(callback)
}

function whenEnded(worker: Worker, port: MessagePort, callback: (exit: Exit) => void): void {
  let error: unknown
  worker.once('error', (thrown) => {
    error = thrown
  })
  worker.once('exit', (code) => {
    port.close()
    callback(error === undefined ? { code } : { code, error })
  })
}
