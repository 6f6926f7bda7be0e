import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, ConnectionPool, ProgrammingError, TimeoutError } from 'offloop'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, everywhereIsolated, openPool } from '../databases.ts'
import { collect, refused, rejectionOf, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

everywhereIsolated((database, suite) => {
  const { name: dialect, sql, can, codes, count: COUNT, endless: ENDLESS } = database.dialect
  const clock = new FakeClock()
  const pool = openPool(suite, database, { clock, max: 2, ...noDeadlines })

  test('ADB-051 gives every row once and in order, whatever the size of a page', async () => {
    const cases: [rows: number, pageSize: number | undefined][] = [
      [0, undefined],
      [1, undefined],
      [1, 1],
      [7, 1],
      [7, 3],
      [9, 3],
      [999, 1000],
      [1000, 1000],
      [1001, 1000],
      [12_345, undefined],
      [3000, 100_000],
    ]
    for (const [count, pageSize] of cases) {
      const rows = await collect(pool.stream<{ i: number }>(COUNT, count, pageSize === undefined ? {} : { pageSize }))
      assert.equal(rows.length, count)
      assert.ok(
        rows.every(({ i }, at) => i === at + 1),
        `${count} rows by ${pageSize}`,
      )
    }
    await usable(pool)
  })

  test('ADB-051 leaving early frees the connection, in each way to leave', async () => {
    for await (const row of pool.stream(ENDLESS)) {
      assert.deepEqual(row, { i: 1 })
      break
    }
    await usable(pool)
    const thrown = new Error('mine')
    const failing = async () => {
      for await (const _ of pool.stream(ENDLESS)) throw thrown
    }
    assert.equal(await rejectionOf(failing), thrown)
    await usable(pool)
    const iterator = pool.stream(ENDLESS)
    await iterator.next()
    await iterator.return()
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    await usable(pool)
  })

  test('nothing is done before the first row is asked for', async () => {
    const never = pool.stream('INSERT INTO missing VALUES (1)')
    await never.return()
    const other = pool.stream('SELECT * FROM missing')
    await refused(() => other.next(), ProgrammingError, { code: codes.missing, kind: 'missing' })
    await usable(pool)
  })

  test('an error behind many rows comes where it stands', async () => {
    const wrong = dialect === 'sqlite' ? 'abs(-9223372036854775807 - 1)' : '9223372036854775807 + i'
    const broken = `SELECT CASE i WHEN 2500 THEN ${wrong} ELSE i END AS i FROM (${COUNT}) AS n`
    let seen = 0
    const failing = async () => {
      for await (const _ of pool.stream(broken, 5000, { pageSize: 1000 })) seen++
    }
    await assert.rejects(failing, /overflow|out of range/)
    // A server that makes the whole result before it gives a page gives none.
    assert.ok(seen === 2000 || (dialect === 'mysql' && seen === 0), String(seen))
    await usable(pool)
  })

  test('a statement that writes is streamed too', async () => {
    await pool.runOperation('CREATE TABLE written (i INTEGER)')
    if (!can.returning) return
    const insert = 'INSERT INTO written VALUES (1), (2), (3) RETURNING i'
    for (const _ of [1, 2]) {
      assert.deepEqual(await collect(pool.stream(insert)), [{ i: 1 }, { i: 2 }, { i: 3 }])
    }
    assert.deepEqual(await collect(pool.stream('DELETE FROM written')), [])
    assert.deepEqual(await pool.runQuery('SELECT * FROM written'), [])
    await usable(pool)
  })

  test('ADB-041 a stream gives tuples if asked', async () => {
    assert.deepEqual(await collect(pool.stream('SELECT 1 AS a, 2 AS a', [], { rowMode: 'array' })), [[1, 2]])
  })

  test('writers go on while a stream is open, and it does not see what they write', async () => {
    await pool.runOperation('CREATE TABLE growing (i INTEGER)')
    await pool.insertMany(
      'growing',
      Array.from({ length: 3000 }, (_, i) => [i]),
    )
    let seen = 0
    for await (const _ of pool.stream('SELECT i FROM growing', [], { pageSize: 10 })) {
      if (seen++ < 5) await pool.runOperation('INSERT INTO growing VALUES (1)')
    }
    assert.equal(seen, 3000)
  })

  test('ADB-073 an abort between rows ends it, and frees the connection', async () => {
    const controller = new AbortController()
    let seen = 0
    const aborted = async () => {
      for await (const _ of pool.stream(ENDLESS, [], { signal: controller.signal, pageSize: 10 })) {
        if (++seen === 25) controller.abort('mine')
      }
    }
    const error = await refused(aborted, AbortError, { code: 'ABORTED', kind: 'aborted' })
    assert.equal(error.cause, 'mine')
    await usable(pool)
    const late = async () => {
      for await (const _ of pool.stream(ENDLESS, [], { timeout: 100, pageSize: 10 })) {
        if (++seen === 50) clock.advance(100)
      }
    }
    await refused(late, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
    await usable(pool)
    assert.equal(clock.pending, 0)
  })

  test('ADB-066 a stream inside an interaction reads in it', async () => {
    await pool.runOperation('CREATE TABLE inside (i INTEGER)')
    await pool.runInteraction(async (txn) => {
      await txn.executeMany(
        sql('INSERT INTO inside VALUES (?)'),
        Array.from({ length: 2500 }, (_, i) => [i]),
      )
      assert.equal((await collect(pool.stream('SELECT i FROM inside'))).length, 2500)
      for await (const _ of pool.stream('SELECT i FROM inside', [], { pageSize: 10 })) break
      await txn.execute('DELETE FROM inside')
    })
    await usable(pool)
  })
})

describe('what reaches the thread', () => {
  test('ADB-051 no more than one page is asked for ahead of the rows that were taken', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }))
    const gate = new Gate()
    const rows = pool.stream(`ROWS ${gate.number}`, [], { pageSize: 100 })
    for (let i = 0; i < 200; i++) await rows.next()
    assert.equal(gate.arrivals, 0)
    await rows.next()
    await gate.reached()
    gate.open()
    assert.equal((await collect(rows)).length, 600 - 201)
  })

  test('each stream has a connection to itself, and a further one waits', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'equal' }, { max: 2 }))
    const gate = new Gate()
    gate.open()
    const open = () => pool.stream(`ROWS ${gate.number}`, [], { pageSize: 10 })
    const [one, two, three] = [open(), open(), open()]
    await one.next()
    await two.next()
    const third = three.next()
    assert.equal(pool.stats().waiting, 1)
    await one.return()
    assert.deepEqual(await third, { done: false, value: { rows: 0 } })
    await Promise.all([two.return(), three.return()])
    assert.ok(pool.stats().lanes.every(({ state }) => state === 'idle'))
  })
})
