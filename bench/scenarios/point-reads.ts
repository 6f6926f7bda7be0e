import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Scenario, Scope, Variant } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import { settingsNote } from '../peers/settings.ts'
import { createUsers, POINT_READ } from '../tables/users.ts'
import { type Reads, timedReads } from './reads.ts'

const SMALL = 10_000
const LARGE = 1_000_000
const THREADS: readonly PeerName[] = ['docs-worker', 'docs-worker-cached', 'piscina']
const OTHERS: readonly PeerName[] = ['libsql', 'sqlite3', 'adbapi']
/** A run has ten minutes: the others and node-sqlite are only tried under one of the variants. */
const MAIN: readonly PeerName[] = ['better-sqlite3', ...THREADS, ...ownPeers]

type PointReads = Variant & Reads

/** How many blocks try the peers' own defaults. */
const DEFAULTS_BLOCKS = 3
/** How many try peers that nothing is divided by. */
const FEWER_BLOCKS = 3

/** S1: single rows by primary key, random ids, with more and more reads in flight. */
export const pointReads: Scenario<PointReads> = {
  code: 'S1',
  name: 'point-reads',
  title: `Point reads: ${POINT_READ}, random ids, rows as objects`,
  peers: ['better-sqlite3', 'node-sqlite', ...THREADS, ...OTHERS, ...ownPeers],
  baselines: [
    { label: 'direct', peers: ['better-sqlite3'] },
    { label: 'docs', peers: ['docs-worker'] },
    { label: 'piscina', peers: ['piscina'] },
  ],
  columns: [rate('reads'), loopCost, loopDelay, processor],
  charts: [
    { figure: 'operationsPerSecond', title: 'Point reads per second', logarithmic: true },
    { figure: 'loopMicroseconds', title: 'Loop cost of a point read, microseconds', logarithmic: true },
  ],
  targets: [
    { figure: 'operationsPerSecond', to: 'direct', atLeast: 1.3, appliesTo: manyInFlight },
    { figure: 'loopMicroseconds', to: 'direct', atMost: 0.3, appliesTo: manyInFlight },
    { figure: 'operationsPerSecond', to: 'docs', atLeast: 5, appliesTo: manyInFlight },
    { figure: 'operationsPerSecond', to: 'piscina', atLeast: 5, appliesTo: manyInFlight },
  ],
  fewerBlocks: { peers: ['node-sqlite', 'docs-worker-cached', ...OTHERS], blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 150, timedMilliseconds: 100 },
  notes: [
    `${settingsNote} With own defaults each has what it sets by itself; tried in ${DEFAULTS_BLOCKS} blocks.`,
    `Those that no target names are tried in ${FEWER_BLOCKS} blocks.`,
    'Closed loop: each caller starts its next read when its last one has answered. One in flight is S2, other numbers are in S13.',
    'better-sqlite3 and node-sqlite block: a caller never waits, so the loop does not turn once during a trial and ' +
      'its delay is the length of the trial. In a server it would be as long as the reads that one turn brings.',
  ],
  variants,
  prepare: (folder, variants) => {
    for (const rows of new Set(variants.map((variant) => variant.rows))) createUsers(folder, rows)
  },
  trial: timedReads,
}

function manyInFlight({ inFlight, settings }: PointReads): boolean {
  return inFlight >= 64 && settings === 'equal'
}

function variants({ quick }: Scope): PointReads[] {
  if (quick) return [variant(SMALL, 1), variant(SMALL, 64)]
  const others = [
    variant(SMALL, 256),
    variant(LARGE, 64),
    { ...variant(SMALL, 64, 'defaults'), blocks: DEFAULTS_BLOCKS },
  ]
  return [variant(SMALL, 64), ...others.map((other) => ({ ...other, peers: MAIN }))]
}

function variant(rows: number, inFlight: number, settings: Reads['settings'] = 'equal'): PointReads {
  const suffix = settings === 'defaults' ? ', own defaults' : ''
  return { name: `${rows.toLocaleString('en')} rows, ${inFlight} in flight${suffix}`, rows, inFlight, settings }
}
