import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { AbortError, type CallOptions, ConnectionPool, type PoolOptions, TimeoutError } from 'offloop'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, type Owner, unwatched } from '../databases.ts'
import { collect, refused } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

function gatePool(owner: Owner, options: PoolOptions = {}, connect: object = {}): ConnectionPool {
  return closedAtEnd(
    owner,
    new ConnectionPool(gates, { layout: 'one', ...connect }, { ...unwatched, ...noDeadlines, ...options }),
  )
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Every way to occupy a connection until a gate opens. */
const calls: Record<string, (pool: ConnectionPool, gate: Gate, options: CallOptions) => Promise<unknown>> = {
  runQuery: (pool, gate, options) => pool.runQuery(`WAIT ${gate.number}`, [], options),
  runOperation: (pool, gate, options) => pool.runOperation(`WRITE ${gate.number}`, [], options),
  executeMany: (pool, gate, options) => pool.executeMany(`WRITE ${gate.number}`, [[]], options),
  stream: (pool, gate, options) => collect(pool.stream(`WAIT ${gate.number}`, [], options)),
  runInteraction: (pool, gate, options) => pool.runInteraction(options, (txn) => txn.execute(`WAIT ${gate.number}`)),
  runWithConnection: (pool, gate, options) =>
    pool.runWithConnection(options, (connection) => connection.query(`WAIT ${gate.number}`)),
}

const log = async (pool: ConnectionPool) =>
  (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat().filter((entry) => entry !== 'LOG')

describe('given up while waiting for a connection', () => {
  for (const [name, call] of Object.entries(calls)) {
    test(`NOD-008 F90 ${name}: an abort leaves the queue, nothing is sent, the others keep their order`, async (t) => {
      const pool = gatePool(t)
      const first = new Gate()
      const never = new Gate()
      const running = pool.runQuery(`WAIT ${first.number}`)
      await first.reached()
      const controller = new AbortController()
      const order: string[] = []
      const before = pool.runQuery('ECHO ?', 1).then(() => order.push('before'))
      const waiting = call(pool, never, { signal: controller.signal })
      const after = pool.runQuery('ECHO ?', 2).then(() => order.push('after'))
      assert.equal(pool.stats().waiting, 3)
      const reason = { why: 'enough' }
      controller.abort(reason)
      const error = await refused(() => waiting, AbortError, { code: 'ABORTED', kind: 'aborted' })
      assert.equal(error.cause, reason)
      assert.equal(pool.stats().waiting, 2)
      first.open()
      await Promise.all([running, before, after])
      assert.deepEqual(order, ['before', 'after'])
      assert.equal(never.arrivals, 0)
      assert.equal(listeners(controller.signal), 0)
    })

    test(`NOD-009 F89 ${name}: so does a deadline`, async (t) => {
      const clock = new FakeClock()
      const pool = gatePool(t, { clock })
      const first = new Gate()
      const never = new Gate()
      const running = pool.runQuery(`WAIT ${first.number}`)
      await first.reached()
      const waiting = call(pool, never, { timeout: 100 })
      clock.advance(99)
      assert.equal(pool.stats().waiting, 1)
      clock.advance(1)
      const expected = { code: 'TIMEOUT', kind: 'timeout', message: /not done after 100 ms/ }
      assert.equal((await refused(() => waiting, TimeoutError, expected)).retryable, true)
      assert.equal(pool.stats().waiting, 0)
      first.open()
      await running
      assert.equal(never.arrivals, 0)
      assert.equal(clock.pending, 0)
    })
  }

  test('of many who wait, those who stay are served in their order', async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const served: number[] = []
    const controllers = Array.from({ length: 100 }, () => new AbortController())
    const waiting = Promise.allSettled(
      controllers.map(({ signal }, n) => pool.runQuery('ECHO ?', n, { signal }).then(() => served.push(n))),
    )
    for (const [n, controller] of controllers.entries()) if (n % 3 === 0) controller.abort()
    gate.open()
    await running
    const outcomes = await waiting
    const kept = controllers.map((_, n) => n).filter((n) => n % 3 !== 0)
    assert.deepEqual(served, kept)
    assert.ok(outcomes.every(({ status }, n) => status === (n % 3 === 0 ? 'rejected' : 'fulfilled')))
  })
})

describe('given up in flight', () => {
  for (const [name, call] of Object.entries(calls)) {
    test(`ADB-073 ${name}: an abort rejects, undoes what was done, and the next call waits for it and works`, async (t) => {
      const pool = gatePool(t)
      const gate = new Gate()
      const controller = new AbortController()
      const running = call(pool, gate, { signal: controller.signal })
      await gate.reached()
      const reason = new Error('enough')
      controller.abort(reason)
      const next = pool.runQuery('ECHO ?', 5)
      gate.open()
      const error = await refused(() => running, AbortError, { code: 'ABORTED', kind: 'aborted' })
      assert.equal(error.cause, reason)
      assert.deepEqual(await next, [{ echo: 5 }])
      const entries = await log(pool)
      assert.equal(entries.includes('commit'), false, entries.join(', '))
      if (entries.some((entry) => entry.startsWith('begin')))
        assert.ok(entries.includes('rollback'), entries.join(', '))
      assert.equal(listeners(controller.signal), 0)
    })

    test(`ADB-074 ${name}: so does a deadline`, async (t) => {
      const clock = new FakeClock()
      const pool = gatePool(t, { clock })
      const gate = new Gate()
      const running = call(pool, gate, { timeout: 50 })
      await gate.reached()
      clock.advance(50)
      gate.open()
      await refused(() => running, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
      assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
      assert.equal((await log(pool)).includes('commit'), false)
      assert.equal(clock.pending, 0)
    })

    test(`DEF-040 ${name}: an abort after the end has no effect, and nothing listens any more`, async (t) => {
      const clock = new FakeClock()
      const pool = gatePool(t, { clock })
      const gate = new Gate()
      gate.open()
      const controller = new AbortController()
      await call(pool, gate, { signal: controller.signal, timeout: 1000 })
      assert.equal(listeners(controller.signal), 0)
      assert.equal(clock.pending, 0)
      controller.abort()
      clock.advance(5000)
      assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
    })
  }

  test('DEF-041 a statement that gives rows stops between them', async (t) => {
    const pool = gatePool(t, {}, { layout: 'writer-readers' })
    const gate = new Gate()
    const controller = new AbortController()
    const rows = pool.runQuery(`ROWS ${gate.number}`, [], { signal: controller.signal })
    await gate.reached()
    controller.abort()
    await refused(() => rows, AbortError, { code: 'ABORTED', kind: 'aborted' })
    gate.open()
    assert.deepEqual(await pool.runQuery('ROLE'), [{ role: 'reader' }])
  })

  test('DEF-042 the reason tells an abort from a deadline, where both were asked for', async (t) => {
    const clock = new FakeClock()
    const pool = gatePool(t, { clock })
    const gate = new Gate()
    const controller = new AbortController()
    const running = pool.runQuery(`WAIT ${gate.number}`, [], { signal: controller.signal, timeout: 100 })
    await gate.reached()
    controller.abort('mine')
    clock.advance(100)
    gate.open()
    assert.equal((await refused(() => running, AbortError, { code: 'ABORTED', kind: 'aborted' })).cause, 'mine')
    assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
    assert.equal(clock.pending, 0)
  })

  test('F21 an answer that has come wins over a timer that is late', async (t) => {
    const clock = new FakeClock()
    const pool = gatePool(t, { clock })
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`, [], { timeout: 100 })
    await gate.reached()
    gate.open()
    clock.block(3000)
    assert.deepEqual(await running, [{ wait: gate.number }])
    assert.equal(clock.pending, 0)
    const stuck = new Gate()
    const late = pool.runQuery(`WAIT ${stuck.number}`, [], { timeout: 100 })
    await stuck.reached()
    clock.block(3000)
    clock.advance(50)
    stuck.open()
    await refused(() => late, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
  })

  test('F91 an abort in the turn in which the answer comes gives exactly one outcome', async (t) => {
    const pool = gatePool(t)
    for (let i = 0; i < 200; i++) {
      const controller = new AbortController()
      const call = pool.runQuery('ECHO ?', i, { signal: controller.signal })
      const abort = () => controller.abort()
      if (i % 2 === 0) setImmediate(abort)
      else void Promise.resolve().then(abort)
      const [outcome] = await Promise.allSettled([call])
      if (outcome.status === 'fulfilled') assert.deepEqual(outcome.value, [{ echo: i }])
      else assert.ok(outcome.reason instanceof AbortError)
      assert.deepEqual(await pool.runQuery('ECHO ?', -i), [{ echo: -i }])
    }
  })
})

test('DEF-041 the limit of an interaction is that of every statement and every inner interaction in it', async (t) => {
  const pool = gatePool(t)
  const gate = new Gate()
  const controller = new AbortController()
  const nested = pool.runInteraction({ signal: controller.signal }, () =>
    pool.runInteraction((inner) => inner.query(`ROWS ${gate.number}`)),
  )
  await gate.reached()
  controller.abort()
  gate.open()
  await refused(() => nested, AbortError, { code: 'ABORTED', kind: 'aborted' })
  const entries = await log(pool)
  assert.equal(entries.at(-1), 'rollback')
})

test('an interaction that was given up before it began never calls its callback', async (t) => {
  const pool = gatePool(t)
  await pool.start()
  const controller = new AbortController()
  let called = false
  const call = pool.runInteraction({ signal: controller.signal }, () => {
    called = true
  })
  controller.abort()
  await refused(() => call, AbortError, { code: 'ABORTED', kind: 'aborted' })
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  assert.equal(called, false)
  const connection = new AbortController()
  const lent = pool.runWithConnection({ signal: connection.signal }, async (c) => {
    const query = c.query('ECHO ?', 1)
    connection.abort()
    await query
  })
  await refused(() => lent, AbortError, { code: 'ABORTED', kind: 'aborted' })
  assert.deepEqual(await pool.runInteraction((txn) => txn.query('ECHO ?', 2)), [{ echo: 2 }])
})
