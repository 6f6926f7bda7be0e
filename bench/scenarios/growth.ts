import { availableParallelism } from 'node:os'
import type { Chart } from '../harness/chart.ts'
import { type Column, loopCost, loopDelay, processor } from '../harness/columns.ts'
import type { Scenario, Scope, Target, Variant } from '../harness/scenario.ts'
import { ownPeers } from '../peers/index.ts'
import { settingsNote } from '../peers/settings.ts'
import { createUsers, POINT_READ } from '../tables/users.ts'
import { type Reads, timedReads } from './reads.ts'

const ROWS = 10_000
const IN_FLIGHT = 64
const REFERENCE = nameOf('in flight', IN_FLIGHT)
const BLOCKS = 3
const wall: Column = { head: 'wall us', figures: ['microseconds'], digits: 2 }

interface Growth extends Variant, Reads {
  readonly varied: 'rows' | 'in flight' | 'connections'
  readonly amount: number
}

/** S13: what one operation costs while one thing grows. */
export const growth: Scenario<Growth> = {
  code: 'S13',
  name: 'growth',
  title: `Growth: ${POINT_READ}, random ids, ${ROWS.toLocaleString('en')} rows and ${IN_FLIGHT} in flight unless varied`,
  peers: ownPeers.slice(0, 1),
  baselines: [],
  columns: [wall, loopCost, loopDelay, processor],
  charts: [
    chart('rows', 'Wall time of a read by rows in the table, microseconds'),
    chart('in flight', 'Wall time of a read by reads in flight, microseconds'),
    chart('connections', 'Wall time of a read by connections, microseconds'),
  ],
  targets: [flat('rows', 1), flat('in flight', IN_FLIGHT + 1)],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 130, timedMilliseconds: 150 },
  notes: [
    settingsNote,
    'Closed loop. Wall time is the time of the whole trial by its reads.',
    `Tried in ${BLOCKS} blocks. Larger tables have deeper trees; --long adds 10,000,000 rows.`,
    'With one connection, it writes and reads; with more, one writes and the others read.',
  ],
  variants,
  prepare: (folder, variants) => {
    for (const rows of new Set(variants.map((variant) => variant.rows))) createUsers(folder, rows)
  },
  trial: timedReads,
}

function chart(varied: Growth['varied'], title: string): Chart<Growth> {
  const at = (variant: Growth) => (variant.varied === varied ? variant.amount : null)
  return {
    figure: 'microseconds',
    title,
    logarithmic: varied === 'in flight',
    line: { axis: varied, logarithmic: varied !== 'connections', at },
  }
}

function flat(varied: Growth['varied'], from: number): Target<Growth> {
  const appliesTo = (variant: Growth) => variant.varied === varied && variant.amount >= from
  return { figure: 'microseconds', atLeast: 0.8, atMost: 1.2, appliesTo, against: () => REFERENCE }
}

function variants({ quick, long }: Scope): Growth[] {
  if (quick) return [variant('in flight', 64), variant('in flight', 1000), variant('connections', 1)]
  const rows = [1000, 10_000, 100_000, 1_000_000, ...(long ? [10_000_000] : [])]
  const levels = [1, 4, 16, 64, 256, 1000, 10_000]
  const connections = Array.from({ length: availableParallelism() + 1 }, (_, index) => index + 1)
  return [
    ...rows.map((amount) => variant('rows', amount)),
    ...levels.map((amount) => variant('in flight', amount)),
    ...connections.map((amount) => variant('connections', amount)),
  ]
}

function variant(varied: Growth['varied'], amount: number): Growth {
  return {
    name: nameOf(varied, amount),
    varied,
    amount,
    rows: varied === 'rows' ? amount : ROWS,
    inFlight: varied === 'in flight' ? amount : IN_FLIGHT,
    settings: 'equal',
    blocks: BLOCKS,
    ...(varied === 'connections' && { connections: amount }),
  }
}

function nameOf(varied: Growth['varied'], amount: number): string {
  return `${amount.toLocaleString('en')} ${varied}`
}
