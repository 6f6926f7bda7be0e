import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ConnectionPool, type PoolOptions, type TimeoutError } from 'offloop'
import { closedAtEnd, type Owner, unwatched } from '../databases.ts'
import { rejectionOf } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

/* What becomes of connections that have yet to catch up with what was given up on them, and of those beside them. */

interface Setting extends PoolOptions {
  readonly layout?: string
  readonly transient?: boolean
}

function gatePool(owner: Owner, { layout = 'equal', transient = true, ...options }: Setting) {
  const clock = new FakeClock()
  const pool = closedAtEnd(
    owner,
    new ConnectionPool(gates, { layout, transient }, { ...unwatched, clock, max: 1, ...options }),
  )
  return { clock, pool }
}

/** Lets time pass in steps, and in each all that it has made ready. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 100) {
    clock.advance(Math.min(100, left))
    await turn()
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

const states = (pool: ConnectionPool) => pool.stats().lanes.map(({ state }) => state)
const echo = async (pool: ConnectionPool, n: number) => (await pool.runQuery<{ echo: number }>('ECHO ?', n))[0]?.echo
const code = (error: unknown) => (error as TimeoutError).code

describe('a connection that is lost for a while', () => {
  test('a database that lives in one connection outlives a call that was given up alone', async (t) => {
    const { clock, pool } = gatePool(t, { layout: 'one', acquireTimeout: 60_000, statementTimeout: 60_000 })
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`, [], { timeout: 100 }))
    await gate.reached()
    await pass(clock, 2000)
    assert.equal(code(await stuck), 'TIMEOUT')
    assert.deepEqual(states(pool), ['lost'])
    const waiting = echo(pool, 5)
    gate.open()
    assert.equal(await waiting, 5)
    const { opened, closed, lost } = pool.stats()
    assert.deepEqual(
      { opened, closed, lost, states: states(pool) },
      { opened: 1, closed: 0, lost: 0, states: ['idle'] },
    )
  })

  test('calls that are given up alone cost no more threads than there may be', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 60_000, statementTimeout: 60_000, max: 2 })
    const gate = new Gate()
    for (let n = 1; n <= 4; n++) {
      const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`, [], { timeout: 100 }))
      await gate.reached(n)
      await pass(clock, 2000)
      assert.equal(code(await stuck), 'TIMEOUT')
    }
    assert.deepEqual(states(pool), ['lost', 'lost', 'lost', 'lost'])
    const waiting = echo(pool, 5)
    await pass(clock, 1000)
    assert.equal(pool.stats().lanes.length, 4)
    gate.open()
    assert.equal(await waiting, 5)
    await until(() => pool.stats().lanes.length === 2)
  })

  test('when one is back, it serves in the place of one that still is lost', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 60_000, statementTimeout: 1000 })
    const gates = [new Gate(), new Gate()]
    for (const gate of gates) {
      const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
      await gate.reached()
      await pass(clock, 2500)
      assert.equal(code(await stuck), 'STATEMENT_TIMEOUT')
    }
    assert.deepEqual(states(pool), ['lost', 'lost'])
    const waiting = echo(pool, 5)
    gates[0]?.open()
    assert.equal(await waiting, 5)
    assert.deepEqual(states(pool), ['idle', 'lost'])
    gates[1]?.open()
    await until(() => pool.stats().lanes.length === 1)
    assert.equal(await echo(pool, 6), 6)
  })

  test('one that is to be closed for its age has deadlines all the same, and is replaced', async (t) => {
    const { clock, pool } = gatePool(t, {
      acquireTimeout: 60_000,
      statementTimeout: 2000,
      maxLifetime: 1000,
      transient: false,
    })
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached()
    await pass(clock, 1200)
    assert.deepEqual(states(pool), ['closing'])
    const waiting = echo(pool, 5)
    await pass(clock, 1200)
    assert.equal(code(await stuck), 'STATEMENT_TIMEOUT')
    await pass(clock, 1200)
    assert.equal(await waiting, 5)
    gate.open()
    await until(() => pool.stats().closed === 1)
  })

  test('so has one whose call was given up when it was to be closed for its age', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 60_000, maxLifetime: 1000, transient: false })
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`, [], { timeout: 1500 }))
    await gate.reached()
    await pass(clock, 1700)
    assert.equal(code(await stuck), 'TIMEOUT')
    const waiting = echo(pool, 5)
    await pass(clock, 1500)
    assert.equal(await waiting, 5)
    gate.open()
    await until(() => pool.stats().closed === 1)
  })

  test('a lease that is destroyed while its statement has no end does not keep its place', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 60_000 })
    const gate = new Gate()
    const lease = await pool.acquire()
    const stuck = rejectionOf(() => lease.query(`WAIT ${gate.number}`))
    await gate.reached()
    const destroyed = lease.destroy()
    const waiting = echo(pool, 5)
    await pass(clock, 2000)
    assert.equal(await waiting, 5)
    assert.equal(code(await stuck), 'ABORTED')
    gate.open()
    await destroyed
    await until(() => pool.stats().lanes.length === 1)
  })

  test('close does not wait longer for one that is back while an interaction still has it', async (t) => {
    const { clock, pool } = gatePool(t, {
      acquireTimeout: 60_000,
      statementTimeout: 1000,
      interactionTimeout: Number.POSITIVE_INFINITY,
      closeTimeout: Number.POSITIVE_INFINITY,
    })
    const gate = new Gate()
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
    const outcome = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await rejectionOf(() => txn.query(`WAIT ${gate.number}`))
        await mayEnd
      }),
    )
    await gate.reached()
    await pass(clock, 2500)
    assert.deepEqual(states(pool), ['lost'])
    const closing = pool.close()
    await turn()
    gate.open()
    await until(() => states(pool)[0] !== 'lost')
    end()
    await outcome
    await closing
    assert.deepEqual(pool.stats().lanes, [])
  })
})

describe('the time of a deadline', () => {
  test('P1 who comes while the loop is late waits no longer for it', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 1000, statementTimeout: Number.POSITIVE_INFINITY })
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    clock.hold(20_000)
    const waiting = rejectionOf(() => pool.runInteraction(() => 1))
    await pass(clock, 1300)
    assert.equal(code(await waiting), 'ACQUIRE_TIMEOUT')
    gate.open()
    await running
  })

  test('a statement is not given up before its time, however long its connection rested before', async (t) => {
    const { clock, pool } = gatePool(t, { statementTimeout: 1000 })
    const gate = new Gate()
    const outcome = pool.runInteraction(async (txn) => {
      await txn.query('ROLE')
      clock.advance(290)
      const last = txn.query(`WAIT ${gate.number}`)
      await gate.reached()
      clock.advance(930)
      gate.open()
      return await last
    })
    assert.deepEqual(await outcome, [{ wait: gate.number }])
  })
})

describe('a closed pool', () => {
  test('a call on it sets no timer', async (t) => {
    const { clock, pool } = gatePool(t, {})
    await echo(pool, 1)
    await pool.close()
    assert.equal(clock.pending, 0)
    await assert.rejects(pool.runQuery('ECHO 1'), { code: 'POOL_CLOSED' })
    await assert.rejects(
      pool.runInteraction(() => 1),
      { code: 'POOL_CLOSED' },
    )
    assert.equal(clock.pending, 0)
  })

  test('F96 an opening that has no end is left behind: neither it nor the drain touches the pool that is started again', async (t) => {
    const { promise: mayOpen, resolve: open } = Promise.withResolvers<void>()
    let openings = 0
    const onOpen = async () => {
      if (openings++ === 0) await mayOpen
    }
    const { clock, pool } = gatePool(t, { onOpen, acquireTimeout: 60_000 })
    const waiting = rejectionOf(() => echo(pool, 1))
    await until(() => openings === 1)
    const closing = pool.close({ timeout: 100 })
    assert.equal(code(await waiting), 'POOL_CLOSED')
    await pass(clock, 1000)
    await closing
    assert.deepEqual([pool.stats().state, states(pool)], ['closed', []])
    await pool.start()
    assert.equal(await echo(pool, 5), 5)
    open()
    await until(() => pool.stats().closed === 1)
    assert.deepEqual([pool.stats().state, states(pool)], ['running', ['idle']])
    assert.equal(await echo(pool, 6), 6)
  })
})
