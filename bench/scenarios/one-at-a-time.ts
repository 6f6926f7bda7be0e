import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Conditions, Scenario, Trial, Variant } from '../harness/scenario.ts'
import type { PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import { settingsNote } from '../peers/settings.ts'
import { INSERT } from '../tables/items.ts'
import { createUsers, POINT_READ } from '../tables/users.ts'
import { timedReads } from './reads.ts'
import { timedWrites } from './writes.ts'

const ROWS = 10_000
const READ = 'await each read'
const INSERTING = 'await each insert, synchronous=FULL'
const ASYNCHRONOUS: readonly PeerName[] = ['docs-worker-cached', 'piscina', 'sqlite3', 'adbapi']

interface OneAtATime extends Variant {
  readonly operation: 'read' | 'insert'
}

/** S2: one caller, who awaits each call before the next: the worst case of everything that leaves the loop. */
export const oneAtATime: Scenario<OneAtATime> = {
  code: 'S2',
  name: 'one-at-a-time',
  title: `One at a time: ${POINT_READ}; ${INSERT}`,
  peers: [
    'better-sqlite3',
    'node-sqlite',
    'bare-thread',
    ...ASYNCHRONOUS,
    'offloop-node-sqlite',
    'offloop-better-sqlite3',
  ],
  baselines: [
    { label: 'direct', peers: ['better-sqlite3'] },
    { label: 'best async', peers: ASYNCHRONOUS },
    { label: 'thread', peers: ['bare-thread'] },
  ],
  columns: [rate('operations'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Operations per second, one at a time', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'best async', atLeast: 1.5, appliesTo: () => true },
    { figure: 'microseconds', to: 'thread', atMost: 1.2, appliesTo: ({ operation }) => operation === 'read' },
    { figure: 'loopMicroseconds', to: 'direct', atMost: 1, appliesTo: ({ operation }) => operation === 'insert' },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 200, timedMilliseconds: 150 },
  notes: [
    settingsNote,
    'Each insert is its own transaction; with synchronous=NORMAL it is in S5. What was answered is counted in the table afterwards.',
  ],
  variants: () => [
    { name: READ, operation: 'read' },
    { name: INSERTING, operation: 'insert' },
  ],
  prepare: (folder) => createUsers(folder, ROWS),
  trial,
}

function trial(peer: Peer, { operation }: OneAtATime, conditions: Conditions): Promise<Trial> {
  if (operation === 'read') return timedReads(peer, { rows: ROWS, inFlight: 1, settings: 'equal' }, conditions)
  return timedWrites(peer, { statement: 'insert', inFlight: 1, settings: 'full' }, conditions)
}
