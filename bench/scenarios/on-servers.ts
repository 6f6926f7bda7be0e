import { closedLoop, warmUp } from '../harness/closed-loop.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Trial } from '../harness/scenario.ts'
import { ability, type Session, type Value } from '../peers/peer.ts'
import { COLUMNS, INSERT, makeItems, TABLE, tupleOf } from '../tables/items.ts'
import { POINT_READ } from '../tables/users.ts'
import { hashOfRows, workOf } from './reads.ts'

/** Of the table that point reads and large results are of. */
export const ROWS = 10_000

const COUNT = `SELECT count(*) AS count FROM ${TABLE}`
const FIRST = `SELECT ${COLUMNS.join(', ')} FROM ${TABLE} ORDER BY id LIMIT 60`
const MANY = 'SELECT * FROM users WHERE id > ? ORDER BY id LIMIT 1000'
const COMPARED = 60

/** Rows by random ids in a closed loop. */
export async function timedServerReads(session: Session, inFlight: number, conditions: Conditions): Promise<Trial> {
  const read = ability(session, 'one')(POINT_READ)
  const hash = await hashOfRows(read, { rows: ROWS, inFlight })
  const work = workOf(read, ROWS)
  await warmUp(inFlight, conditions.warmUpMilliseconds, work)
  return { hash, figures: await measure(() => closedLoop(inFlight, conditions.timedMilliseconds, work)) }
}

/** Results of 1000 rows, one after the other. */
export async function timedResults(session: Session, conditions: Conditions): Promise<Trial> {
  const read = ability(session, 'all')(MANY)
  const random = seededRandom(20_250_606)
  const hash = hashOf(await read(17))
  const work = {
    next: () => random(ROWS - 1000),
    operation: (after: number) => read(after),
    check(after: number, rows: readonly { id?: unknown }[]) {
      if (rows.length !== 1000 || rows[999]?.id !== after + 1000) throw new Error('These are not the rows asked for')
    },
  }
  await closedLoop(1, conditions.warmUpMilliseconds, work)
  return { hash, figures: await measure(() => closedLoop(1, conditions.timedMilliseconds, work)) }
}

/** Inserts of one row, each its own transaction, in a closed loop; counts afterwards what stands. */
export async function timedServerInserts(session: Session, inFlight: number, conditions: Conditions): Promise<Trial> {
  const insert = ability(session, 'run')(INSERT)
  await ability(session, 'run')(`TRUNCATE TABLE ${TABLE}`)()
  const tuples = makeItems(1000).map(tupleOf)
  for (const tuple of tuples.slice(0, COMPARED)) await insert(...tuple)
  const random = seededRandom(20_250_202)
  const work = {
    next: () => tuples[random(tuples.length)] as Value[],
    operation: (values: Value[]) => insert(...values),
    check: () => {},
  }
  const before = COMPARED + (await warmUp(inFlight, conditions.warmUpMilliseconds, work))
  let done = 0
  const figures = await measure(async () => {
    done = await closedLoop(inFlight, conditions.timedMilliseconds, work)
    return done
  })
  return { hash: await checkedHash(session, before + done), figures }
}

/** Inserts of many rows with one call, one call after the other; what is counted is calls. */
export async function timedBatches(session: Session, rows: number, conditions: Conditions): Promise<Trial> {
  const insert = ability(session, 'insertTuples')
  await ability(session, 'run')(`TRUNCATE TABLE ${TABLE}`)()
  const tuples = makeItems(rows).map(tupleOf)
  const work = { next: () => tuples, operation: (list: Value[][]) => insert(list, 1), check: () => {} }
  const before = await closedLoop(1, conditions.warmUpMilliseconds, work)
  let done = 0
  const figures = await measure(async () => {
    done = await closedLoop(1, conditions.timedMilliseconds, work)
    return done
  })
  return { hash: await checkedHash(session, (before + done) * rows), figures }
}

async function checkedHash(session: Session, expected: number): Promise<string> {
  const row = await ability(session, 'one')(COUNT)()
  if (Number(row?.count) === expected) return hashOf(await ability(session, 'all')(FIRST)())
  throw new Error(`${expected} rows were inserted and ${row?.count} stand in the table`)
}
