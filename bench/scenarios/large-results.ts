import { type Column, loopDelay, loopProcessor, wall } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import { ability, type Peer, type Row, type Session } from '../peers/peer.ts'
import { equalSettings, settingsNote } from '../peers/settings.ts'
import { createUsers, usersFile } from '../tables/users.ts'
import { createWide, wideFile } from '../tables/wide.ts'
import { streamedMemory } from './streamed-memory.ts'

const PEERS: readonly PeerName[] = ['better-sqlite3', 'node-sqlite', 'docs-worker-cached', 'piscina', ...ownPeers]
const WARM_UP_ROWS = 5000
const HASHED_ONE_IN = 101
const memory: Column = { head: 'memory MB', figures: ['megabytes'], digits: 0, compared: true }

interface LargeResults extends Variant {
  readonly table: 'users' | 'wide' | 'stream'
  /** In the table; in the result, of which a table of 1,000,000 rows is only the first part. */
  readonly rows: number
  readonly limit: number
}

/** S3: one query whose result is large, to plain objects. */
export const largeResults: Scenario<LargeResults> = {
  code: 'S3',
  name: 'large-results',
  title: 'Large results: every row of one query as a plain object',
  peers: PEERS,
  baselines: [
    { label: 'direct', peers: ['better-sqlite3'] },
    { label: 'clone', peers: ['docs-worker-cached'] },
  ],
  columns: [wall, loopProcessor, loopDelay, memory],
  charts: [
    { figure: 'loopDelayMax', title: 'Longest delay of the loop, milliseconds', logarithmic: true },
    { figure: 'milliseconds', title: 'Wall time, milliseconds', logarithmic: true },
  ],
  targets: [
    { figure: 'loopDelayP99', atMost: 2, appliesTo: isTimed },
    { figure: 'loopDelayMax', atMost: 5, appliesTo: isTimed },
    { figure: 'loopCpuMicroseconds', to: 'direct', atMost: 0.5, appliesTo: isTimed },
    { figure: 'loopCpuMicroseconds', to: 'clone', atMost: 0.25, appliesTo: isTimed },
    { figure: 'milliseconds', to: 'direct', atMost: 1.5, appliesTo: isTimed },
    { figure: 'megabytes', to: 'direct', atMost: 2, appliesTo: ({ table }) => table === 'stream' },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 200, timedMilliseconds: 0 },
  notes: [
    settingsNote,
    `Timed is one query, all of it at once; warmed up by the same with LIMIT ${WARM_UP_ROWS}. One row in ` +
      `${HASHED_ONE_IN} is compared between the peers.`,
    'docs-worker-cached and piscina post the rows by structured clone.',
    'memory: the highest resident memory of the process while 10,000,000 rows are read row by row; direct iterates.',
  ],
  variants,
  prepare: (folder, variants) => {
    for (const { table, rows } of variants) (table === 'wide' ? createWide : createUsers)(folder, rows)
  },
  trial,
}

function isTimed({ table }: LargeResults): boolean {
  return table !== 'stream'
}

function variants({ quick, long }: Scope): LargeResults[] {
  if (quick) return [{ name: '10,000 rows x 7 columns', table: 'users', rows: 10_000, limit: 10_000 }]
  const streamed = { blocks: 1, peers: ['better-sqlite3' as const, ...(long ? ownPeers : ownPeers.slice(0, 1))] }
  return [
    // First, while the process is as small as it was at its start.
    { name: '10,000,000 rows, streamed', table: 'stream', rows: 1_000_000, limit: 10_000_000, ...streamed },
    { name: '200,000 rows x 7 columns', table: 'users', rows: 1_000_000, limit: 200_000 },
    { name: '100,000 rows x 20 columns', table: 'wide', rows: 100_000, limit: 100_000 },
  ]
}

async function trial(peer: Peer, variant: LargeResults, conditions: Conditions): Promise<Trial> {
  const { table, rows, limit } = variant
  const file = (table === 'wide' ? wideFile : usersFile)(conditions.folder, rows)
  const session = await peer.open(file, equalSettings)
  const work = table === 'stream' ? streamedMemory(session, limit) : timedQuery(session, table, limit, conditions)
  const done = await work
  await session.close()
  return done
}

async function timedQuery(session: Session, table: string, limit: number, conditions: Conditions): Promise<Trial> {
  const read = ability(session, 'all')(`SELECT * FROM ${table} ORDER BY id LIMIT ?`)
  const end = performance.now() + conditions.warmUpMilliseconds
  do await read(WARM_UP_ROWS)
  while (performance.now() < end)
  let result: Row[] = []
  const figures = await measure(async () => {
    result = await read(limit)
    return 1
  })
  if (result.length !== limit) throw new Error(`Read ${result.length} rows instead of ${limit}`)
  const compared = result.filter((_, index) => index % HASHED_ONE_IN === 0)
  // A buffer and an array of bytes write themselves differently as JSON.
  const hash = hashOf(compared.map((row) => Object.values(row).map(plain)))
  return { hash, figures }
}

function plain(value: Row[string]): unknown {
  return value instanceof Uint8Array ? [...value] : value
}
