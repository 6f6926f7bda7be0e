import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Trial } from '../harness/scenario.ts'
import { ability, type Session } from '../peers/peer.ts'
import { counted } from '../tables/counted.ts'

const MEBIBYTE = 2 ** 20
const ROWS_PER_GLANCE = 5000

/** Reads so many rows row by row and watches how much memory the process holds at its highest. */
export async function streamedMemory(session: Session, rows: number): Promise<Trial> {
  const stream = ability(session, 'stream')
  let highest = 0
  let sum = 0
  const figures = await measure(async () => {
    let read = 0
    for await (const row of stream(counted(rows))) {
      sum += row.i as number
      if (++read % ROWS_PER_GLANCE === 0) highest = Math.max(highest, process.memoryUsage.rss())
    }
    return read
  })
  return { hash: hashOf(sum), figures: { ...figures, megabytes: highest / MEBIBYTE } }
}
