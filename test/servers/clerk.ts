/** Gives tests databases of their own on servers, at once: tests are registered before anything can be awaited. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { ServerName } from '../../scripts/servers/index.ts'
import { NONE, variables } from '../../scripts/servers/variables.ts'

export interface Request {
  readonly server: ServerName
  /** The server to use; left out, one is started. */
  readonly url: string | undefined
  readonly make?: string
  readonly drop?: string
}

export type Answer = { readonly url: string } | { readonly missing: string }

interface Post {
  readonly port: MessagePort
  readonly signal: Int32Array
}

/** In milliseconds; the first answer may have to wait for packages. */
const PATIENCE = 600_000
let post: Post | null = null
let count = 0

/** Why this server cannot be had, or null. Starts it where nobody has. */
export function whyMissing(server: ServerName): string | null {
  const given = process.env[variables[server]]
  if (given?.startsWith(NONE)) return given.slice(NONE.length)
  const answer = ask({ server, url: given })
  return 'missing' in answer ? answer.missing : null
}

/** The URL of a new database, and what drops it. */
export function newDatabase(server: ServerName): { url: string; drop: () => void } {
  const url = process.env[variables[server]]
  const name = `offloop_${process.pid}_${count++}`
  const made = insist(ask({ server, url, make: name }))
  return { url: made, drop: () => void insist(ask({ server, url, drop: name })) }
}

function insist(answer: Answer): string {
  if ('missing' in answer) throw new Error(answer.missing)
  return answer.url
}

function ask(request: Request): Answer {
  post ??= open()
  const { port, signal } = post
  const seen = Atomics.load(signal, 0)
  port.postMessage(request)
  Atomics.wait(signal, 0, seen, PATIENCE)
  const answer = receiveMessageOnPort(port)
  if (!answer) throw new Error(`no answer about ${request.server} within ${PATIENCE / 1000} seconds`)
  return answer.message
}

function open(): Post {
  const { port1, port2 } = new MessageChannel()
  const shared = new SharedArrayBuffer(4)
  const worker = new Worker(new URL('./clerk-thread.ts', import.meta.url))
  worker.postMessage({ port: port2, shared }, [port2])
  worker.unref()
  port1.unref()
  return { port: port1, signal: new Int32Array(shared) }
}
