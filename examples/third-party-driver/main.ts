/* How a user of the driver names it: by the path of its module, or by the name of its package. */
import { ConnectionPool } from 'offloop'

const module = `${import.meta.dirname}/driver.ts`
await using pool = new ConnectionPool(module, { file: ':memory:' })

await pool.runOperation('CREATE TABLE users (name TEXT UNIQUE, age INTEGER)')
await pool.insertMany('users', [
  { name: 'joe', age: 39 },
  { name: 'ann', age: 31 },
])
const [user] = await pool.runQuery<{ age: number }>('SELECT age FROM users WHERE name = ?', 'joe')
console.log(`joe is ${user?.age}`)

const error = await pool.runOperation('INSERT INTO users VALUES (?, ?)', ['joe', 40]).catch((thrown) => thrown)
console.log(`${error.name}, kind ${error.kind}`)
