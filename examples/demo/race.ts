import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { styleText } from 'node:util'
import type { ConnectionPool } from 'offloop'
import { DemoError } from './options.ts'
import { count, heading, print, table, time } from './screen.ts'
import { type Watched, watchLoop } from './watch.ts'
import { type Words, wordsFor, wordsOf } from './words.ts'

type Answer = { answer: number | bigint }

// Heavy on purpose: a checksum over all files, made anew as many times as asked. The time it takes grows with that
// number, so that it can be tuned.
const heavy = ({ placeholder, sum }: Words) => `
  WITH RECURSIVE pass(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM pass WHERE n < ${placeholder})
  SELECT ${sum('(files.bytes + pass.n) % 97 * length(files.path)')} AS answer FROM pass CROSS JOIN files`

// The part of the wanted time that a trial must take to tell how fast this machine is.
const TRIAL = 1 / 8

/** Runs the heavy query off the loop, and on it where that is possible, and prints what the loop had to bear. */
export async function race(pool: ConnectionPool, seconds: number): Promise<void> {
  const file = pool.dialect === 'sqlite' ? await databaseFile(pool) : null
  const passes = await calibrate(pool, seconds * 1000)
  heading('One heavy query, and what it does to the event loop')
  print(`A checksum over all files, ${count(passes)} times, while a timer should fire every 5 ms.`)
  // A server's driver does not block: there is nothing to compare with.
  const blocking = file === null ? null : await watchLoop(() => askBlocking(file, passes))
  const offloop = await watchLoop(() => askPool(pool, passes))
  show(blocking, offloop)
  if (blocking === null) return
  if (blocking.result !== offloop.result) {
    throw new DemoError(`The answers differ: ${blocking.result} on the loop, ${offloop.result} through offloop.`)
  }
  print(`Both gave the same answer: ${blocking.result.toLocaleString('en')}`)
}

/** How many passes take about `target` milliseconds on this machine. */
async function calibrate(pool: ConnectionPool, target: number): Promise<number> {
  const { mostSteps } = wordsFor(pool)
  for (let passes = 1; ; passes *= 4) {
    const start = performance.now()
    await askPool(pool, passes)
    const took = performance.now() - start
    if (took >= target * TRIAL || passes >= mostSteps) {
      return Math.min(mostSteps, Math.max(1, Math.round((passes * target) / took)))
    }
  }
}

async function askPool(pool: ConnectionPool, passes: number): Promise<number | bigint> {
  const [row] = await pool.runQuery<Answer>(heavy(wordsFor(pool)), passes)
  return answerOf(row)
}

function askBlocking(file: string, passes: number): number | bigint {
  using database = new DatabaseSync(file, { readOnly: true })
  return answerOf(database.prepare(heavy(wordsOf('sqlite'))).get(passes) as Answer | undefined)
}

function answerOf(row: Answer | undefined): number | bigint {
  if (typeof row?.answer === 'number' || typeof row?.answer === 'bigint') return row.answer
  throw new DemoError('The heavy query found no files to count.')
}

async function databaseFile(pool: ConnectionPool): Promise<string> {
  const [main] = await pool.runQuery<{ file: string }>("SELECT file FROM pragma_database_list WHERE name = 'main'")
  if (!main?.file) throw new DemoError('Two connections cannot share a database in memory: give --db a file.')
  return main.file
}

function show(blocking: Watched<unknown> | null, offloop: Watched<unknown>): void {
  const lap = (
    label: string,
    colour: 'red' | 'green',
    { took, longestStall, ticksInTime, ticksExpected }: Watched<unknown>,
  ) => {
    const ticks = `${count(ticksInTime)} of ${count(ticksExpected)}`
    return [label, time(took), styleText(colour, time(longestStall)), styleText(colour, ticks)]
  }
  table(
    [['driver'], ['query took', 'right'], ['longest stall', 'right'], ['timer in time', 'right']],
    [...(blocking ? [lap('node:sqlite on the loop', 'red', blocking)] : []), lap('through offloop', 'green', offloop)],
  )
}
