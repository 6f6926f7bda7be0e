import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { cell, createMemory } from './memory.ts'
import type { Exit, LoopPort } from './port.ts'
import type { ThreadData } from './serve.ts'
import { siblingModule } from './sibling.ts'
import { taken } from './taken.ts'

/** What a thread is started with. */
export interface ThreadStart {
  /** The module that exports the blocking driver. */
  readonly driverModule: string
  /** The module that is the thread when the driver brings one of its own, which loads faster than two. */
  readonly entry?: string | undefined
  /** Names the thread to debuggers and in `top -H`. */
  readonly name: string
}

/** Whether this machine runs two threads at the same time. */
export const isParallel = availableParallelism() > 1

const anyDriver = siblingModule(import.meta.url, './entry')

/** Starts a thread and gives the loop's side of the port to it. */
export function startThread(start: ThreadStart): LoopPort {
  const memory = createMemory()
  const control = new Int32Array(memory.control)
  const { port1: here, port2: there } = new MessageChannel()
  const data: ThreadData = { memory, port: there, parallel: isParallel, driverModule: start.driverModule }
  const worker = new Worker(new URL(start.entry ?? anyDriver), {
    name: start.name,
    workerData: data,
    transferList: [there],
    // The application's flags and secrets are not the thread's business. The time zone is (SQLite's 'localtime'), and so
    // are the conditions by which a package's name finds its module.
    execArgv: ['--disable-warning=ExperimentalWarning', ...conditions(process.execArgv)],
    env: process.env.TZ === undefined ? {} : { TZ: process.env.TZ },
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

/** The flags among these that say which of a package's exports are meant. */
export function conditions(flags: readonly string[]): string[] {
  return flags.flatMap((flag, i) => {
    if (flag.startsWith('--conditions=') || flag.startsWith('-C=')) return [flag]
    return flag === '--conditions' || flag === '-C' ? flags.slice(i, i + 2) : []
  })
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
