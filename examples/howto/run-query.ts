/**
 * One query, one answer: `runQuery` sends the statement to a database thread and resolves to the rows. A statement with
 * one placeholder takes its value as it is; no array is needed around it.
 */
import { ConnectionPool } from 'offloop'

type Age = { age: number }

export async function main(print: (line: string) => void = console.log): Promise<void> {
  await using pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation('CREATE TABLE users (name TEXT PRIMARY KEY, age INTEGER NOT NULL)')
  await pool.runOperation('INSERT INTO users (name, age) VALUES (?, ?)', ['joe', 39])

  const getAge = (user: string) => pool.runQuery<Age>('SELECT age FROM users WHERE name = ?', user)
  const printAge = ([found]: Age[]) => print(found ? `${found.age} years old` : 'No such user')

  await getAge('joe').then(printAge)
  await getAge('jane').then(printAge)
}

if (import.meta.main) await main()
