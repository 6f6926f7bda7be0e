/*
 * Not run: what is written here compiles, or does not where it says so. `tsc` over the repository proves it.
 */
import { type BlockingTransaction, type ConnectionPool, inThread, type Row } from 'offloop'

const transfer = inThread(import.meta, 'transfer', (txn: BlockingTransaction, from: number, note?: string) => {
  txn.execute('UPDATE accounts SET note = ? WHERE id = ?', [note ?? null, from])
  return { changed: txn.rowCount }
})
const hash = inThread(import.meta, 'hash', (bytes: Uint8Array, ...salts: string[]) => `${bytes.length}${salts.length}`)
const later = inThread(import.meta, 'later', async (_txn: BlockingTransaction, n: number) => n)
const nothing = inThread(import.meta, 'nothing', () => undefined)

export async function types(pool: ConnectionPool): Promise<void> {
  const given: { changed: number } = await pool.runInteraction(transfer, 1)
  const again: { changed: number } = await pool.runInteraction({ readOnly: true, timeout: 5 }, transfer, 1, 'note')
  const digest: string = await pool.runInThread(hash, new Uint8Array(1), 'a', 'b')
  const limited: string = await pool.runInThread({ signal: AbortSignal.timeout(5) }, hash, new Uint8Array(1))
  const settled: number = await pool.runInteraction(later, 1)
  const none: undefined = await pool.runInThread(nothing)
  // Callbacks of the loop are inferred as before.
  const rows: Row[] = await pool.runInteraction(async (txn) => await txn.query('SELECT 1'))
  const sum: number = await pool.runInteraction({ readOnly: true }, (txn, a: number) => a + txn.rowCount, 1)
  void [given, again, digest, limited, settled, none, rows, sum]

  // @ts-expect-error the argument is missing
  await pool.runInteraction(transfer)
  // @ts-expect-error the argument is of another type
  await pool.runInteraction(transfer, 'one')
  // @ts-expect-error there is no such option
  await pool.runInteraction({ readonly: true }, transfer, 1)
  // @ts-expect-error it takes no transaction
  await pool.runInteraction(hash, new Uint8Array(1))
  // @ts-expect-error it takes a transaction, which nobody has outside
  await pool.runInThread(transfer, 1)
  // @ts-expect-error it is not marked
  await pool.runInThread((n: number) => n, 1)
  // @ts-expect-error a transaction is not made by an option
  await pool.runInThread({ readOnly: true }, nothing)
  // @ts-expect-error it is marked, and a connection is lent on the loop
  await pool.runWithConnection(transfer, 1)
}

// @ts-expect-error the module comes first
inThread('later', () => 1)

export const rowsOfTheirOwn = inThread(import.meta, 'rowsOfTheirOwn', (txn: BlockingTransaction) => {
  const ages: number[] = txn.query<{ age: number }>('SELECT age FROM users').map(({ age }) => age)
  const [first] = txn.cursor<[number]>({ rowMode: 'array' }).execute('SELECT 1')
  for (const { age } of txn.iterate<{ age: number }>('SELECT age FROM users')) ages.push(age)
  const inner: number = txn.savepoint(() => ages.length)
  return [inner, first?.[0]]
})
