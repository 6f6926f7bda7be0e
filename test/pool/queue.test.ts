import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { closedAtEnd, type Owner } from '../databases.ts'
import { collect, rejectionOf } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { failConnects, Gate } from './fixtures/gate-memory.ts'

function gatePool(owner: Owner, layout: string, max: number): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(gates, { layout }, { max }))
}

/** Runs the statement that waits at a gate so that it is known to be slow, and shuts the gate. */
async function becomeSlow(pool: ConnectionPool, gate: Gate): Promise<void> {
  const call = pool.runQuery(`WAIT ${gate.number}`)
  await gate.reached()
  const reached = performance.now()
  while (performance.now() - reached < 2);
  gate.open()
  await call
  gate.shut()
}

describe('with one connection', () => {
  test('ADB-040 ADB-007 calls of all kinds are served in the order in which they were made', async (t) => {
    const pool = gatePool(t, 'one', 1)
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const served: number[] = []
    const kinds = [
      (n: number) => pool.runQuery('ECHO ?', n),
      (n: number) => pool.runOperation('ECHO ?', n),
      (n: number) => pool.runInteraction((txn) => txn.execute('ECHO ?', n)),
      (n: number) => pool.runWithConnection((connection) => connection.query('ECHO ?', n)),
      (n: number) => pool.executeMany('ECHO ?', [n]),
      (n: number) => collect(pool.stream('ECHO ?', n)),
    ]
    const calls = Array.from({ length: 60 }, (_, n) => kinds[n % kinds.length]?.(n).then(() => served.push(n)))
    assert.equal(pool.stats().waiting, 60)
    gate.open()
    await Promise.all([running, ...calls])
    assert.deepEqual(
      served,
      Array.from({ length: 60 }, (_, n) => n),
    )
  })

  test('ADB-035 F77 one caller at a time: interactions never mix', async (t) => {
    const pool = gatePool(t, 'one', 1)
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        pool.runInteraction(async (txn) => {
          await txn.execute('ECHO ?', n)
          await txn.execute('ROLE')
        }),
      ),
    )
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    const one = ['begin write', 'ECHO ?', 'ROLE', 'commit']
    assert.deepEqual(log, [...Array.from({ length: 20 }, () => one).flat(), 'LOG'])
  })
})

