/**
 * Measures what it gains to run a transaction of four statements whole in the database thread, instead of statement by
 * statement from the event loop. Both take turns on one pool that was warmed up; prints the medians of the rounds.
 *
 *   node --conditions=offloop-source scripts/in-thread.ts [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { ConnectionPool, type Transaction } from 'offloop'
import { transfer } from '../examples/in-thread/accounts.ts'

const CALLS = 400
const WAYS = ['callback', 'in thread'] as const
const IN_FLIGHT = [1, 16]

type Way = (typeof WAYS)[number]

/** The same as {@link transfer}, from the loop. */
async function transferByCallback(txn: Transaction, from: number, to: number, cents: number): Promise<void> {
  const [account] = await txn.query<{ cents: number }>('SELECT cents FROM accounts WHERE id = ?', from)
  if (!account || account.cents < cents) throw new Error('not enough money')
  await txn.execute('UPDATE accounts SET cents = cents - ? WHERE id = ?', [cents, from])
  await txn.execute('UPDATE accounts SET cents = cents + ? WHERE id = ?', [cents, to])
  await txn.execute('INSERT INTO bookings (debit, credit, cents) VALUES (?, ?, ?)', [from, to, cents])
}

/** Microseconds of one transfer: of wall time, and of the event loop. */
interface Cost {
  readonly wall: number
  readonly loop: number
}

function call(pool: ConnectionPool, way: Way): Promise<unknown> {
  if (way === 'in thread') return pool.runInteraction(transfer, 1, 2, 1)
  return pool.runInteraction(transferByCallback, 1, 2, 1)
}

async function cost(pool: ConnectionPool, way: Way, inFlight: number): Promise<Cost> {
  let left = CALLS
  const caller = async () => {
    while (left-- > 0) await call(pool, way)
  }
  const loop = performance.eventLoopUtilization()
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, caller))
  const wall = performance.now() - started
  const { active } = performance.eventLoopUtilization(loop)
  return { wall: (wall * 1000) / CALLS, loop: (active * 1000) / CALLS }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

async function compare(pool: ConnectionPool, inFlight: number, rounds: number): Promise<void> {
  const costs: Record<Way, Cost[]> = { callback: [], 'in thread': [] }
  for (const way of WAYS) await cost(pool, way, inFlight)
  for (let i = 0; i < rounds; i++) for (const way of WAYS) costs[way].push(await cost(pool, way, inFlight))
  for (const way of WAYS) {
    const wall = median(costs[way].map((one) => one.wall)).toFixed(0)
    const loop = median(costs[way].map((one) => one.loop)).toFixed(0)
    console.log(`| ${way} | ${inFlight} | ${wall} | ${loop} |`)
  }
}

const rounds = Number(process.argv[2] ?? 9)
const folder = mkdtempSync(join(tmpdir(), 'offloop-'))
try {
  console.log('| transfers | in flight | µs each | µs of the loop each |\n|---|---|---|---|')
  await using pool = new ConnectionPool('node-sqlite', { filename: join(folder, 'bank.db'), durability: 'crash' })
  await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL)')
  await pool.runOperation(
    'CREATE TABLE bookings (id INTEGER PRIMARY KEY, debit INTEGER, credit INTEGER, cents INTEGER)',
  )
  await pool.insertMany('accounts', [
    { id: 1, cents: 1_000_000_000 },
    { id: 2, cents: 0 },
  ])
  for (const inFlight of IN_FLIGHT) await compare(pool, inFlight, rounds)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
