import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lru } from '../../src/drivers/sqlite/lru.ts'
import type { NativeDatabase } from '../../src/drivers/sqlite/native.ts'
import { Session } from '../../src/drivers/sqlite/session.ts'
import { COUNT, drivers, ids, open, run } from './databases.ts'

/** A database that only tells which texts were prepared. */
function recorded(): { database: NativeDatabase; prepared: string[] } {
  const prepared: string[] = []
  const database: NativeDatabase = {
    inTransaction: false,
    wantsGaps: false,
    prepare(sql) {
      if (sql.startsWith('INSERT')) prepared.push(sql)
      return {
        returnsRows: false,
        columns: () => [],
        all: () => [],
        iterate: () => [].values(),
        run: () => ({ changes: 1, lastInsertRowid: 1 }),
      }
    },
    close: () => {},
  }
  return { database, prepared }
}

test('of 10,000 statements a session keeps the last 256, and what is used throughout', () => {
  const { database, prepared } = recorded()
  const session = new Session(database, 256)
  const text = (n: number) => `INSERT INTO t VALUES (${n})`
  for (let n = 0; n < 10_000; n++) {
    session.prepare(text(n))
    session.prepare('INSERT INTO hot VALUES (1)')
  }
  assert.equal(prepared.length, 10_001)
  for (let n = 9999; n > 9999 - 255; n--) session.prepare(text(n))
  assert.equal(prepared.length, 10_001)
  session.prepare(text(9999 - 255))
  assert.equal(prepared.length, 10_002)
})

test('a session that is to keep none prepares every time', () => {
  const { database, prepared } = recorded()
  const session = new Session(database, 0)
  for (let n = 0; n < 5; n++) session.prepare('INSERT INTO t VALUES (1)')
  assert.equal(prepared.length, 5)
})

test('the cache never holds more than its capacity, and what it holds is what was put in', () => {
  fc.assert(
    fc.property(fc.nat({ max: 6 }), fc.array(fc.nat({ max: 12 })), (capacity, asked) => {
      const lru = new Lru<number>(capacity)
      for (const n of asked) {
        const found = lru.get(`${n}`)
        assert.ok(found === undefined || found === n)
        if (found === undefined) lru.set(`${n}`, n)
        assert.ok(lru.size <= capacity)
        assert.equal(lru.get(`${n}`), capacity > 0 ? n : undefined)
      }
    }),
  )
})

for (const driver of drivers) {
  for (const statementCache of [0, 1, 2]) {
    test(`${driver.name}: a statement that is no longer kept is read to its end (${statementCache} kept)`, (t) => {
      const { connection } = open(t, driver, ':memory:', { options: { statementCache } })
      const reading = connection.cursor()
      reading.execute(COUNT, { count: 300 })
      const found = ids(reading.fetchMany(100))
      for (let n = 0; n < 50; n++) {
        assert.deepEqual(run(connection, `SELECT ${n}`), [[BigInt(n)]])
        assert.equal(run(connection, COUNT, { count: 10 }).length, 10)
      }
      found.push(...ids(reading.fetchAll()))
      assert.deepEqual(
        found,
        Array.from({ length: 300 }, (_, i) => i + 1),
      )
    })
  }

  test(`${driver.name}: with no statement kept a change of the schema is seen as ever`, (t) => {
    const { connection } = open(t, driver, ':memory:', { options: { statementCache: 0 } })
    run(connection, 'CREATE TABLE t (a)')
    run(connection, 'INSERT INTO t VALUES (1)')
    assert.equal(run(connection, 'SELECT * FROM t')[0]?.length, 1)
    run(connection, 'ALTER TABLE t ADD COLUMN b')
    assert.equal(run(connection, 'SELECT * FROM t')[0]?.length, 2)
  })

  test(`${driver.name}: 10,000 statements of which 256 are kept each give their own row`, (t) => {
    const { connection } = open(t, driver, ':memory:')
    for (let n = 0; n < 10_000; n++) assert.deepEqual(run(connection, `SELECT ${n}`), [[BigInt(n)]])
  })
}
