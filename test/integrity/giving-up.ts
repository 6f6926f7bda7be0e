import { AbortError, type ConnectionPool } from 'offloop'

/** What became of calls that were given up, and of others beside them. */
export interface AbortFigures {
  readonly aborted: number
  /** Given up, and ended otherwise than by that or with their result. */
  readonly strangeEnds: number
  /** Calls of others, and those among them that did not get their own answer. */
  readonly innocents: number
  readonly harmed: number
  /** Milliseconds from the abort to the rejection: the median and the longest. */
  readonly median: number
  readonly longest: number
}

const LONG = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'

/** Gives up endless queries in flight, with calls of others before, beside and behind each. */
export async function abortInFlight(pool: ConnectionPool, count: number): Promise<AbortFigures> {
  const figures = { aborted: 0, strangeEnds: 0, innocents: 0, harmed: 0 }
  const delays: number[] = []
  const innocent = async (nonce: number) => {
    figures.innocents++
    const got = await pool.runQuery<{ n: number }>('SELECT ? AS n', [nonce]).catch(() => [])
    if (got[0]?.n !== nonce) figures.harmed++
  }
  for (let i = 0; i < count; i++) {
    const controller = new AbortController()
    const before = innocent(3 * i)
    const rows = pool.stream(LONG, [], { signal: controller.signal, pageSize: 100 })
    await rows.next()
    const beside = innocent(3 * i + 1)
    const ending = rows.next().then(async () => {
      for (;;) await rows.next()
    })
    const aborted = performance.now()
    controller.abort()
    const behind = innocent(3 * i + 2)
    const end = await ending.catch((error: unknown) => error)
    delays.push(performance.now() - aborted)
    figures[end instanceof AbortError ? 'aborted' : 'strangeEnds']++
    await Promise.all([before, beside, behind])
  }
  delays.sort((a, b) => a - b)
  return { ...figures, median: delays[delays.length >> 1] ?? 0, longest: delays.at(-1) ?? 0 }
}
