import { AbortError, type ConnectionPool, ProgrammingError, SqlError, UnsupportedValueError } from 'offloop'
import { seededRandom } from '../../../bench/harness/random.ts'
import type { Network } from '../network.ts'
import type { Words } from './setting.ts'

/** Whoever gives back what was asked. */
export interface Asker {
  ask(values: unknown, signal?: AbortSignal): Promise<unknown>
}

/** What many callers got who each asked for a value of their own. */
export interface NonceFigures {
  readonly asked: number
  readonly right: number
  /** Answers with the value of somebody else, or of nobody. */
  readonly foreign: number
  /** Values that no database takes, refused. */
  readonly refused: number
  readonly aborted: number
  /** Questions that were lost with their connection, and told so. */
  readonly lost: number
  /** What else went wrong, by its kind. */
  readonly strange: Readonly<Record<string, number>>
  readonly cuts: number
}

export interface NonceRun {
  readonly seed: number
  readonly count: number
  /** Milliseconds between two cuts. */
  readonly pause: number
  /** Milliseconds after which no more is asked. */
  readonly longest: number
}

const CALLERS = 200
const LOSSES = ['connectionLost', 'commitUnknown']

const poison: readonly unknown[] = [
  [undefined],
  [Symbol('poison')],
  [() => 1],
  [],
  ['one', 'too many'],
  new Array(70_000).fill(1),
  { nonce: 'by name' },
]

/** Every way to ask a pool; the first ones are asked most. */
export function askerOf(pool: ConnectionPool, { placeholder }: Words, seed: number): Asker {
  const next = seededRandom(seed + 1)
  const one = `SELECT ${placeholder(1)} AS nonce`
  const ways: ((values: never, signal: AbortSignal | undefined) => Promise<unknown>)[] = [
    async (values, signal) => (await pool.runQuery(one, values, signal ? { signal } : {}))[0]?.nonce,
    async (values, signal) => {
      const options = { rowMode: 'array', ...(signal && { signal }) } as const
      return (await pool.runQuery<string[]>(`${one} UNION SELECT NULL WHERE 1 = 0`, values, options))[0]?.[0]
    },
    async (values, signal) =>
      (await pool.runInteraction(signal ? { signal } : {}, (txn) => txn.query(one, values)))[0]?.nonce,
    async (values, signal) => {
      for await (const row of pool.stream(one, values, signal ? { signal } : {})) return row.nonce
      return undefined
    },
  ]
  return {
    ask: (values, signal) => {
      const way = ways[next(20) < 17 ? next(2) : next(ways.length)]
      return (way as (typeof ways)[number])(values as never, signal)
    },
  }
}

/**
 * A client that makes a mistake that was once made: it takes note of who asked before it looks at what is asked, and gives
 * answers to whoever is first in its notes.
 */
export function mixingAsker(asker: Asker): Asker {
  const noted: PromiseWithResolvers<unknown>[] = []
  return {
    async ask(values) {
      const mine = Promise.withResolvers<unknown>()
      noted.push(mine)
      const [nonce] = values as [unknown]
      if (typeof nonce !== 'string') throw new ProgrammingError('refused', { code: 'X', kind: 'parameters' })
      asker.ask([nonce]).then(
        (answer) => noted.shift()?.resolve(answer),
        (error: unknown) => noted.shift()?.reject(error),
      )
      const timer = setTimeout(() => mine.reject(new Error('nobody was left to answer')), 1000)
      return await mine.promise.finally(() => clearTimeout(timer))
    },
  }
}

/** Callers without a pause ask together; some ask for what cannot be, some give up, and the network is cut meanwhile. */
export async function askOverBadNetwork(asker: Asker, network: Network, run: NonceRun): Promise<NonceFigures> {
  const next = seededRandom(run.seed)
  const figures = { asked: 0, right: 0, foreign: 0, refused: 0, aborted: 0, lost: 0, cuts: 0 }
  const strange: Record<string, number> = {}
  const onError = (error: unknown) => {
    const { kind } = error as { kind?: string }
    if (error instanceof SqlError && LOSSES.includes(error.kind)) figures.lost++
    else strange[kind ?? String(error)] = (strange[kind ?? String(error)] ?? 0) + 1
  }
  const poisoned = async () => {
    const error = await asker.ask(poison[next(poison.length)]).catch((thrown: unknown) => thrown)
    if (error instanceof UnsupportedValueError || error instanceof ProgrammingError) figures.refused++
    else onError(error)
  }
  const givenUp = async (nonce: string) => {
    const controller = new AbortController()
    const answer = asker.ask([nonce], controller.signal)
    if (next(2) === 0) setImmediate(() => controller.abort())
    else queueMicrotask(() => controller.abort())
    try {
      figures[(await answer) === nonce ? 'right' : 'foreign']++
    } catch (error) {
      if (error instanceof AbortError) figures.aborted++
      else onError(error)
    }
  }
  const asked = async (nonce: string) => {
    await asker.ask([nonce]).then((got) => figures[got === nonce ? 'right' : 'foreign']++, onError)
  }
  const until = performance.now() + run.longest
  const caller = async () => {
    while (figures.asked < run.count && performance.now() < until) {
      const nonce = `nonce ${figures.asked++}`
      const fate = next(100)
      const { lost } = figures
      await (fate === 0 ? poisoned() : fate === 1 ? givenUp(nonce) : asked(nonce))
      // Where the pool refuses at once for a while, whoever asks again at once would keep the loop from all else.
      if (figures.lost > lost) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const nemesis = setInterval(() => {
    const { links } = network
    const link = links[next(links.length || 1)]
    if (!link) return
    figures.cuts++
    if (next(2) === 0) link.cut()
    else link.reset()
  }, run.pause)
  try {
    await Promise.all(Array.from({ length: CALLERS }, caller))
  } finally {
    clearInterval(nemesis)
  }
  return { ...figures, strange }
}
