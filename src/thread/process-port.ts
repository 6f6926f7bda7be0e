import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { cancelRecord, cancelRecords } from './cancel-records.ts'
import { asleep, cell, createMemory, type SharedMemory } from './memory.ts'
import { Inlet, Outlet } from './pipe.ts'
import type { CancelLine, Exit, LoopPort } from './port.ts'
import { siblingModule } from './sibling.ts'
import { ownEnvironment, ownFlags, type ThreadStart } from './start.ts'
import { isParallel } from './worker-port.ts'

/**
 * What a process needs of the environment beyond the time zone: where temporary files go, where the system's loader
 * finds what Node or an addon is linked with, and, where Node is Electron, that it is to be Node.
 */
const ENVIRONMENT = ['TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH']

const entry = fileURLToPath(siblingModule(import.meta.url, './process-entry'))

/**
 * Starts a process and gives the loop's side of the port to it. Each side has rings of its own; what one publishes is
 * copied into the other's (see pipe.ts). A full ring stops the copying, and the pipe's own buffer then stops the writer.
 */
export function startProcess(start: ThreadStart): LoopPort {
  return new ProcessPort(start)
}

class ProcessPort implements LoopPort {
  readonly memory: SharedMemory = createMemory()
  readonly parallel = isParallel
  readonly cancels: CancelLine
  readonly #control = new Int32Array(this.memory.control)
  readonly #outlet: Outlet
  readonly #inlet: Inlet
  readonly #child: ChildProcess | null
  readonly #requests: Socket | null
  readonly #replies: Socket | null
  readonly #exit = Promise.withResolvers<Exit>()
  #killed = false
  #writing = false
  /** What came and did not fit into the ring, and from where on. */
  #left: Uint8Array | null = null
  #leftFrom = 0
  #waiting: (() => void) | null = null

  constructor(start: ThreadStart) {
    const { requests, replies } = this.memory
    this.#outlet = new Outlet(requests, this.#control, cell.requestHead, cell.requestTail)
    this.#inlet = new Inlet(replies, this.#control, cell.replyHead, cell.replyTail)
    this.#child = this.#spawn()
    const [, , , out = null, back = null, cancels = null] = (this.#child?.stdio ?? []) as (Socket | null)[]
    this.#requests = out
    this.#replies = back
    this.cancels = this.#cancelLine(cancels)
    for (const pipe of [out, back, cancels]) {
      pipe?.unref()
      // What a broken pipe means is told by the end of the process.
      pipe?.on('error', () => undefined)
    }
    back?.on('data', (bytes: Uint8Array) => this.#take(bytes))
    this.#outlet.add(new TextEncoder().encode(JSON.stringify(start)).buffer)
    this.#pump()
  }

  wakeThread(): void {
    this.#pump()
  }

  onWake(callback: () => void): void {
    this.#waiting = callback
  }

  send(message: ArrayBuffer): void {
    this.#outlet.add(message)
  }

  receive(): ArrayBuffer {
    const message = this.#inlet.receive()
    if (!message) throw new Error('the ring announced a message that did not come')
    return message
  }

  hold(): void {
    this.#child?.ref()
  }

  release(): void {
    this.#child?.unref()
  }

  kill(): boolean {
    const child = this.#child
    if (!child || this.#killed || child.exitCode !== null || child.signalCode !== null) return false
    this.#killed = true
    return child.kill('SIGKILL')
  }

  onExit(callback: (exit: Exit) => void): void {
    void this.#exit.promise.then(callback)
  }

  #spawn(): ChildProcess | null {
    try {
      const child = spawnNode()
      child.unref()
      child.once('error', (error) => this.#exit.resolve({ what: 'process', code: -1, spawned: false, error }))
      // Everything that it wrote has been read by then.
      child.once('close', (code, signal) =>
        this.#exit.resolve({
          what: 'process',
          code: code ?? -1,
          signal: signal ?? undefined,
          killed: this.#killed && signal === 'SIGKILL',
        }),
      )
      return child
    } catch (error) {
      this.#exit.resolve({ what: 'process', code: -1, spawned: false, error })
      return null
    }
  }

  #cancelLine(pipe: Socket | null): CancelLine {
    return {
      ask: (verb, slot, serial) => void pipe?.write(cancelRecord(verb, slot, serial)),
      onVerdict: (callback) => {
        const read = cancelRecords<'late' | 'waiting' | 'running' | 'ended'>((verdict, slot, serial) => {
          if (verdict === 'ended') this.#killed = true
          callback(verdict, slot, serial)
        })
        pipe?.on('data', read)
      },
    }
  }

  /** Moves on what can be moved, and asks to be called when there is more. */
  #pump(): void {
    if (this.#left) this.#feed()
    this.#write()
    Atomics.store(this.#control, cell.threadAsleep, this.#left ? asleep.forSpace : asleep.forRequests)
  }

  #write(): void {
    if (this.#writing || !this.#requests) return
    const parts = this.#outlet.take()
    const last = parts.pop()
    if (!last) return
    this.#writing = true
    this.#requests.cork()
    for (const part of parts) this.#requests.write(part)
    this.#requests.write(last, this.#written)
    this.#requests.uncork()
  }

  readonly #written = (error?: Error | null): void => {
    // The process is gone, and whoever waits for it will hear of that.
    if (error) return
    this.#writing = false
    this.#outlet.sent()
    this.#write()
  }

  #take(bytes: Uint8Array): void {
    this.#left = bytes
    this.#leftFrom = 0
    this.#pump()
    if (Atomics.compareExchange(this.#control, cell.loopAsleep, 1, 0) !== 1) return
    const callback = this.#waiting
    this.#waiting = null
    callback?.()
  }

  #feed(): void {
    const left = this.#left as Uint8Array
    this.#leftFrom = this.#inlet.feed(left, this.#leftFrom)
    if (this.#leftFrom < left.length) this.#replies?.pause()
    else {
      this.#left = null
      if (this.#replies?.isPaused()) this.#replies.resume()
    }
  }
}

function spawnNode(): ChildProcess {
  // Its program is the application: it would start itself again and again.
  if (process.getBuiltinModule('node:sea')?.isSea()) {
    throw new Error("a single-file application has no Node.js that a process could run: use isolation 'thread'")
  }
  const { spawn } = process.getBuiltinModule('node:child_process')
  const env = ownEnvironment(...ENVIRONMENT)
  if (process.versions.electron) env.ELECTRON_RUN_AS_NODE = '1'
  // What the driver prints appears where a thread's would. Nothing of the connection is in its arguments.
  return spawn(process.execPath, [...ownFlags(), entry], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', 'pipe'],
    env,
    windowsHide: true,
  })
}
