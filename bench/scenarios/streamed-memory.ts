import { setTimeout } from 'node:timers/promises'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Trial } from '../harness/scenario.ts'
import { ability, type Session } from '../peers/peer.ts'
import { counted } from '../tables/counted.ts'

const MEBIBYTE = 2 ** 20
const ROWS_PER_GLANCE = 5000
const WARM_UP_ROWS = 50_000

/** Reads so many rows row by row and watches how much more memory the process holds. */
export async function streamedMemory(session: Session, rows: number): Promise<Trial> {
  const stream = ability(session, 'stream')
  for await (const _ of stream(counted(WARM_UP_ROWS)));
  await setTimeout(100)
  const before = process.memoryUsage.rss()
  let highest = before
  let sum = 0
  const figures = await measure(async () => {
    let read = 0
    for await (const row of stream(counted(rows))) {
      sum += row.i as number
      if (++read % ROWS_PER_GLANCE === 0) highest = Math.max(highest, process.memoryUsage.rss())
    }
    return read
  })
  return { hash: hashOf(sum), figures: { ...figures, megabytes: (highest - before) / MEBIBYTE } }
}
