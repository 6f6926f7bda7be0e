import { type Column, latency, loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Scenario, Scope, Variant } from '../harness/scenario.ts'
import type { PeerName } from '../peers/index.ts'
import { settingsNote } from '../peers/settings.ts'
import { INSERT } from '../tables/items.ts'
import { timedWrites, UPDATE, type Writes } from './writes.ts'

type IndependentWrites = Variant & Writes

const PEERS: readonly PeerName[] = [
  'better-sqlite3',
  'docs-worker-one',
  'offloop-node-sqlite',
  'offloop-better-sqlite3',
]
const THREAD: PeerName = 'bare-thread'
const busy: Column = { head: 'SQLITE_BUSY', figures: ['busy'], digits: 0 }

const FEWER_BLOCKS = 3

/** S5: many callers who each change one row, each in a transaction of its own that is durable when it resolves. */
export const independentWrites: Scenario<IndependentWrites> = {
  code: 'S5',
  name: 'independent-writes',
  title: `Independent writes, each its own transaction: ${INSERT}; ${UPDATE}`,
  peers: [THREAD, ...PEERS],
  baselines: [
    { label: 'direct', peers: ['better-sqlite3'] },
    { label: 'direct + thread', peers: ['better-sqlite3', 'bare-thread'], sum: true },
  ],
  columns: [rate('writes'), loopCost, latency, loopDelay, processor, busy],
  charts: [
    { figure: 'operationsPerSecond', title: 'Independent writes per second', logarithmic: true },
    { figure: 'latencyP999', title: 'Latency of a write, p99.9, milliseconds', logarithmic: true },
  ],
  targets: [
    { figure: 'operationsPerSecond', to: 'direct', atLeast: 3, appliesTo: (writes) => isMany(writes, 'normal') },
    { figure: 'operationsPerSecond', to: 'direct', atLeast: 15, appliesTo: (writes) => isMany(writes, 'full') },
    { figure: 'busy', atMost: 0, appliesTo: () => true },
    { figure: 'latencyP999', atMost: 10, appliesTo: ({ inFlight }) => inFlight >= 64 },
    { figure: 'loopMicroseconds', to: 'direct', atMost: 1, appliesTo: () => true },
    { figure: 'microseconds', to: 'direct + thread', atMost: 1.3, appliesTo: ({ inFlight }) => inFlight === 1 },
  ],
  fewerBlocks: { peers: ['docs-worker-one'], blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 120, timedMilliseconds: 150 },
  notes: [
    `${settingsNote} NORMAL is synchronous=NORMAL, durability 'crash'; FULL is synchronous=FULL, durability 'power'.`,
    'Closed loop. What was answered is counted in the table afterwards: no write is missing and none stands twice.',
    `docs-worker-one, which no target names, is tried in ${FEWER_BLOCKS} blocks.`,
    'Latency is from the call to the answer. A caller of better-sqlite3 never waits for another, since the loop ' +
      'itself stands still.',
  ],
  variants,
  prepare: () => {},
  trial: timedWrites,
}

function isMany({ inFlight, settings }: Writes, wanted: Writes['settings']): boolean {
  return inFlight >= 64 && settings === wanted
}

function variants({ quick }: Scope): IndependentWrites[] {
  if (quick) return [variant('insert', 1, 'normal'), variant('insert', 64, 'full'), variant('update', 64, 'normal')]
  return [
    ...[1, 64, 256].map((inFlight) => variant('insert', inFlight, 'normal')),
    ...[1, 64].map((inFlight) => variant('insert', inFlight, 'full')),
    variant('update', 64, 'normal'),
  ]
}

function variant(statement: Writes['statement'], inFlight: number, settings: Writes['settings']): IndependentWrites {
  const name = `${statement}, ${inFlight} in flight, ${settings.toUpperCase()}`
  return { name, statement, inFlight, settings, peers: inFlight === 1 ? [THREAD, ...PEERS] : PEERS }
}
