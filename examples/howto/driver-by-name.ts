/**
 * The driver is named, not imported: offloop loads it, in the thread that will use it. The second argument goes to the
 * driver, the third is for the pool. Changing the database's driver is changing one word.
 */
import { ConnectionPool, type SqlError } from 'offloop'

async function greet(driver: string): Promise<string> {
  await using pool = new ConnectionPool(driver, { filename: ':memory:' }, { name: 'howto' })
  const [row] = await pool.runQuery<{ greeting: string }>("SELECT 'hello, ' || ? AS greeting", driver)
  return row?.greeting ?? ''
}

export async function main(print: (line: string) => void = console.log): Promise<void> {
  print(await greet('node-sqlite'))
  print(await greet('better-sqlite3'))
  await greet('no-such-driver').catch((error: SqlError) => print(`${error.code}: ${error.name}`))
}

if (import.meta.main) await main()
