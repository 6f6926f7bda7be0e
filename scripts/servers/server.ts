import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { accountFor } from './account.ts'
import type { Kind, Programs, ServerName, Settings } from './kind.ts'
import { freePort } from './port.ts'
import { plainEnvironment } from './run.ts'
import { siteFolder } from './site.ts'
import { copyNewData, dropTemplate } from './template.ts'

export interface ServerOptions {
  /** The server's own settings by its own names, such as `{ max_connections: 5 }`. */
  readonly settings?: Settings
  /** What was acknowledged survives the death of the machine; not needed where only the server is killed. Default false. */
  readonly durable?: boolean
  /** The data to start on: an unused folder, filled before. New data unless given. */
  readonly data?: (folder: string) => Promise<void>
}

/** How long a server may take to start or to stop, in milliseconds. */
const PATIENCE = 60_000
/** How often a start that failed is tried: a port was taken, or what a killed server left behind has yet to go. */
const TRIES_OF_NEW = 3
const TRIES = 60
/** Between two looks whether it serves. */
const PAUSE = 15
const LOG_SHOWN = 3000

/** A server of this process's own, on a free port of the loopback interface. It goes with the process, at the latest. */
export class Server {
  readonly name: ServerName
  readonly version: string
  /** What it has of its own: `data`, and what it wrote to `log`. */
  readonly folder: string
  port = 0
  readonly #kind: Kind
  readonly #programs: Programs
  readonly #options: ServerOptions
  #settings: Settings
  #process: ChildProcess | null = null

  private constructor(kind: Kind, programs: Programs, options: ServerOptions) {
    this.name = kind.name
    this.version = programs.version
    this.#kind = kind
    this.#programs = programs
    this.#options = options
    this.#settings = options.settings ?? {}
    this.folder = mkdtempSync(join(siteFolder(), `${kind.name}-`))
    const account = accountFor(kind.accounts)
    if (account) chownSync(this.folder, account.uid, account.gid)
  }

  /** A new server that serves. */
  static async start(kind: Kind, programs: Programs, options: ServerOptions = {}): Promise<Server> {
    const server = new Server(kind, programs, options)
    try {
      await server.#fill()
      await server.start()
      return server
    } catch (error) {
      await server.remove()
      // Then it may be the data that is wrong.
      if (Object.keys(options).length === 0) dropTemplate(kind, programs)
      throw error
    }
  }

  async #fill(): Promise<void> {
    const data = join(this.folder, 'data')
    writeFileSync(join(this.folder, 'signal'), this.#kind.signals.end.replace('SIG', ''))
    if (this.#options.data) await this.#options.data(data)
    else await copyNewData(this.#kind, this.#programs, data)
  }

  url(database?: string): string {
    return this.#kind.url(this.port, database)
  }

  /** The server's process; each connection of PostgreSQL has one of its own besides. */
  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error(`this ${this.#kind.title} does not run`)
    return this.#process.pid
  }

  get isRunning(): boolean {
    return this.#process !== null
  }

  /** The end of what the server wrote to its log. */
  log(): string {
    const file = join(this.folder, 'log')
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_SHOWN) : ''
  }

  /** Starts it, again on the port that it had, and waits until it serves; other settings replace those it had. */
  async start(settings: Settings = this.#settings): Promise<void> {
    if (this.#process) throw new Error(`this ${this.#kind.title} runs already`)
    this.#settings = settings
    const isNew = this.port === 0
    for (let left = isNew ? TRIES_OF_NEW : TRIES; left > 0; left--) {
      if (isNew) this.port = await freePort()
      this.#spawn()
      if (await this.#serves(performance.now() + PATIENCE)) return
      await delay(PAUSE * 10)
    }
    throw new Error(`${this.#kind.title} does not start: ${this.log()}`)
  }

  #spawn(): void {
    const { folder, port } = this
    const { durable = false } = this.#options
    const command = this.#kind.command(this.#programs, { folder, port, durable, settings: this.#settings })
    const log = openSync(join(folder, 'log'), 'a')
    // It notes its number before it begins: `watcher.sh` says why.
    const noted = ['-c', 'echo $$ > "$0" && exec "$@"', join(folder, 'pid'), ...command]
    const child = spawn('/bin/sh', noted, {
      cwd: folder,
      env: { ...plainEnvironment(), ...this.#programs.env },
      detached: true,
      stdio: ['ignore', log, log],
      ...accountFor(this.#kind.accounts),
    })
    closeSync(log)
    child.unref()
    this.#process = child
    child.on('exit', () => {
      rmSync(join(folder, 'pid'), { force: true })
      if (this.#process === child) this.#process = null
    })
  }

  /** Whether it came to serve, which it may not by `until`, or because it ended. */
  async #serves(until: number): Promise<boolean> {
    while (this.#process && performance.now() < until) {
      if (await this.#kind.isReady(this.port)) return this.#process !== null
      await delay(PAUSE)
    }
    if (this.#process) await this.#end('SIGKILL')
    return false
  }

  /** Stops it in good order: connections are cut, what was committed stays. */
  async stop(): Promise<void> {
    await this.#end(this.#kind.signals.stop)
  }

  /** Kills its process, as a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async restart(settings?: Settings): Promise<void> {
    await this.stop()
    await this.start(settings)
  }

  /** Keeps it from doing anything until {@link resume}. Connections of PostgreSQL go on: each has its own process. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  /** Ends it and removes what it had. */
  async remove(): Promise<void> {
    await this.#end(this.#kind.signals.end)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    child.kill('SIGCONT')
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    await gone
    clearTimeout(late)
  }
}
