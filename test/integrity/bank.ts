import { type ConnectionPool, IntegrityError, type Transaction } from 'offloop'
import { seededRandom } from '../../bench/harness/random.ts'

/** What readers and the books say of many transfers, some of which failed in their middle. */
export interface BankFigures {
  readonly transfers: number
  readonly committed: number
  /** Failed as they were meant to, each with the very error that was thrown. */
  readonly thrown: number
  /** Ended otherwise than they were meant to. */
  readonly strangeEnds: number
  readonly reads: number
  /** Reads that saw another sum than there is in all accounts. */
  readonly wrongSums: number
  /** Transfers that are in the ledger although they failed, or are not although they were committed. */
  readonly wrongLedger: number
}

const ACCOUNTS = 10
const SUM = 1000
/** So many reads for each transfer: readers without end would take the machine from what they look at. */
const READS = 20

/** Moves money between accounts, in every manner in which a transfer can end, while others add up the accounts. */
export async function transferMoney(pool: ConnectionPool, transfers: number, seed: number): Promise<BankFigures> {
  await openBooks(pool)
  const next = seededRandom(seed)
  const figures = { committed: 0, thrown: 0, strangeEnds: 0, reads: 0, wrongSums: 0 }
  const committed = new Set<number>()
  let begun = 0
  let another = Promise.withResolvers<void>()
  const transfer = async (id: number) => {
    const mine = new Error('mine')
    const fate = next(4)
    try {
      await pool.runInteraction(async (txn) => {
        await move(txn, id, next(ACCOUNTS), next(ACCOUNTS), next(50))
        if (fate === 0) throw mine
        if (fate === 1) await undoneInside(pool, id, mine)
      })
      committed.add(id)
      figures[fate === 0 ? 'strangeEnds' : 'committed']++
    } catch (error) {
      figures[fate === 0 && error === mine ? 'thrown' : 'strangeEnds']++
    }
  }
  const client = async () => {
    while (begun < transfers) {
      another.resolve()
      another = Promise.withResolvers()
      await transfer(begun++)
    }
  }
  const reader = async () => {
    while (begun < transfers) {
      if (figures.reads >= READS * begun) await another.promise
      const [row] = await pool.runQuery<{ sum: number }>('SELECT sum(balance) AS sum FROM accounts')
      figures.reads++
      if (row?.sum !== SUM) figures.wrongSums++
    }
  }
  await Promise.all([...Array.from({ length: 8 }, client), reader(), reader()])
  const ledger = new Set((await pool.runQuery<[number]>('SELECT id FROM ledger', [], { rowMode: 'array' })).flat())
  const wrongLedger = [...ledger, ...committed].filter((id) => !ledger.has(id) || !committed.has(id)).length
  return { transfers, ...figures, wrongLedger }
}

async function openBooks(pool: ConnectionPool): Promise<void> {
  await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)')
  await pool.runOperation('CREATE TABLE ledger (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)')
  const accounts = Array.from({ length: ACCOUNTS }, (_, id) => ({ id, balance: SUM / ACCOUNTS }))
  await pool.insertMany('accounts', accounts)
}

async function move(txn: Transaction, id: number, from: number, to: number, amount: number): Promise<void> {
  await txn.execute('UPDATE accounts SET balance = balance - ? WHERE id = ?', [amount, from])
  await txn.execute('UPDATE accounts SET balance = balance + ? WHERE id = ?', [amount, to])
  await txn.execute('INSERT INTO ledger VALUES (?, ?)', [id, amount])
}

/** An inner interaction and a statement that both fail, and whose failure is handled: the outer one goes on. */
async function undoneInside(pool: ConnectionPool, id: number, mine: Error): Promise<void> {
  await pool
    .runInteraction(async (inner) => {
      await move(inner, -1 - id, 0, 1, 7)
      throw mine
    })
    .catch((error: unknown) => {
      if (error !== mine) throw error
    })
  await pool.runOperation('INSERT INTO ledger VALUES (?, 0)', [id]).catch((error: unknown) => {
    if (!(error instanceof IntegrityError)) throw error
  })
}

/**
 * Interactions in which a statement takes the transaction away, and whose callback swallows that and returns; gives how
 * many of them resolved, and how many rows are there afterwards.
 */
export async function swallowFailures(
  pool: ConnectionPool,
  count: number,
): Promise<{ interactions: number; resolved: number; rows: number }> {
  await pool.runOperation('CREATE TABLE swallowed (id INTEGER PRIMARY KEY)')
  await pool.runOperation('INSERT INTO swallowed VALUES (-1)')
  let resolved = 0
  const one = (id: number) =>
    pool.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO swallowed VALUES (?)', [id])
      await txn.execute('INSERT OR ROLLBACK INTO swallowed VALUES (-1)').catch(() => undefined)
      // Some go on as if nothing had happened.
      if (id % 2 === 0) await txn.execute('INSERT INTO swallowed VALUES (?)', [count + id]).catch(() => undefined)
    })
  const ends = await Promise.allSettled(Array.from({ length: count }, (_, id) => one(id)))
  for (const { status } of ends) if (status === 'fulfilled') resolved++
  const [left] = await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM swallowed')
  return { interactions: count, resolved, rows: (left?.n ?? 0) - 1 }
}
