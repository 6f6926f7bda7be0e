import { setImmediate } from 'node:timers/promises'
import { type Column, latency, loopDelay, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { latencyOf } from '../harness/latency.ts'
import { openLoop } from '../harness/open-loop.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import { ability, type Peer, type Row, type Session } from '../peers/peer.ts'
import { equalSettings, settingsNote } from '../peers/settings.ts'
import { REPORT } from '../tables/report.ts'
import { createUsers, POINT_READ, usersFile } from '../tables/users.ts'
import { checkRow } from './reads.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 10_000
const READS_PER_SECOND = 2000
const ALONE = 'point reads alone'
const WITH_ALONE: readonly PeerName[] = ['better-sqlite3', ...ownPeers]
const slow: Column = { head: 'report ms', figures: ['slowMilliseconds'], digits: 0 }

interface SlowBesideFast extends Variant {
  readonly withReports: boolean
  readonly rows: number
}

/** S4: point reads that come by the clock, while one analytical query is always running. */
export const slowBesideFast: Scenario<SlowBesideFast> = {
  code: 'S4',
  name: 'slow-beside-fast',
  title: `${READS_PER_SECOND.toLocaleString('en')} point reads per second by the clock, beside a report that is always running`,
  peers: ['better-sqlite3', 'docs-worker-cached', ...ownPeers],
  baselines: [{ label: 'direct', peers: ['better-sqlite3'] }],
  columns: [rate('reads'), latency, loopDelay, slow],
  charts: [{ figure: 'latencyP99', title: 'Latency of a point read, p99, milliseconds', logarithmic: true }],
  targets: [
    { figure: 'latencyP99', atMost: 5, appliesTo: ({ withReports }) => withReports },
    { figure: 'loopDelayP99', atMost: 2, appliesTo: ({ withReports }) => withReports },
    {
      figure: 'operationsPerSecond',
      atLeast: 0.8,
      appliesTo: ({ withReports }) => withReports,
      against: () => ALONE,
    },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 100, timedMilliseconds: 320 },
  notes: [
    settingsNote,
    'Reports run during the warm-up too, so that no connection that they need is opened later.',
    'Open loop: a read starts when it is due, whether or not earlier ones have answered, and its latency counts from ' +
      'then on; up to 1 ms of it is the timer. The rate is that of the answers.',
    `The report: ${REPORT.replaceAll(/\s+/g, ' ')}`,
  ],
  variants: ({ quick }: Scope) => [
    ...(quick ? [] : [{ name: ALONE, withReports: false, rows: ROWS, peers: WITH_ALONE }]),
    { name: 'beside reports', withReports: true, rows: quick ? QUICK_ROWS : ROWS },
  ],
  prepare: (folder, variants) => {
    for (const { rows } of variants) createUsers(folder, rows)
  },
  trial,
}

async function trial(peer: Peer, { withReports, rows }: SlowBesideFast, conditions: Conditions): Promise<Trial> {
  const session = await peer.open(usersFile(conditions.folder, rows), equalSettings)
  const report = ability(session, 'all')(REPORT)
  const hash = withReports ? hashOf(await report()) : null
  const read = reader(session, rows)
  const { warmUpMilliseconds, timedMilliseconds } = conditions
  const reports = withReports ? runReports(report) : null
  await openLoop(READS_PER_SECOND, warmUpMilliseconds, read)
  let latencies: number[] = []
  const figures = await measure(async () => {
    latencies = await openLoop(READS_PER_SECOND, timedMilliseconds, read)
    return latencies.length
  })
  const slowMilliseconds = await reports?.stop()
  await session.close()
  const measured = { ...figures, ...latencyOf(latencies) }
  return { hash, figures: slowMilliseconds === undefined ? measured : { ...measured, slowMilliseconds } }
}

function reader(session: Session, rows: number): () => Promise<void> {
  const one = ability(session, 'one')(POINT_READ)
  const random = seededRandom(20_250_404)
  return async () => {
    const id = 1 + random(rows)
    checkRow(id, await one(id))
  }
}

/** Runs one report after the other until it is stopped, which gives how long one took on average. */
function runReports(report: () => Promise<Row[]>): { stop(): Promise<number> } {
  let stopped = false
  const run = async () => {
    const milliseconds: number[] = []
    while (!stopped) {
      const start = performance.now()
      await report()
      milliseconds.push(performance.now() - start)
      // A peer that blocks would let the loop never turn again.
      await setImmediate()
    }
    return milliseconds.reduce((sum, one) => sum + one, 0) / milliseconds.length
  }
  const running = run()
  return {
    stop() {
      stopped = true
      return running
    },
  }
}
