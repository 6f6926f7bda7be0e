import type { ConnectionPool } from '../../src/index.ts'
import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import type { Peer, Session } from '../peers/peer.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { prepareServer, serverUrl } from '../servers/server.ts'
import { INSERT } from '../tables/items.ts'
import { createServerItems, fillUsers, mariadbTypes } from '../tables/on-servers.ts'
import { POINT_READ } from '../tables/users.ts'
import { ROWS, timedBatches, timedResults, timedServerReads } from './on-servers.ts'

const DATABASE = 'statements'
const BLOCKS = 3
const BATCH = 100

interface Statements extends Variant {
  readonly operation: 'read' | 'batch' | 'result'
  readonly inFlight: number
}

/** S9: point reads, small batches and results of some length on MariaDB. */
export const mariadb: Scenario<Statements> = {
  code: 'S9',
  name: 'mariadb',
  title: `MariaDB: ${POINT_READ}; ${INSERT}`,
  peers: ['mariadb', 'mysql2', 'offloop-mysql'],
  baselines: [
    { label: 'mariadb', peers: ['mariadb'] },
    { label: 'mysql2', peers: ['mysql2'] },
  ],
  columns: [rate('calls'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Calls per second on MariaDB', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'mariadb', atLeast: 0.97, appliesTo: () => true },
    { figure: 'operationsPerSecond', to: 'mysql2', atLeast: 1.5, appliesTo: () => true },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 150, timedMilliseconds: 200 },
  notes: [
    `Each peer has one pool of ${CONNECTIONS} connections. After the batches the rows are counted.`,
    `All of it is tried in ${BLOCKS} blocks. CPU is that of the peer's process, without the server's.`,
  ],
  variants: ({ quick }: Scope) => {
    const reads = (quick ? [16] : [1, 16, 100]).map((inFlight) => ({
      ...variant(`reads, ${inFlight} in flight`, 'read'),
      inFlight,
    }))
    return [
      ...reads,
      variant(`inserts of ${BATCH} rows, await each`, 'batch'),
      variant('results of 1,000 rows, await each', 'result'),
    ]
  },
  prepare: (folder) => prepareServer(folder, { server: 'mariadb', database: DATABASE, fill: fillTables }),
  trial,
}

function variant(name: string, operation: Statements['operation']): Statements {
  return { name, operation, inFlight: 1, blocks: BLOCKS }
}

async function fillTables(pool: ConnectionPool): Promise<void> {
  await fillUsers(pool, mariadbTypes, ROWS)
  await createServerItems(pool, mariadbTypes)
}

async function trial(peer: Peer, variant: Statements, conditions: Conditions): Promise<Trial> {
  const session = await peer.open(serverUrl(conditions.folder, 'mariadb', DATABASE), null, CONNECTIONS)
  const result = await timed(session, variant, conditions)
  await session.close()
  return result
}

function timed(session: Session, { operation, inFlight }: Statements, conditions: Conditions): Promise<Trial> {
  if (operation === 'read') return timedServerReads(session, inFlight, conditions)
  if (operation === 'batch') return timedBatches(session, BATCH, conditions)
  return timedResults(session, conditions)
}
