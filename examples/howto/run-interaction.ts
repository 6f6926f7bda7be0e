/**
 * Several statements, one transaction: `runInteraction` begins it, hands it to the function together with whatever
 * arguments follow, commits when the function returns, and rolls back when it throws. What the function returns is what
 * the caller gets.
 */
import { ConnectionPool, type Transaction } from 'offloop'

async function _getAge(txn: Transaction, user: string): Promise<number | null> {
  await txn.execute('UPDATE users SET lookups = lookups + 1 WHERE name = ?', user)
  await txn.execute('SELECT age FROM users WHERE name = ?', user)
  const found = await txn.fetchOne()
  return found ? Number(found.age) : null
}

export async function main(print: (line: string) => void = console.log): Promise<void> {
  await using pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation('CREATE TABLE users (name TEXT PRIMARY KEY, age INTEGER NOT NULL, lookups INTEGER DEFAULT 0)')
  await pool.runOperation('INSERT INTO users (name, age) VALUES (?, ?)', ['joe', 39])

  const getAge = (user: string) => pool.runInteraction(_getAge, user)
  const printAge = (age: number | null) => print(age === null ? 'No such user' : `${age} years old`)

  await getAge('joe').then(printAge)
  await getAge('jane').then(printAge)

  const [joe] = await pool.runQuery<{ lookups: number }>('SELECT lookups FROM users WHERE name = ?', 'joe')
  print(`joe was looked up ${joe?.lookups} time`)
}

if (import.meta.main) await main()
