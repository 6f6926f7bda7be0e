import { join } from 'node:path'
import { closedLoop, timed, type Work, warmUp } from '../harness/closed-loop.ts'
import { measure } from '../harness/figures.ts'
import { latencyOf } from '../harness/latency.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Trial } from '../harness/scenario.ts'
import { ability, type Peer, type Value } from '../peers/peer.ts'
import { equalSettings, normalSettings, verifySettings } from '../peers/settings.ts'
import { createItems, INSERT, makeItems, removeDatabase, storedItems, TABLE, tupleOf } from '../tables/items.ts'

export const UPDATE = `UPDATE ${TABLE} SET amount = amount + 1 WHERE id = ?`

export interface Writes {
  readonly statement: 'insert' | 'update'
  readonly inFlight: number
  readonly settings: 'normal' | 'full'
}

type Write = (...values: Value[]) => Promise<unknown>

/** Rows that are written before anything is timed: the first half is compared between peers, the others are updated. */
const FIRST = 120
const COMPARED = 60

/** Runs single-row statements in a closed loop, each its own transaction, and counts afterwards what stands. */
export async function timedWrites(peer: Peer, writes: Writes, conditions: Conditions): Promise<Trial> {
  const { folder, warmUpMilliseconds, timedMilliseconds } = conditions
  const file = join(folder, `writes-${process.pid}.db`)
  createItems(file)
  const { run, close } = await openWriter(peer, file, writes, conditions)
  const busy = { count: 0 }
  const work = workOf(countingBusy(run(writes.statement === 'insert' ? INSERT : UPDATE), busy), writes)
  let done = await warmUp(writes.inFlight, warmUpMilliseconds, work)
  const latencies: number[] = []
  const figures = await measure(async () => {
    const count = await closedLoop(writes.inFlight, timedMilliseconds, timed(work, latencies))
    done += count
    return count
  })
  await close()
  const hash = conditions.peer === 'bare-thread' ? null : checkedHash(file, writes, done - busy.count)
  removeDatabase(file)
  return { hash, figures: { ...figures, ...latencyOf(latencies), busy: busy.count } }
}

async function openWriter(peer: Peer, file: string, writes: Writes, conditions: Conditions) {
  const settings = writes.settings === 'full' ? equalSettings : normalSettings
  const session = await peer.open(file, settings)
  if (conditions.peer !== 'bare-thread') await verifySettings(session, settings)
  const run = ability(session, 'run')
  const insert = run(INSERT)
  for (const item of makeItems(FIRST)) await insert(...tupleOf(item))
  return { run, close: () => session.close() }
}

function workOf(write: Write, { statement }: Writes): Work<Value[], unknown> {
  const random = seededRandom(20_250_202)
  const tuples = makeItems(1000).map(tupleOf)
  const insert = () => tuples[random(tuples.length)] as Value[]
  const update = () => [1 + COMPARED + random(FIRST - COMPARED)]
  return {
    next: statement === 'insert' ? insert : update,
    operation: (values) => write(...values),
    check: () => {},
  }
}

function countingBusy(write: Write, busy: { count: number }): Write {
  return async (...values) => {
    try {
      return await write(...values)
    } catch (error) {
      if (!/SQLITE_BUSY|database is locked/.test(`${(error as NodeJS.ErrnoException).code} ${error}`)) throw error
      busy.count++
    }
  }
}

// Only after the peer has closed the file: a second SQLite in one process would take away the locks of the first.
function checkedHash(file: string, { statement }: Writes, done: number): string {
  const { count, sum, hash } = storedItems(file, COMPARED)
  const sumBefore = makeItems(FIRST).reduce((total, { amount }) => total + amount, 0)
  const changed = statement === 'insert' ? count - FIRST : Math.round(sum - sumBefore)
  if (changed === done) return hash
  throw new Error(`${done} writes were answered and ${changed} stand in the table`)
}
