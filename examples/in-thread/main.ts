/**
 * Functions that run whole in a database thread: a transfer as one trip instead of six, a report that reads many rows and
 * gives few numbers, and a computation without the database. The event loop turns all the while.
 */
import { ConnectionPool } from 'offloop'
import { primes, report, transfer } from './accounts.ts'

const ACCOUNTS = 10_000

export async function main(print: (line: string) => void = console.log): Promise<void> {
  await using pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL)')
  await pool.runOperation(
    'CREATE TABLE bookings (id INTEGER PRIMARY KEY, debit INTEGER, credit INTEGER, cents INTEGER)',
  )
  const rows = Array.from({ length: ACCOUNTS }, (_, i) => ({ id: i + 1, cents: (i * 7) % 1000 }))
  await pool.insertMany('accounts', rows)

  const { booking, left } = await pool.runInteraction(transfer, 3, 1, 10)
  print(`booking ${booking}: account 3 has ${left} cents left`)

  const error = await pool.runInteraction(transfer, 1, 2, 1_000_000).catch((error) => error)
  print(`${error.code}: ${error.message}`)
  const [counted] = await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM bookings')
  print(`bookings: ${counted?.n}`)

  const { total, classes } = await pool.runInteraction({ readOnly: true }, report, 4)
  print(`${ACCOUNTS} accounts hold ${total} cents`)
  for (const [group, count] of classes) print(`class ${group}: ${count}`)

  let turns = 0
  const turning = setInterval(() => turns++)
  print(`primes below ten million: ${await pool.runInThread(primes, 10_000_000)}`)
  clearInterval(turning)
  print(`the event loop turned meanwhile: ${turns > 0 ? 'yes' : 'no'}`)
}

if (import.meta.main) await main()
