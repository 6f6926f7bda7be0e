import { CommitUnknownError, type ConnectionPool, type PoolOptions, type Transaction } from 'offloop'
import { seededRandom } from '../../../bench/harness/random.ts'
import type { Network } from '../network.ts'

/** What many transfers over a bad network came to. */
export interface LedgerFigures {
  readonly attempts: number
  readonly ok: number
  readonly failed: number
  /** Nobody could say whether they were committed. */
  readonly unknown: number
  /** Of those, how many were. */
  readonly unknownCommitted: number
  /** Said to be committed, and not there. */
  readonly missing: number
  /** Said to have failed, and there. */
  readonly present: number
  readonly sum: number
  readonly cuts: number
  /** What failed, by the kind of error. */
  readonly kinds: Readonly<Record<string, number>>
}

export const ACCOUNTS = 10
export const SUM = 1000
const CLIENTS = 8
/** Milliseconds between two cuts. */
const PAUSE = 8
/** One COMMIT in so many is passed on, and its answer is not. */
const HELD = 12

/** How the harness is to run. */
export interface LedgerRun {
  readonly seed: number
  /** How many links are to be cut before it may end. */
  readonly cuts: number
  readonly unknown: number
  /** Milliseconds after which it ends in any case. */
  readonly longest: number
  readonly open: (options: PoolOptions) => ConnectionPool
}

/**
 * Moves money between accounts through a network that is cut all the time, and compares what the callers were told with what
 * the database has, read on a way of its own.
 */
export async function moveOverBadNetwork(
  direct: ConnectionPool,
  network: Network,
  run: LedgerRun,
): Promise<LedgerFigures> {
  await openBooks(direct)
  const next = seededRandom(run.seed)
  const pool = run.open({ max: 4 })
  const ends = { ok: new Set<number>(), failed: new Set<number>(), unknown: new Set<number>() }
  const kinds: Record<string, number> = {}
  let attempts = 0
  let cuts = 0
  const until = performance.now() + run.longest
  const goesOn = () => performance.now() < until && (cuts < run.cuts || ends.unknown.size < run.unknown)
  const transfer = async (id: number) => {
    try {
      await pool.runInteraction((txn) => move(txn, direct.dialect, id, next(ACCOUNTS), next(ACCOUNTS), next(50)))
      ends.ok.add(id)
    } catch (error) {
      const kind = String((error as { kind?: unknown }).kind ?? error)
      kinds[kind] = (kinds[kind] ?? 0) + 1
      ends[error instanceof CommitUnknownError ? 'unknown' : 'failed'].add(id)
      // Where the pool refuses at once for a while, whoever asks again at once would keep the loop from all else.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const client = async () => {
    while (goesOn()) await transfer(attempts++)
  }
  network.onRequest = (bytes, link) => {
    if (isCommit(bytes) && next(HELD) === 0) {
      const { onAnswer } = network
      network.onAnswer = (answer, from) => {
        if (from !== link) return onAnswer(answer, from)
        network.onAnswer = onAnswer
        cuts++
        link.cut()
        return null
      }
    }
    return bytes
  }
  const nemesis = setInterval(() => {
    const { links } = network
    const link = links[next(links.length || 1)]
    if (!link) return
    cuts++
    if (next(2) === 0) link.cut()
    else link.reset()
  }, PAUSE)
  try {
    await Promise.all(Array.from({ length: CLIENTS }, client))
  } finally {
    clearInterval(nemesis)
    network.onRequest = (bytes) => bytes
    network.onAnswer = (bytes) => bytes
  }
  await pool.close()
  return { attempts, cuts, kinds, ...(await audit(direct, ends)) }
}

function isCommit(bytes: Buffer): boolean {
  return bytes.toString('latin1').toUpperCase().includes('COMMIT')
}

async function openBooks(pool: ConnectionPool): Promise<void> {
  await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)')
  await pool.runOperation('CREATE TABLE ledger (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)')
  await pool.insertMany(
    'accounts',
    Array.from({ length: ACCOUNTS }, (_, id) => ({ id, balance: SUM / ACCOUNTS })),
  )
}

async function move(
  txn: Transaction,
  dialect: string | undefined,
  id: number,
  from: number,
  to: number,
  amount: number,
): Promise<void> {
  const [one, two] = dialect === 'postgres' ? ['$1', '$2'] : ['?', '?']
  // In one order, so that two transfers seldom wait for each other in a circle.
  for (const [account, change] of [[from, -amount] as const, [to, amount] as const].sort(([a], [b]) => a - b)) {
    await txn.execute(`UPDATE accounts SET balance = balance + ${one} WHERE id = ${two}`, [change, account])
  }
  await txn.execute(`INSERT INTO ledger VALUES (${one}, ${two})`, [id, amount])
}

type Ends = Readonly<Record<'ok' | 'failed' | 'unknown', ReadonlySet<number>>>

async function audit(pool: ConnectionPool, { ok, failed, unknown }: Ends) {
  const ledger = new Set((await pool.runQuery<[number]>('SELECT id FROM ledger', [], { rowMode: 'array' })).flat())
  const [row] = await pool.runQuery('SELECT sum(balance) AS sum FROM accounts')
  return {
    ok: ok.size,
    failed: failed.size,
    unknown: unknown.size,
    unknownCommitted: [...unknown].filter((id) => ledger.has(id)).length,
    missing: [...ok].filter((id) => !ledger.has(id)).length,
    present: [...failed].filter((id) => ledger.has(id)).length,
    sum: Number(row?.sum),
  }
}
