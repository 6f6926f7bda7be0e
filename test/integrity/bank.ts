import { type ConnectionPool, IntegrityError, type Transaction } from 'offloop'
import { seededRandom } from '../../bench/harness/random.ts'
import { type Dialect, sqlite } from '../dialects.ts'

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
export async function transferMoney(
  pool: ConnectionPool,
  transfers: number,
  seed: number,
  dialect: Dialect = sqlite,
): Promise<BankFigures> {
  await openBooks(pool)
  const next = seededRandom(seed)
  const retry = { attempts: dialect === sqlite ? 1 : 100, delay: 1 }
  const figures = { committed: 0, thrown: 0, strangeEnds: 0, reads: 0, wrongSums: 0 }
  const committed = new Set<number>()
  let begun = 0
  let another = Promise.withResolvers<void>()
  const transfer = async (id: number) => {
    const mine = new Error('mine')
    const fate = next(4)
    // In one order, so that on a server few wait for each other: PostgreSQL looks for that once a second.
    const [from, to] = [next(ACCOUNTS), next(ACCOUNTS)].sort() as [number, number]
    const amount = next(50) - 25
    try {
      await pool.runInteraction({ retry }, async (txn) => {
        await move(txn, dialect, [id, from, to, amount])
        if (fate === 0) throw mine
        if (fate === 1) await undoneInside(pool, dialect, [id, from, to, amount], mine)
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
      if (Number(row?.sum) !== SUM) figures.wrongSums++
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

type Move = readonly [id: number, from: number, to: number, amount: number]

async function move(txn: Transaction, { sql }: Dialect, [id, from, to, amount]: Move): Promise<void> {
  await txn.execute(sql('UPDATE accounts SET balance = balance - ? WHERE id = ?'), [amount, from])
  await txn.execute(sql('UPDATE accounts SET balance = balance + ? WHERE id = ?'), [amount, to])
  await txn.execute(sql('INSERT INTO ledger VALUES (?, ?)'), [id, amount])
}

/** An inner interaction and a statement that both fail, and whose failure is handled: the outer one goes on. */
async function undoneInside(pool: ConnectionPool, dialect: Dialect, [id, from, to]: Move, mine: Error): Promise<void> {
  await pool
    .runInteraction(async (inner) => {
      await move(inner, dialect, [-1 - id, from, to, 7])
      throw mine
    })
    .catch((error: unknown) => {
      if (error !== mine) throw error
    })
  const again = () => pool.runOperation(dialect.sql('INSERT INTO ledger VALUES (?, 0)'), [id])
  await (dialect.can.goOn ? again() : pool.runInteraction(again)).catch((error: unknown) => {
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
  dialect: Dialect = sqlite,
): Promise<{ interactions: number; resolved: number; rows: number }> {
  await pool.runOperation('CREATE TABLE swallowed (id INTEGER PRIMARY KEY)')
  await pool.runOperation('INSERT INTO swallowed VALUES (-1)')
  let resolved = 0
  const insert = dialect.sql('INSERT INTO swallowed VALUES (?)')
  const ending = `INSERT ${dialect.can.goOn ? 'OR ROLLBACK ' : ''}INTO swallowed VALUES (-1)`
  const one = (id: number) =>
    pool.runInteraction(async (txn) => {
      await txn.execute(insert, [id])
      await txn.execute(ending).catch(() => undefined)
      // Some go on as if nothing had happened.
      if (id % 2 === 0) await txn.execute(insert, [count + id]).catch(() => undefined)
    })
  const ends = await Promise.allSettled(Array.from({ length: count }, (_, id) => one(id)))
  for (const { status } of ends) if (status === 'fulfilled') resolved++
  const [left] = await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM swallowed')
  return { interactions: count, resolved, rows: (left?.n ?? 0) - 1 }
}
