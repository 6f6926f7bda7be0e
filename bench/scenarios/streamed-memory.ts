import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Trial } from '../harness/scenario.ts'
import { ability, type Session } from '../peers/peer.ts'
import { counted } from '../tables/counted.ts'

const MEBIBYTE = 2 ** 20
const ROWS_PER_GLANCE = 5000
const FIRST_ROWS = 1_000_000

/** Reads so many rows row by row and watches how much more memory the process holds than for the first million. */
export async function streamedMemory(session: Session, rows: number): Promise<Trial> {
  const stream = ability(session, 'stream')
  let highest = 0
  let sum = 0
  const read = async (count: number) => {
    let done = 0
    for await (const row of stream(counted(count))) {
      sum += row.i as number
      if (++done % ROWS_PER_GLANCE === 0) highest = Math.max(highest, process.memoryUsage.rss())
    }
    return done
  }
  await read(FIRST_ROWS)
  const before = highest
  const figures = await measure(() => read(rows))
  return { hash: hashOf(sum), figures: { ...figures, megabytes: (highest - before) / MEBIBYTE } }
}
