import { inspect } from 'node:util'
import type { ConnectionPool, Parameters } from 'offloop'
import { collect, rejectionOf } from '../pool/expect.ts'

const CANARY = 'canary-5f0e1b'
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, ? FROM n'

/** Everything that an error can be seen as: text, JSON, what a debugger prints, and the same of all behind it. */
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

/** Fails in every way with a secret value, and tells where that can be seen. */
export async function lookForSecrets(pool: ConnectionPool): Promise<{ failures: number; seen: string[] }> {
  await pool.runOperation(`CREATE TABLE secrets (
    id INTEGER PRIMARY KEY, word TEXT UNIQUE, short TEXT CHECK (length(short) < 3), other ANY REFERENCES secrets
  ) STRICT`)
  await pool.runOperation('INSERT INTO secrets (word) VALUES (?)', [CANARY])
  const seen: string[] = []
  let failures = 0
  for (const call of failing) {
    const thrown = await rejectionOf(() => call(pool))
    failures++
    seen.push(...appearances(thrown).filter((text) => text.includes(CANARY)))
  }
  const shown = [inspect(pool, { depth: 20, showHidden: true }), JSON.stringify(pool), inspect(pool.stats())]
  return { failures, seen: [...seen, ...shown.filter((text) => text.includes(CANARY))] }
}
