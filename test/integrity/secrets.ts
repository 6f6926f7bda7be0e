import { channel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import type { ConnectionPool, Parameters, PoolOptions } from 'offloop'
import { collect, rejectionOf } from '../pool/expect.ts'
import { exits } from './fixtures/exits.ts'

const CANARY = 'canary-5f0e1b'
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, ? FROM n'

/**
 * Everything that an error, or whatever else is told, can be seen as: text, JSON, what a debugger prints, its stack, and
 * the same of all that is behind it, causes too.
 */
function appearances(thrown: unknown): string[] {
  const shown = [String(thrown), inspect(thrown, { depth: 20, showHidden: true }), JSON.stringify(thrown) ?? '']
  if (typeof thrown !== 'object' || thrown === null) return shown
  for (const name of Object.getOwnPropertyNames(thrown)) {
    const value: unknown = Reflect.get(thrown, name)
    if (value !== thrown) shown.push(...(value instanceof Error ? appearances(value) : [inspect(value)]))
  }
  return shown
}

type Call = (pool: ConnectionPool) => Promise<unknown>

function circular(): object {
  const object: Record<string, unknown> = { CANARY: CANARY }
  object.self = object
  return object
}

const wrongValues: readonly unknown[] = [
  [{ secret: CANARY }],
  [circular()],
  [[CANARY]],
  [new String(CANARY)],
  [`${CANARY}\ud800`],
  [Symbol(CANARY)],
  [Object.assign(() => 1, { secret: CANARY })],
  [CANARY, CANARY],
  { secret: CANARY },
  [Buffer.from(CANARY).buffer],
]

const failing: readonly Call[] = [
  (pool) => pool.runOperation('INSERT INTO secrets (word) VALUES (?)', [CANARY]),
  (pool) => pool.runOperation('INSERT INTO secrets (id, word) VALUES (?, ?)', [CANARY, 'x']),
  (pool) => pool.runOperation('INSERT INTO secrets (word, short) VALUES (?, ?)', ['a', CANARY]),
  (pool) => pool.runOperation('INSERT INTO secrets (word, other) VALUES (?, ?)', ['b', CANARY]),
  (pool) => pool.executeMany('INSERT INTO secrets (word) VALUES (?)', [['c'], [CANARY]]),
  (pool) => pool.insertMany('secrets', [{ word: 'd' }, { word: CANARY }]),
  (pool) => pool.runQuery('SELECT missing, ? FROM secrets', [CANARY]),
  (pool) => pool.runQuery('SELECT json(?)', [CANARY]),
  (pool) => pool.runQuery('SELECT abs(?) + abs(-9223372036854775807 - 1)', [CANARY]),
  (pool) => collect(pool.stream('SELECT missing, ?', [CANARY])),
  (pool) => pool.runInteraction((txn) => txn.execute('INSERT INTO secrets (word) VALUES (?)', [CANARY])),
  (pool) => pool.runWithConnection((c) => c.query('INSERT INTO secrets (word) VALUES (?)', [CANARY])),
  (pool) => pool.runQuery('SELECT ?', [CANARY], { signal: AbortSignal.abort() }),
  (pool) => pool.runQuery('SELECT ? UNION ALL SELECT 2', [CANARY], { maxRows: 1 }),
  (pool) => pool.runQuery('SELECT ? AS a, 2 AS a', [CANARY]),
  (pool) => pool.runOperation('INSERT OR ROLLBACK INTO secrets (word) VALUES (?)', [CANARY]),
  (pool) => pool.runQuery('SELECT :a', { a: CANARY, [CANARY.slice(0, 3)]: 1 }),
  (pool) =>
    pool.runInteraction({ retry: { attempts: 2, on: () => true, delay: 0 } }, (txn) =>
      txn.query('INSERT INTO secrets (word) VALUES (?)', [CANARY]),
    ),
  (pool) => pool.runInteraction((txn) => void txn.execute('SELECT missing, ?', [CANARY])),
  (pool) =>
    pool.runInteraction(async (txn) => {
      await txn.execute('INSERT OR ROLLBACK INTO secrets (word) VALUES (?)', [CANARY]).catch(() => undefined)
    }),
  (pool) =>
    pool.runQuery(ENDLESS, [CANARY], {
      timeout: 1,
    }),
  ...wrongValues.map(
    (values): Call =>
      (pool) =>
        pool.runQuery('SELECT ?', values as Parameters),
  ),
  ...wrongValues.map(
    (values): Call =>
      (pool) =>
        pool.executeMany('SELECT ?', [values as Parameters]),
  ),
]

/** What everybody is told who listens: the pool's events, its log, and the tracing channels. */
interface Listening {
  readonly told: unknown[]
  readonly options: PoolOptions
  listen(pool: ConnectionPool): void
  end(): void
}

const EVENTS = ['opening', 'opened', 'openFailed', 'closed', 'closeFailed', 'lost', 'leak', 'walGrown'] as const
const CHANNELS = ['offloop:query', 'offloop:transaction', 'offloop:pool:acquire'] as const
const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

function listening(): Listening {
  const told: unknown[] = []
  // As they are at that moment: a trace goes on changing.
  const hear = (what: unknown) => void told.push(...appearances(what))
  const channels = CHANNELS.flatMap((name) => PHASES.map((phase) => channel(`tracing:${name}:${phase}`)))
  for (const each of channels) each.subscribe(hear)
  return {
    told,
    options: { noisy: true, logQueries: true, log: hear, leakWarning: 1, walWarning: 1, reconnect: true },
    listen(pool) {
      for (const event of EVENTS) pool.events.on(event, hear)
    },
    end() {
      for (const each of channels) each.unsubscribe(hear)
    },
  }
}

/** Where a secret was looked for, and where it was seen. */
export interface Secrets {
  readonly failures: number
  /** Texts that were looked through: of errors, and of what was told to listeners. */
  readonly errors: number
  readonly told: number
  readonly seen: string[]
}

/** Fails in every way with a secret value, while everybody listens, and tells where that can be seen. */
export async function lookForSecrets(open: (options: PoolOptions) => ConnectionPool): Promise<Secrets> {
  const { told, options, listen, end } = listening()
  try {
    const pool = open(options)
    listen(pool)
    const errors = await failEverywhere(pool)
    const shown = await usesOfAPool(pool)
    await pool.close()
    await new Promise((resolve) => setImmediate(resolve))
    const texts = [...errors, ...shown, ...appearances(pool), ...appearances(pool.stats()), ...(told as string[])]
    const seen = texts.filter((text) => text.includes(CANARY))
    return { failures: failing.length, errors: errors.length, told: told.length, seen }
  } finally {
    end()
  }
}

async function failEverywhere(pool: ConnectionPool): Promise<string[]> {
  await pool.runOperation(`CREATE TABLE secrets (
    id INTEGER PRIMARY KEY, word TEXT UNIQUE, short TEXT CHECK (length(short) < 3), other ANY REFERENCES secrets
  ) STRICT`)
  await pool.runOperation('INSERT INTO secrets (word) VALUES (?)', [CANARY])
  const errors: string[] = []
  for (const call of failing) errors.push(...appearances(await rejectionOf(() => call(pool))))
  return errors
}

/** What a pool shows of itself while values are on their way, held by transactions, streams and leases. */
async function usesOfAPool(pool: ConnectionPool): Promise<string[]> {
  const look = () => [pool, pool.stats(), pool.events].flatMap(appearances)
  const shown: string[] = []
  await pool.runInteraction(async (txn) => {
    await txn.execute('SELECT ?', [CANARY])
    shown.push(...look(), ...appearances(pool.stats().lanes))
  })
  for await (const _ of pool.stream('SELECT ?', [CANARY])) shown.push(...look())
  const lease = await pool.acquire()
  await lease.query('SELECT ?', CANARY)
  shown.push(...look())
  await lease.release()
  await pool.executeMany('INSERT INTO secrets (word, short) VALUES (?, ?)', [[`${CANARY} 2`, 'a']])
  const dying = pool.runInThread(exits, 9)
  const beside = pool.runQuery('SELECT ?', [CANARY])
  shown.push(...look())
  for (const end of await Promise.allSettled([dying, beside]))
    if (end.status === 'rejected') shown.push(...appearances(end.reason))
  return shown
}
