import { AbortError, type ConnectionPool, type Parameters, ProgrammingError, UnsupportedValueError } from 'offloop'
import { seededRandom } from '../../bench/harness/random.ts'
import { type Dialect, sqlite } from '../dialects.ts'

/** What many callers got who each asked for a value of their own. */
export interface NonceFigures {
  readonly asked: number
  readonly right: number
  /** Answers with the value of somebody else, or of nobody. */
  readonly foreign: number
  /** Values that no database takes, refused. */
  readonly refused: number
  readonly aborted: number
  /** Errors that their caller did not cause. */
  readonly strangeErrors: number
}

type Call = (pool: ConnectionPool, nonce: string) => Promise<unknown>

/** Every way to ask; the first ones are asked most. */
function callsOn({ sql, typed, can }: Dialect): readonly Call[] {
  const ask = sql(`SELECT ${typed('text')} AS nonce`)
  const insert = sql('INSERT INTO nonces VALUES (?) RETURNING nonce')
  const calls: readonly (Call | false)[] = [
    async (pool, nonce) => (await pool.runQuery(ask, [nonce]))[0]?.nonce,
    async (pool, nonce) => (await pool.runQuery<string[]>(ask, nonce, { rowMode: 'array' }))[0]?.[0],
    can.names && (async (pool, nonce) => (await pool.runQuery('SELECT :n AS nonce', { n: nonce }))[0]?.nonce),
    can.returning && (async (pool, nonce) => (await pool.runQuery(insert, [nonce]))[0]?.nonce),
    (pool, nonce) =>
      pool.runInteraction({ readOnly: true }, async (txn) => {
        await txn.execute(ask, [nonce])
        return (await txn.fetchOne())?.nonce
      }),
    async (pool, nonce) => {
      for await (const row of pool.stream(ask, [nonce])) return row.nonce
    },
  ]
  return calls.filter((call) => call !== false)
}

function circular(): object {
  const object: { self?: object } = {}
  object.self = object
  return object
}

const poison: readonly unknown[] = [
  [undefined],
  [Symbol('poison')],
  [circular()],
  [() => 1],
  [],
  ['one', 'too many'],
  new Array(70_000).fill(1),
  { nonce: 'by name' },
]

/**
 * Callers without a pause ask `count` questions together; one in a hundred gives what no database takes, one in a
 * hundred gives up while the question is under way.
 */
export async function askForNonces(
  pool: ConnectionPool,
  count: number,
  seed: number,
  dialect: Dialect = sqlite,
): Promise<NonceFigures> {
  const calls = callsOn(dialect)
  const ask = dialect.sql(`SELECT ${dialect.typed('text')} AS nonce`)
  await pool.runOperation('CREATE TABLE IF NOT EXISTS nonces (nonce TEXT)')
  const next = seededRandom(seed)
  const figures = { asked: 0, right: 0, foreign: 0, refused: 0, aborted: 0, strangeErrors: 0 }
  const poisoned = async () => {
    const values = poison[next(poison.length)] as Parameters
    const error = await pool.runQuery(ask, values).catch((thrown: unknown) => thrown)
    const expected = error instanceof UnsupportedValueError || error instanceof ProgrammingError
    figures[expected ? 'refused' : 'strangeErrors']++
  }
  const givenUp = async (nonce: string) => {
    const controller = new AbortController()
    const answer = pool.runQuery(ask, [nonce], { signal: controller.signal })
    if (next(2) === 0) setImmediate(() => controller.abort())
    else queueMicrotask(() => controller.abort())
    try {
      figures[(await answer)[0]?.nonce === nonce ? 'right' : 'foreign']++
    } catch (error) {
      figures[error instanceof AbortError ? 'aborted' : 'strangeErrors']++
    }
  }
  const caller = async () => {
    while (figures.asked < count) {
      const nonce = `nonce ${figures.asked++}`
      const fate = next(100)
      if (fate === 0) await poisoned()
      else if (fate === 1) await givenUp(nonce)
      else {
        const call = calls[fate < 80 ? next(3) : next(calls.length)] as Call
        await call(pool, nonce).then(
          (got) => figures[got === nonce ? 'right' : 'foreign']++,
          () => figures.strangeErrors++,
        )
      }
    }
  }
  await Promise.all(Array.from({ length: 200 }, caller))
  return figures
}
