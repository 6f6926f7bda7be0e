/**
 * What runs in the database thread. The thread imports this module anew, so it does nothing but export functions: no
 * server is started here, no pool is opened.
 */
import { type BlockingTransaction, inThread } from 'offloop'

/** Moves money. Whatever is thrown rolls everything back. */
export const transfer = inThread(
  import.meta,
  'transfer',
  (txn: BlockingTransaction, from: number, to: number, cents: number) => {
    const [account] = txn.query<{ cents: number }>('SELECT cents FROM accounts WHERE id = ?', from)
    if (!account || account.cents < cents) throw Object.assign(new Error('not enough money'), { code: 'NO_FUNDS' })
    txn.execute('UPDATE accounts SET cents = cents - ? WHERE id = ?', [cents, from])
    txn.execute('UPDATE accounts SET cents = cents + ? WHERE id = ?', [cents, to])
    txn.execute('INSERT INTO bookings (debit, credit, cents) VALUES (?, ?, ?)', [from, to, cents])
    return { booking: txn.lastRowId, left: account.cents - cents }
  },
)

/** How the balances are spread: much to compute from many rows, of which only the result leaves the thread. */
export const report = inThread(import.meta, 'report', (txn: BlockingTransaction, classes: number) => {
  const counts = new Map<number, number>()
  let total = 0
  for (const { cents } of txn.iterate<{ cents: number }>('SELECT cents FROM accounts')) {
    const group = Math.floor(cents / (1000 / classes))
    counts.set(group, (counts.get(group) ?? 0) + 1)
    total += cents
  }
  return { total, classes: new Map([...counts].sort(([a], [b]) => a - b)) }
})

/** Work that has nothing to do with the database, and would keep the event loop from turning. */
export const primes = inThread(import.meta, 'primes', (below: number) => {
  const composite = new Uint8Array(below)
  let count = 0
  for (let n = 2; n < below; n++) {
    if (composite[n]) continue
    count++
    for (let multiple = n * n; multiple < below; multiple += n) composite[multiple] = 1
  }
  return count
})
