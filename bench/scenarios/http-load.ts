import { Agent, get } from 'node:http'
import { childInput, childOutput } from '../harness/child.ts'
import { closedLoop, timed } from '../harness/closed-loop.ts'
import { type Latency, latencyOf } from '../harness/latency.ts'
import { openLoop } from '../harness/open-loop.ts'
import { seededRandom } from '../harness/random.ts'

/** What the process that makes the load is told. */
export interface Load {
  readonly kind: 'open' | 'closed'
  readonly withReports: boolean
  readonly port: number
  readonly rows: number
  readonly milliseconds: number
  /** Of an open loop. */
  readonly perSecond: number
  /** Asked for in place of users. */
  readonly only?: Only
}

/** A path that is always the same, and how many objects must come back, if it is a list. */
export interface Only {
  readonly path: string
  readonly objects: number | null
}

/** What it saw of the requests for one user. */
export interface LoadResult extends Latency {
  readonly requests: number
  readonly operationsPerSecond: number
  readonly slowMilliseconds?: number
}

const CALLERS = 32
const CONNECTIONS = 64

const load = childInput<Load>()
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
const random = seededRandom(load.rows)

function ask(path: string, over: Agent): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  get({ host: '127.0.0.1', port: load.port, path, agent: over }, (response) => {
    const parts: Buffer[] = []
    response.on('data', (part: Buffer) => parts.push(part))
    response.on('error', reject)
    response.on('end', () => {
      const body = Buffer.concat(parts).toString()
      if (response.statusCode === 200) resolve(JSON.parse(body))
      else reject(new Error(`${path} answered ${response.statusCode}: ${body}`))
    })
  }).on('error', reject)
  return promise
}

function check(id: number, user: unknown): void {
  const { id: found } = user as { id: number }
  if (found !== id) throw new Error(`/user/${id} gave the user ${found}`)
}

const users = {
  next: () => 1 + random(load.rows),
  operation: (id: number) => ask(`/user/${id}`, agent),
  check,
}

function always({ path, objects }: Only) {
  return {
    next: () => 0,
    operation: () => ask(path, agent),
    check(_: number, answer: unknown) {
      const count = Array.isArray(answer) ? answer.length : null
      if (count !== objects) throw new Error(`${path} gave ${count} objects`)
    },
  }
}

const work = load.only ? always(load.only) : users

async function latencies(): Promise<number[]> {
  if (load.kind === 'closed') {
    const measured: number[] = []
    await closedLoop(CALLERS, load.milliseconds, timed(work, measured))
    return measured
  }
  return await openLoop(load.perSecond, load.milliseconds, async () => {
    const id = work.next()
    check(id, await work.operation(id))
  })
}

let over = false

/** One report after the other, on a connection of their own; gives how long one took on average. */
async function reports(): Promise<number> {
  const own = new Agent({ keepAlive: true, maxSockets: 1 })
  const start = performance.now()
  let done = 0
  for (; !over; done++) await ask('/report', own)
  own.destroy()
  return (performance.now() - start) / done
}

const running = load.withReports ? reports() : null
const start = performance.now()
// What has piled up by then is answered without further reports.
setTimeout(() => {
  over = true
}, load.milliseconds)
const measured = await latencies()
const seconds = (performance.now() - start) / 1000
const result = { requests: measured.length, operationsPerSecond: measured.length / seconds, ...latencyOf(measured) }
const slowMilliseconds = await running
agent.destroy()
childOutput((slowMilliseconds === null ? result : { ...result, slowMilliseconds }) satisfies LoadResult)
