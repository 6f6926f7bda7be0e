import type { ConnectionPool } from '../../src/index.ts'
import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import type { Peer } from '../peers/peer.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { prepareServer, serverUrl } from '../servers/server.ts'
import { INSERT } from '../tables/items.ts'
import { createServerItems, fillUsers, postgresTypes } from '../tables/on-servers.ts'
import { POINT_READ } from '../tables/users.ts'
import { ROWS, timedServerInserts, timedServerReads } from './on-servers.ts'

const DATABASE = 'statements'
const BLOCKS = 3

interface Statements extends Variant {
  readonly operation: 'read' | 'insert'
  readonly inFlight: number
}

/** S8: single statements on PostgreSQL, with more and more in flight on one pool. */
export const postgres: Scenario<Statements> = {
  code: 'S8',
  name: 'postgres',
  title: `PostgreSQL: ${POINT_READ}; ${INSERT}`,
  peers: ['pg', 'postgres.js', 'offloop-pg'],
  baselines: [
    { label: 'pg', peers: ['pg'] },
    { label: 'postgres.js', peers: ['postgres.js'] },
  ],
  columns: [rate('statements'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Statements per second on PostgreSQL', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'postgres.js', atLeast: 1, appliesTo: ({ inFlight }) => inFlight === 100 },
    { figure: 'operationsPerSecond', to: 'pg', atLeast: 2, appliesTo: ({ inFlight }) => inFlight === 100 },
    { figure: 'operationsPerSecond', to: 'pg', atLeast: 0.97, appliesTo: ({ inFlight }) => inFlight === 1 },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 150, timedMilliseconds: 200 },
  notes: [
    `Each peer has one pool of ${CONNECTIONS} connections. Each insert is its own transaction; afterwards the rows are counted.`,
    `All of it is tried in ${BLOCKS} blocks. CPU is that of the peer's process, without the server's.`,
  ],
  variants: ({ quick }: Scope) => {
    const operations = ['read', 'insert'] as const
    return operations.flatMap((operation) =>
      (quick ? [100] : [1, 10, 100]).map((inFlight) => variant(operation, inFlight)),
    )
  },
  prepare: (folder) => prepareServer(folder, { server: 'postgres', database: DATABASE, fill: fillTables }),
  trial,
}

function variant(operation: Statements['operation'], inFlight: number): Statements {
  return { name: `${operation}s, ${inFlight} in flight`, operation, inFlight, blocks: BLOCKS }
}

async function fillTables(pool: ConnectionPool): Promise<void> {
  await fillUsers(pool, postgresTypes, ROWS)
  await createServerItems(pool, postgresTypes)
  // So that no trial has the server do it beside.
  await pool.runOperation('VACUUM ANALYZE users')
}

async function trial(peer: Peer, { operation, inFlight }: Statements, conditions: Conditions): Promise<Trial> {
  const session = await peer.open(serverUrl(conditions.folder, 'postgres', DATABASE), null, CONNECTIONS)
  const timed = operation === 'read' ? timedServerReads : timedServerInserts
  const result = await timed(session, inFlight, conditions)
  await session.close()
  return result
}
