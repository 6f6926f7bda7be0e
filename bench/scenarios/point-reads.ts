import { createHash } from 'node:crypto'
import { closedLoop, inOrder, type Work } from '../harness/closed-loop.ts'
import { measure } from '../harness/figures.ts'
import { seededRandom } from '../harness/random.ts'
import type { Budget, Scenario, Trial, Variant } from '../harness/scenario.ts'
import type { Peer, Row, Session } from '../peers/peer.ts'
import { equalSettings, pragmas, verifySettings } from '../peers/settings.ts'
import { createUsers, usersFile } from './users.ts'

const SQL = 'SELECT * FROM users WHERE id = ?'
const SMALL = 10_000
const LARGE = 1_000_000
const CHECKED_READS = 500

interface PointReads extends Variant {
  readonly rows: number
  readonly inFlight: number
  readonly settings: 'equal' | 'defaults'
}

type Read = (id: number) => Promise<Row | undefined>

/** S1: single rows by primary key, random ids, with more and more reads in flight. */
export const pointReads: Scenario<PointReads> = {
  code: 'S1',
  name: 'point-reads',
  title: `Point reads: ${SQL}, random ids, rows as objects`,
  unit: 'reads',
  peers: [
    'better-sqlite3',
    'node-sqlite',
    'docs-worker',
    'docs-worker-cached',
    'offloop-node-sqlite',
    'offloop-better-sqlite3',
  ],
  baselines: [
    { peer: 'better-sqlite3', label: 'direct' },
    { peer: 'docs-worker', label: 'docs' },
  ],
  targets: [
    { figure: 'operationsPerSecond', baseline: 'better-sqlite3', atLeast: 1.3, appliesTo: manyInFlight },
    { figure: 'loopMicroseconds', baseline: 'better-sqlite3', atMost: 0.3, appliesTo: manyInFlight },
    { figure: 'operationsPerSecond', baseline: 'docs-worker', atLeast: 5, appliesTo: manyInFlight },
  ],
  budget: { warmUpMilliseconds: 300, timedMilliseconds: 200 },
  notes: [
    `All peers have ${pragmas(equalSettings).join(', ')}; with own defaults each has what it sets by itself.`,
    'Closed loop: each caller starts its next read when its last one has answered.',
    'better-sqlite3 and node-sqlite block: a caller never waits, so the loop does not turn once during a trial and ' +
      'its delay is the length of the trial. In a server it would be as long as the reads that one turn brings.',
    'docs-worker prepares on every read, as its example does; docs-worker-cached is the same with kept statements.',
  ],
  variants: (quick) => (quick ? [equal(SMALL, 1), equal(SMALL, 64)] : allVariants()),
  prepare: (folder, variants) => {
    for (const rows of new Set(variants.map((variant) => variant.rows))) createUsers(folder, rows)
  },
  trial,
}

function manyInFlight({ inFlight, settings }: PointReads): boolean {
  return inFlight >= 64 && settings === 'equal'
}

function allVariants(): PointReads[] {
  const levels = [1, 16, 64, 256]
  const defaults = variant(SMALL, 64, 'defaults')
  return [...levels.map((level) => equal(SMALL, level)), ...levels.map((level) => equal(LARGE, level)), defaults]
}

function equal(rows: number, inFlight: number): PointReads {
  return variant(rows, inFlight, 'equal')
}

function variant(rows: number, inFlight: number, settings: 'equal' | 'defaults'): PointReads {
  const suffix = settings === 'defaults' ? ', own defaults' : ''
  return { name: `${rows.toLocaleString('en')} rows, ${inFlight} in flight${suffix}`, rows, inFlight, settings }
}

async function trial(peer: Peer, variant: PointReads, folder: string, budget: Budget): Promise<Trial> {
  const settings = variant.settings === 'equal' ? equalSettings : null
  const session = await peer.open(usersFile(folder, variant.rows), settings)
  if (settings) await verifySettings(session, settings)
  const result = await timedReads(session, variant, budget)
  await session.close()
  return result
}

async function timedReads(session: Session, variant: PointReads, budget: Budget): Promise<Trial> {
  const { rows, inFlight } = variant
  const read: Read = session.one(SQL)
  const hash = await hashOfRows(read, rows, inFlight)
  const random = seededRandom(20_250_101)
  const work: Work<number, Row | undefined> = { next: () => 1 + random(rows), operation: read, check: checkRow }
  await closedLoop(inFlight, budget.warmUpMilliseconds, work)
  const figures = await measure(() => closedLoop(inFlight, budget.timedMilliseconds, work))
  return { hash, figures }
}

/** Of the same rows for all peers, among them the first, the last and one that is not there. */
async function hashOfRows(read: Read, rows: number, inFlight: number): Promise<string> {
  const random = seededRandom(rows)
  const ids = [1, rows, rows + 1, ...Array.from({ length: CHECKED_READS }, () => 1 + random(rows))]
  const found = await inOrder(inFlight, ids, read)
  return createHash('sha256').update(JSON.stringify(found)).digest('hex').slice(0, 16)
}

function checkRow(id: number, row: Row | undefined): void {
  if (row?.id !== id) throw new Error(`Read row ${row?.id} instead of ${id}`)
}
