import type { AddressInfo } from 'node:net'
import type { ConnectionPool } from '../../src/index.ts'
import { runChild } from '../harness/child.ts'
import { latency, loopDelay, processor, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ability, type Peer, type Session } from '../peers/peer.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { prepareServer, serverUrl } from '../servers/server.ts'
import { fillWorld, WORLDS } from '../tables/on-servers.ts'
import { serve } from './http.ts'
import type { Load, LoadResult, Only } from './http-load.ts'

const DATABASE = 'techempower'
const READ = 'SELECT id, randomnumber FROM world WHERE id = ?'
const UPDATE = 'UPDATE world SET randomnumber = ? WHERE id = ?'
const ALL = 'SELECT id FROM world ORDER BY id'
const MANY = 20
const BLOCKS = 2
const LOAD = new URL('./http-load.ts', import.meta.url)

interface Techempower extends Variant, Only {
  readonly step: 'db' | 'queries' | 'updates'
}

/** S7 on a server: what the TechEmpower benchmarks ask of a web server with a database. */
export const techempower: Scenario<Techempower> = {
  code: 'S7',
  name: 'techempower',
  title: `A node:http server on PostgreSQL, by the rules of TechEmpower: ${READ}; ${UPDATE}`,
  peers: ['pg', 'postgres.js', 'offloop-pg'],
  baselines: [
    { label: 'pg', peers: ['pg'] },
    { label: 'postgres.js', peers: ['postgres.js'] },
  ],
  columns: [rate('requests'), latency, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Requests per second on PostgreSQL', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'pg', atLeast: 1.2, appliesTo: ({ step }) => step === 'queries' },
    { figure: 'operationsPerSecond', to: 'pg', atLeast: 2, appliesTo: ({ step }) => step === 'updates' },
    { figure: 'latencyP99', to: 'pg', atMost: 0.5, appliesTo: ({ step }) => step !== 'db' },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 300, timedMilliseconds: 600 },
  notes: [
    'The load comes from a process of its own: each of 32 callers sends its next request when its last one has answered. ' +
      'Server, PostgreSQL and load share the cores, so the load itself is part of the figure.',
    `db reads one row by a random id, queries reads ${MANY}, each with a statement of its own and all of them at once; updates ` +
      'reads as many, then gives each another number, again all at once, each its own transaction.',
    `Each peer has one pool of ${CONNECTIONS} connections and runs the same program. All of it is tried in ${BLOCKS} blocks.`,
  ],
  variants: ({ quick }: Scope) => (quick ? STEPS.slice(2) : STEPS),
  prepare: (folder) => prepareServer(folder, { server: 'postgres', database: DATABASE, fill }),
  trial,
}

const STEPS: readonly Techempower[] = [
  { name: 'db', step: 'db', path: '/db', objects: null, blocks: BLOCKS },
  { name: `queries=${MANY}`, step: 'queries', path: `/queries?queries=${MANY}`, objects: MANY, blocks: BLOCKS },
  { name: `updates=${MANY}`, step: 'updates', path: `/updates?queries=${MANY}`, objects: MANY, blocks: BLOCKS },
]

async function fill(pool: ConnectionPool): Promise<void> {
  await fillWorld(pool)
  await pool.runOperation('VACUUM ANALYZE')
}

async function trial(peer: Peer, { path, objects }: Techempower, conditions: Conditions): Promise<Trial> {
  const session = await peer.open(serverUrl(conditions.folder, 'postgres', DATABASE), null, CONNECTIONS)
  const server = await serve(answers(session))
  const { port } = server.address() as AddressInfo
  const load = (milliseconds: number) => {
    const order: Load = {
      kind: 'closed',
      withReports: false,
      rows: 1,
      perSecond: 0,
      port,
      milliseconds,
      only: { path, objects },
    }
    return runChild<LoadResult>(LOAD, order)
  }
  await load(conditions.warmUpMilliseconds)
  let result = {} as LoadResult
  const { cpuSecondsPerMillion, loopDelayP50, loopDelayP99, loopDelayMax } = await measure(async () => {
    result = await load(conditions.timedMilliseconds)
    return result.requests
  })
  server.close()
  const hash = hashOf(await ability(session, 'all')(ALL)())
  await session.close()
  const { requests: _, ...measured } = result
  return { hash, figures: { ...measured, cpuSecondsPerMillion, loopDelayP50, loopDelayP99, loopDelayMax } }
}

/** The program of the web server, the same for all peers. */
function answers(session: Session): (url: string) => Promise<unknown> {
  const read = ability(session, 'one')(READ)
  const update = ability(session, 'run')(UPDATE)
  const random = seededRandom(process.pid)
  const anyWorld = () => read(1 + random(WORLDS))
  const many = (count: number) => Promise.all(Array.from({ length: count }, anyWorld))
  return async (url) => {
    const [path, words] = url.split('?')
    if (path === '/db') return await anyWorld()
    const worlds = await many(Number(words?.split('=')[1]))
    if (path === '/queries') return worlds
    const changed = worlds.map((world) => ({ id: world?.id as number, randomnumber: 1 + random(WORLDS) }))
    await Promise.all(changed.map(({ randomnumber, id }) => update(randomnumber, id)))
    return changed
  }
}
