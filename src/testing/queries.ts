import { AssertionError } from 'node:assert'
import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'

/** A pool, as far as its statements are told apart from those of others. */
export interface CountedPool {
  stats(): { readonly name: string; readonly database: string }
}

/** What work gave, and the statements that it ran, in order. */
export interface CountedWork<T> {
  readonly result: T
  /** Their texts; BEGIN, COMMIT and the like are none. */
  readonly statements: readonly string[]
}

/** Work whose statements are counted, and the one that it is a part of. */
interface Counting {
  readonly around: Counting | undefined
}

/** How much of a statement a message has. */
const SHOWN = 300

const current = new AsyncLocalStorage<Counting>()

/**
 * Runs `work` and tells which statements it ran on a pool, those of whatever it calls and awaits included. What others run
 * meanwhile does not count.
 *
 * @example
 * const { statements } = await countingQueries(pool, () => User.all().include('pictures'))
 * assert.equal(statements.length, 2)
 */
export async function countingQueries<T>(pool: CountedPool, work: () => T): Promise<CountedWork<Awaited<T>>> {
  const { name, database } = pool.stats()
  const statements: string[] = []
  const counting: Counting = { around: current.getStore() }
  const collect = (message: unknown) => {
    const trace = message as { readonly pool: string; readonly database: string; readonly sql: string }
    if (trace.pool === name && trace.database === database && isPartOf(counting)) statements.push(trace.sql)
  }
  const started = channel('tracing:offloop:query:start')
  started.subscribe(collect)
  try {
    const result = await current.run(counting, async () => await work())
    return { result, statements: [...statements] }
  } finally {
    started.unsubscribe(collect)
  }
}

/**
 * Runs `work` and gives what it gives.
 *
 * @throws {AssertionError} it ran more or fewer statements on the pool than `expected`; the message lists them
 */
export async function expectQueries<T>(pool: CountedPool, expected: number, work: () => T): Promise<Awaited<T>> {
  const { result, statements } = await countingQueries(pool, work)
  if (statements.length === expected) return result
  const list = statements
    .map((statement) => `\n  ${statement.length > SHOWN ? `${statement.slice(0, SHOWN)}...` : statement}`)
    .join('')
  throw new AssertionError({
    message: `expected ${expected} statements, ran ${statements.length}:${list}`,
    actual: statements.length,
    expected,
    operator: 'expectQueries',
    stackStartFn: expectQueries,
  })
}

function isPartOf(counting: Counting): boolean {
  for (let at = current.getStore(); at; at = at.around) if (at === counting) return true
  return false
}
