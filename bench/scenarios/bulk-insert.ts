import { join } from 'node:path'
import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import { ability, type Peer, type Session } from '../peers/peer.ts'
import { equalSettings, settingsNote } from '../peers/settings.ts'
import { createItems, INSERT, makeItems, removeDatabase, storedItems, tupleOf } from '../tables/items.ts'

const ORMS: readonly PeerName[] = ['drizzle', 'kysely', 'knex', 'typeorm', 'sequelize', 'mikro-orm']
const DIRECT: readonly PeerName[] = ['better-sqlite3', 'node-sqlite']
const ITEMS = 10_000
/** Of what takes long and is judged the same way by fewer. */
const FEWER_BLOCKS = 3
const ORM_ITEMS = 20_000
const OBJECTS = 'insertMany, rows as objects'

interface BulkInsert extends Variant {
  readonly rows: number
  readonly as: 'objects' | 'tuples'
}

/** S6: many rows in one transaction. */
export const bulkInsert: Scenario<BulkInsert> = {
  code: 'S6',
  name: 'bulk-insert',
  title: `Bulk insert in one transaction: ${INSERT}`,
  peers: [...DIRECT, ...ORMS, ...ownPeers],
  baselines: [
    { label: 'direct', peers: ['better-sqlite3'] },
    { label: 'best ORM', peers: ORMS },
  ],
  columns: [rate('rows'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Rows inserted per second', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'direct', atLeast: 0.95, appliesTo: () => true },
    { figure: 'loopMicroseconds', to: 'direct', atMost: 0.25, appliesTo: () => true },
    { figure: 'operationsPerSecond', to: 'best ORM', atLeast: 5, appliesTo: ({ as }) => as === 'objects' },
  ],
  fewerBlocks: { peers: ORMS, blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 0, warmUpMilliseconds: 0, timedMilliseconds: 0 },
  notes: [
    settingsNote,
    `${ITEMS.toLocaleString('en')} different rows over and over, timed from the first to the end of the transaction, after one ` +
      `round of them that is not timed. An ORM inserts ${ORM_ITEMS.toLocaleString('en')}, since it is slow.`,
    'The blocking drivers are the loop that one writes by hand: one prepared statement, BEGIN and COMMIT. An ORM ' +
      'names 1,000 rows in each INSERT (knex 500), also in one transaction.',
    'Prisma is not among them: its packages download engines while they are installed.',
    `The ORMs and the tuples are tried in ${FEWER_BLOCKS} blocks. Afterwards the rows are counted, and the first ones compared between the peers.`,
  ],
  variants,
  prepare: () => {},
  trial,
}

function variants({ quick }: Scope): BulkInsert[] {
  const rows = quick ? ITEMS : 1_000_000
  const objects: BulkInsert = { name: `${OBJECTS}, ${rows.toLocaleString('en')} of them`, rows, as: 'objects' }
  if (quick) return [objects]
  const name = 'executeMany, rows as tuples, 300,000 of them'
  return [objects, { name, rows: 300_000, as: 'tuples', blocks: FEWER_BLOCKS, peers: ['better-sqlite3', ...ownPeers] }]
}

async function trial(peer: Peer, variant: BulkInsert, { peer: name, folder }: Conditions): Promise<Trial> {
  const file = join(folder, `bulk-${process.pid}.db`)
  createItems(file)
  const session = await peer.open(file, equalSettings)
  const insert = inserter(session, variant)
  const times = Math.ceil((ORMS.includes(name) ? Math.min(ORM_ITEMS, variant.rows) : variant.rows) / ITEMS)
  await insert(1)
  const figures = await measure(async () => {
    await insert(times)
    return times * ITEMS
  })
  await session.close()
  const { count, hash } = storedItems(file, ITEMS)
  removeDatabase(file)
  if (count !== (1 + times) * ITEMS)
    throw new Error(`${count} rows stand in the table instead of ${(1 + times) * ITEMS}`)
  return { hash, figures }
}

function inserter(session: Session, { as }: BulkInsert): (times: number) => Promise<unknown> {
  const items = makeItems(ITEMS)
  if (as === 'objects') return (times) => ability(session, 'insertItems')(items, times)
  const tuples = items.map(tupleOf)
  return (times) => ability(session, 'insertTuples')(tuples, times)
}