describe('with several connections', () => {
  test('ADB-007 as many calls run at once as there may be connections, and no more', async (t) => {
    const pool = gatePool(t, 'equal', 3)
    const gate = new Gate()
    const calls = Array.from({ length: 7 }, () => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached(3)
    assert.equal(pool.stats().waiting, 4)
    assert.equal(pool.stats().opened, 3)
    gate.open()
    await Promise.all(calls)
    assert.equal(gate.arrivals, 7)
    assert.equal(pool.stats().opened, 3)
  })

  test('ADB-039 a read does not wait behind a slow one while there is another connection', async (t) => {
    // One more than two, in case a busy machine makes the short reads pass for slow.
    const pool = gatePool(t, 'writer-readers', 4)
    const gate = new Gate()
    const slow = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    for (let i = 0; i < 100; i++) assert.deepEqual(await pool.runQuery('ECHO ?', i), [{ echo: i }])
    gate.open()
    await slow
  })

  test('statements known to be slow leave a connection to fast ones, which go before slow ones that wait', async (t) => {
    const pool = gatePool(t, 'writer-readers', 3)
    // More than once, in case the first run was slow because the machine was busy.
    for (let i = 0; i < 10; i++) await pool.runQuery('ECHO ?', i)
    const gates = [new Gate(), new Gate(), new Gate()]
    for (const gate of gates) await becomeSlow(pool, gate)
    const slow = gates.map(({ number }) => pool.runQuery(`WAIT ${number}`))
    await Promise.any(gates.map((gate) => gate.reached(2)))
    for (let i = 0; i < 100; i++) assert.deepEqual(await pool.runQuery('ECHO ?', i), [{ echo: i }])
    assert.deepEqual(pool.stats().waitingFor, { fast: 0, slow: 2, writer: 0 })
    for (const gate of gates) gate.open()
    await Promise.all(slow)
  })

  test('a writer does not hold up readers, nor readers a writer', async (t) => {
    const pool = gatePool(t, 'writer-readers', 2)
    const gate = new Gate()
    const write = pool.runOperation(`WRITE ${gate.number}`)
    await gate.reached()
    assert.deepEqual(await pool.runQuery('ROLE'), [{ role: 'reader' }])
    gate.open()
    assert.deepEqual(await write, { rowCount: 1, lastRowId: null })
    const held = new Gate()
    const read = pool.runQuery(`WAIT ${held.number}`)
    await held.reached()
    assert.deepEqual(await pool.runInteraction((txn) => txn.query('ROLE')), [{ role: 'writer' }])
    held.open()
    await read
  })

  test('a write that was taken for a read goes to the writer, once and for all', async (t) => {
    const pool = gatePool(t, 'writer-readers', 2)
    const gate = new Gate()
    gate.open()
    for (const _ of [1, 2, 3]) assert.deepEqual(await pool.runQuery(`WRITE ${gate.number}`), [])
    const served = pool.stats().lanes.map(({ role, served }) => [role, served])
    assert.deepEqual(
      new Map(served as [string, number][]),
      new Map([
        ['writer', 3],
        ['reader', 1],
      ]),
    )
    assert.equal(gate.arrivals, 3)
  })

  test('a read-only interaction has a reader, and others write meanwhile', async (t) => {
    const pool = gatePool(t, 'writer-readers', 2)
    const gate = new Gate()
    gate.open()
    await pool.runInteraction({ readOnly: true }, async (txn) => {
      assert.deepEqual(await txn.query('ROLE'), [{ role: 'reader' }])
      await pool.outside(() => pool.runOperation(`WRITE ${gate.number}`))
    })
  })

  test('the snapshot tells who is where', async (t) => {
    const pool = gatePool(t, 'writer-readers', 2)
    const gate = new Gate()
    const read = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    await pool.runInteraction(() => {
      const queued = pool.outside(() => pool.runQuery('ROLE'))
      const { lanes, waiting, waitingFor } = pool.stats()
      assert.deepEqual(
        new Map(lanes.map(({ role, state }) => [role, state])),
        new Map([
          ['writer', 'leased'],
          ['reader', 'busy'],
        ]),
      )
      assert.equal(waiting, 1)
      assert.deepEqual(waitingFor, { fast: 1, slow: 0, writer: 0 })
      gate.open()
      return queued
    })
    await read
    assert.ok(pool.stats().lanes.every(({ state, inFlight }) => state === 'idle' && inFlight === 0))
  })
})

describe('connections that cannot be opened', () => {
  test('ADB-061 after some failures the next call works, and no place is lost', async (t) => {
    const pool = gatePool(t, 'equal', 2)
    failConnects(4)
    for (let i = 0; i < 4; i++) {
      const error = await rejectionOf(() => (i % 2 ? pool.runQuery('ECHO ?', i) : pool.runInteraction(() => 1)))
      assert.equal((error as { code?: unknown }).code, 'GATE_SHUT')
    }
    const gate = new Gate()
    const both = [pool.runQuery(`WAIT ${gate.number}`), pool.runQuery(`WAIT ${gate.number}`)]
    await gate.reached(2)
    gate.open()
    await Promise.all(both)
    assert.deepEqual({ ...pool.stats(), lanes: pool.stats().lanes.length }.lanes, 2)
  })

  test('one that cannot be opened does not take those who wait for another with it', async (t) => {
    const pool = gatePool(t, 'equal', 2)
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    failConnects(1)
    const waiting = pool.runQuery('ECHO ?', 5)
    gate.open()
    assert.deepEqual(await waiting, [{ echo: 5 }])
    await running
    failConnects(0)
  })
})
