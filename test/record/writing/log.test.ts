import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { type ConnectOptions, connect, type StatementLog } from 'offloop/record'
import { sql } from '../../../src/sql/index.ts'
import { type Database, openPool, tunedDatabases } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { createTables, modelsOf, sent } from './fixtures.ts'

const database = tunedDatabases[0] as Database
const suite = { after: (work: () => unknown) => test.after(work as () => void) }
const pool = openPool(suite, database)
await createTables(pool)

/** Models whose statements are told. */
function logging(options: ConnectOptions = {}) {
  const entries: StatementLog[] = []
  const models = modelsOf()
  const db = connect(pool, [models.Person], { log: (entry) => void entries.push(entry), ...options })
  return { ...models, db, entries }
}

test('TWI-009 the log is told of each statement, its time and its rows; of its values only on request', async () => {
  const { Person, entries } = logging()
  await Person.create({ name: 'secret' })
  await Person.where({ name: 'secret' }).updateAll({ age: 1 })
  await Person.insertMany([{ name: 'a' }, { name: 'b' }])
  const told = entries.map(({ sql, rows, rowCount }) => [sql.slice(0, 15), rows, rowCount])
  assert.deepEqual(told, [
    ['insert into "pe', 1, -1],
    ['update "people"', -1, 1],
    ['insert into "pe', -1, 2],
  ])
  for (const entry of entries) {
    assert.ok(entry.duration >= 0)
    assert.ok(Object.isFrozen(entry) && !('values' in entry) && !('error' in entry))
    assert.ok(!JSON.stringify(entry).includes('secret'))
  }
  const open = logging({ logValues: true })
  await open.Person.where({ name: 'secret' }).count()
  assert.deepEqual(open.entries[0]?.values, ['secret'])
})

test('TWI-009 what fails is told with its error, inside transactions as well', async () => {
  const { Person, db, entries } = logging()
  await db.transaction(async () => {
    const error = await rejectionOf(() => Person.create({ name: 'secret' }))
    assert.equal(entries.at(-1)?.error, error)
  })
})

test('TWI-010 a log that throws changes nothing: it is a warning of the process', async () => {
  const mine = new Error('mine')
  const { Person } = logging({
    log: () => {
      throw mine
    },
  })
  const warned = once(process, 'warning')
  const person = await Person.create({ name: 'despite the log', age: 7 })
  assert.equal(person.age, 7)
  const [warning] = (await warned) as [Error & { code: string }]
  assert.deepEqual([warning.name, warning.code], ['OffloopLog', 'OFFLOOP_LOG'])
  assert.match(warning.message, /the log of records threw: Error: mine/)
})

test('TWI-011 statements and values in any script are told as they are', async () => {
  const { Person, entries } = logging({ logValues: true })
  await Person.where({ name: 'Ωμέγα 😀' }).count()
  await Person.where(sql`name = 'Ω' AND 'ü' = 'ä'`).count()
  assert.match(entries[1]?.sql ?? '', /name = 'Ω' AND 'ü' = 'ä'/)
  assert.deepEqual(entries[0]?.values, ['Ωμέγα 😀'])
})

test('TWI-009 subscribers of offloop:query are told of what records send too', async () => {
  const { Person } = logging()
  const statements = await sent(pool, () => Person.all().count())
  assert.deepEqual(statements, ['select count(*) from "people"'])
})
