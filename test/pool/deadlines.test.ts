import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CommitUnknownError, ConnectionPool, OperationalError, type PoolOptions, TimeoutError } from 'offloop'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, type Owner, onEveryDatabase, openPool, unwatched } from '../databases.ts'
import { collect, refused, rejectionOf, usable } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

interface Setting extends PoolOptions {
  readonly layout?: string
}

function gatePool(owner: Owner, { layout = 'equal', ...options }: Setting) {
  const clock = new FakeClock()
  const pool = closedAtEnd(owner, new ConnectionPool(gates, { layout }, { ...unwatched, clock, max: 1, ...options }))
  return { clock, pool }
}

/** Lets time pass in steps, and in each all that it has made ready. */
async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 100) {
    clock.advance(Math.min(100, left))
    await turn()
  }
}

/** Lets time pass until the call has settled, in however many turns the threads need. */
async function endOf<T>(clock: FakeClock, call: Promise<T>): Promise<T> {
  let settled = false
  const end = () => {
    settled = true
  }
  void call.then(end, end)
  while (!settled) await pass(clock, 100)
  return await call
}

const states = (pool: ConnectionPool) => pool.stats().lanes.map(({ state }) => state)

/** Waits for what the threads and the loop do by themselves, as long as it takes. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

const echo = async (pool: ConnectionPool, n: number) => (await pool.runQuery<{ echo: number }>('ECHO ?', n))[0]?.echo

async function makeFast(pool: ConnectionPool): Promise<void> {
  for (let i = 0; i < 10; i++) await echo(pool, i)
}

describe('waiting for a connection', () => {
  test('P1 F89 after acquireTimeout the call rejects, naming who has the connections, and nothing of it is done', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 1000, statementTimeout: Number.POSITIVE_INFINITY })
    const gate = new Gate()
    const never = new Gate()
    const running = pool.runInteraction((txn) => txn.query(`WAIT ${gate.number}`))
    await gate.reached()
    const waiting = rejectionOf(() => pool.runOperation(`WRITE ${never.number}`))
    clock.advance(900)
    assert.equal(pool.stats().waiting, 1)
    clock.advance(200)
    assert.equal(pool.stats().waiting, 0)
    const error = await waiting
    assert.ok(error instanceof TimeoutError)
    assert.deepEqual([error.code, error.kind, error.retryable], ['ACQUIRE_TIMEOUT', 'timeout', true])
    assert.match(
      error.message,
      /within 1000 ms \(acquireTimeout\): 1 wait, and of the connections 1 \(any\) is leased for \d+ ms/,
    )
    gate.open()
    assert.deepEqual(await running, [{ wait: gate.number }])
    assert.equal(await echo(pool, 5), 5)
    assert.equal(never.arrivals, 0)
  })

  test('P1 10,000 callers of all kinds settle by acquireTimeout and a quarter of a second', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 5000, max: 4, maxWaiting: 20_000, statementTimeout: 60_000 })
    const gate = new Gate()
    const running = Array.from({ length: 4 }, () => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached(4)
    let settled = 0
    const kinds = [
      (i: number) => pool.runQuery('ECHO ?', i),
      (i: number) => pool.runOperation('ECHO ?', i),
      () => pool.runInteraction(() => 1),
      () => pool.runWithConnection(() => 1),
      () => pool.executeMany('ECHO ?', [[1]]),
      () => collect(pool.stream('ECHO 1')),
    ]
    const calls = Array.from({ length: 10_000 }, async (_, i) => {
      const error = await rejectionOf(() => kinds[i % kinds.length]?.(i) as Promise<unknown>)
      settled++
      return (error as TimeoutError).code
    })
    await turn()
    clock.advance(4900)
    await turn()
    assert.equal(settled, 0)
    clock.advance(350)
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['ACQUIRE_TIMEOUT']))
    gate.open()
    await Promise.all(running)
    assert.equal(await echo(pool, 5), 5)
  })

  test('F21 F102 time in which the loop was blocked or the machine asleep counts for nobody', async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 1000, statementTimeout: 1000, interactionTimeout: 1000 })
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const waiting = pool.runInteraction(() => 'served')
    clock.advance(500)
    clock.block(60_000)
    assert.equal(pool.stats().waiting, 1)
    clock.advance(300)
    gate.open()
    assert.deepEqual(await running, [{ wait: gate.number }])
    assert.equal(await waiting, 'served')
  })

  test('P11 F88 more than maxWaiting callers are rejected in the same tick; the others are served in order', async (t) => {
    const { pool } = gatePool(t, { maxWaiting: 100 })
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const served: number[] = []
    const waiting = Array.from({ length: 100 }, (_, i) => pool.runQuery('ECHO ?', i).then(() => served.push(i)))
    assert.equal(pool.stats().waiting, 100)
    let code = ''
    void pool.runQuery('ECHO ?', 100).catch((error) => {
      assert.ok(error instanceof OperationalError)
      assert.deepEqual([error.kind, error.retryable], ['queueFull', true])
      code = error.code
    })
    await new Promise<void>((resolve) => process.nextTick(resolve))
    assert.equal(code, 'QUEUE_FULL')
    for (const call of [
      () => pool.runOperation('ECHO ?', 1),
      () => pool.runInteraction(() => 1),
      () => pool.runWithConnection(() => 1),
      () => pool.executeMany('ECHO ?', [[1]]),
      () => collect(pool.stream('ECHO 1')),
    ]) {
      await refused(call, OperationalError, { code: 'QUEUE_FULL', kind: 'queueFull' })
    }
    gate.open()
    await Promise.all([running, ...waiting])
    assert.deepEqual(
      served,
      Array.from({ length: 100 }, (_, i) => i),
    )
  })

  test("a call's own timeout counts where it is shorter", async (t) => {
    const { clock, pool } = gatePool(t, { acquireTimeout: 1000 })
    const gate = new Gate()
    const running = pool.runQuery(`WAIT ${gate.number}`)
    await gate.reached()
    const short = rejectionOf(() => pool.runQuery('ECHO ?', 1, { timeout: 200 }))
    const long = rejectionOf(() => pool.runQuery('ECHO ?', 1, { timeout: 60_000 }))
    clock.advance(300)
    assert.equal(((await short) as TimeoutError).code, 'TIMEOUT')
    clock.advance(1000)
    assert.equal(((await long) as TimeoutError).code, 'ACQUIRE_TIMEOUT')
    gate.open()
    await running
  })
})

describe('a statement without end', () => {
  const timeout = { statementTimeout: 1000, acquireTimeout: 60_000 }

  test('ADB-074 NOD-010 its call rejects, those behind it run elsewhere and notice nothing, and its thread is dropped', async (t) => {
    const { clock, pool } = gatePool(t, timeout)
    await makeFast(pool)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    const behind = Array.from({ length: 20 }, (_, i) => echo(pool, i))
    await gate.reached()
    assert.deepEqual(pool.stats().lanes[0]?.inFlight, 21)
    clock.advance(900)
    assert.deepEqual(states(pool), ['busy'])
    clock.advance(300)
    const error = await stuck
    assert.ok(error instanceof TimeoutError)
    assert.deepEqual([error.code, error.kind, error.sql], ['STATEMENT_TIMEOUT', 'timeout', `WAIT ${gate.number}`])
    assert.match(error.message, /after 1000 ms .*statementTimeout.*cannot be stopped.*Raise statementTimeout/)
    assert.deepEqual(states(pool), ['recovering'])
    clock.advance(1200)
    assert.deepEqual(
      await Promise.all(behind),
      Array.from({ length: 20 }, (_, i) => i),
    )
    assert.deepEqual(states(pool), ['lost', 'idle'])
    assert.deepEqual([pool.stats().opened, pool.stats().waiting], [2, 0])
    gate.open()
    await until(() => pool.stats().closed === 1)
    assert.deepEqual(states(pool), ['idle'])
    assert.equal(await echo(pool, 5), 5)
    assert.equal(gate.arrivals, 1)
  })

  test('a connection that catches up before it is lost goes on', async (t) => {
    const { clock, pool } = gatePool(t, timeout)
    await makeFast(pool)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    const behind = echo(pool, 7)
    await gate.reached()
    clock.advance(1300)
    await stuck
    gate.open()
    assert.equal(await behind, 7)
    assert.deepEqual([states(pool), pool.stats().opened], [['idle'], 1])
  })

  test('no more connections are lost than there may be; after that the wait ends with acquireTimeout', async (t) => {
    const { clock, pool } = gatePool(t, { statementTimeout: 1000, acquireTimeout: 5000 })
    const gate = new Gate()
    for (const n of [1, 2]) {
      const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
      await gate.reached(n)
      await pass(clock, 2500)
      assert.equal(((await stuck) as TimeoutError).code, 'STATEMENT_TIMEOUT')
    }
    assert.deepEqual(states(pool), ['lost', 'lost'])
    const waiting = rejectionOf(() => echo(pool, 1))
    await pass(clock, 5300)
    const error = (await waiting) as TimeoutError
    assert.equal(error.code, 'ACQUIRE_TIMEOUT')
    assert.match(error.message, /1 \(any\) is lost for \d+ ms; 2 \(any\) is lost for \d+ ms/)
    gate.open()
    assert.equal(await echo(pool, 5), 5)
    await until(() => states(pool).every((state) => state === 'idle'))
  })

  test('one that was given up by its caller and goes on is replaced just so', async (t) => {
    const { clock, pool } = gatePool(t, timeout)
    await makeFast(pool)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`, [], { timeout: 100 }))
    const behind = echo(pool, 7)
    await gate.reached()
    await pass(clock, 1500)
    assert.equal(((await stuck) as TimeoutError).code, 'TIMEOUT')
    assert.equal(await behind, 7)
    assert.deepEqual(states(pool), ['lost', 'idle'])
    gate.open()
    await until(() => pool.stats().lanes.length === 1)
  })

  test('a writer is not replaced: those behind it wait in their order, and run when it is back', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'writer-readers', max: 2 })
    for (let i = 0; i < 5; i++) await pool.runOperation('CHANGE ?', i)
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runOperation(`WRITE ${gate.number}`))
    await gate.reached()
    const served: number[] = []
    const behind = Array.from({ length: 10 }, (_, i) => pool.runOperation('CHANGE ?', i).then(() => served.push(i)))
    await pass(clock, 2500)
    const error = await stuck
    assert.ok(error instanceof CommitUnknownError)
    assert.deepEqual([error.code, error.kind, error.retryable], ['COMMIT_UNKNOWN', 'commitUnknown', false])
    const after = pool.runOperation('CHANGE ?', 10).then(() => served.push(10))
    assert.deepEqual(states(pool), ['lost'])
    assert.equal(pool.stats().waiting, 11)
    gate.open()
    await Promise.all([...behind, after])
    assert.deepEqual(
      served,
      Array.from({ length: 11 }, (_, i) => i),
    )
    assert.deepEqual([states(pool), pool.stats().opened], [['idle'], 1])
    const log = (await pool.runWithConnection((c) => c.query<string[]>('LOG', [], { rowMode: 'array' }))).flat()
    assert.equal(log.filter((entry) => entry === 'CHANGE ?').length, 16)
  })

  test('a database that lives in one connection keeps it', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'one' })
    const gate = new Gate()
    const stuck = rejectionOf(() => pool.runQuery(`WAIT ${gate.number}`))
    await gate.reached()
    const waiting = echo(pool, 5)
    await pass(clock, 3000)
    await stuck
    assert.deepEqual(states(pool), ['lost'])
    gate.open()
    assert.equal(await waiting, 5)
    assert.deepEqual([pool.stats().opened, pool.stats().closed], [1, 0])
  })

  test('in an interaction it fails the statement, and the interaction is rolled back', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'one' })
    const gate = new Gate()
    const outcome = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute('ECHO ?', 1)
        await txn.execute(`WAIT ${gate.number}`)
      }),
    )
    await gate.reached()
    await pass(clock, 2500)
    assert.equal(((await outcome) as TimeoutError).code, 'STATEMENT_TIMEOUT')
    gate.open()
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.deepEqual(log, ['begin write', 'ECHO ?', `WAIT ${gate.number}`, 'rollback', 'LOG'])
  })

  test('a callback that swallows it cannot commit', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'one' })
    const gate = new Gate()
    const outcome = rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await rejectionOf(() => txn.execute(`WAIT ${gate.number}`))
        const next = await rejectionOf(() => txn.execute('ECHO ?', 1))
        assert.equal((next as TimeoutError).kind, 'rolledBack')
      }),
    )
    await gate.reached()
    await pass(clock, 2500)
    assert.equal(((await outcome) as TimeoutError).kind, 'rolledBack')
    gate.open()
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.equal(log.includes('commit'), false)
  })

  test('F84 a COMMIT that is not answered is waited for, and then its outcome is unknown', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'one' })
    const gate = new Gate()
    const controller = new AbortController()
    const outcome = rejectionOf(() =>
      pool.runInteraction({ signal: controller.signal }, async (txn) => {
        await txn.execute(`ARM commit ${gate.number}`)
      }),
    )
    await gate.reached()
    controller.abort()
    clock.advance(900)
    assert.equal(pool.stats().lanes[0]?.state, 'leased')
    await pass(clock, 1500)
    const error = await outcome
    assert.ok(error instanceof CommitUnknownError)
    gate.open()
    assert.equal(await echo(pool, 5), 5)
  })

  test('F84 F91 an abort while COMMIT runs waits for the answer', async (t) => {
    const { pool } = gatePool(t, { layout: 'one' })
    const gate = new Gate()
    const controller = new AbortController()
    const interaction = pool.runInteraction({ signal: controller.signal }, async (txn) => {
      await txn.execute(`ARM commit ${gate.number}`)
      return 'committed'
    })
    await gate.reached()
    controller.abort()
    await turn()
    gate.open()
    assert.equal(await interaction, 'committed')
  })
})

describe('an interaction without end', () => {
  const timeout = { ...noDeadlines, interactionTimeout: 1000, layout: 'one' }

  for (const [name, call] of Object.entries({
    runInteraction: (pool: ConnectionPool, work: (c: { query(sql: string): Promise<unknown> }) => Promise<void>) =>
      pool.runInteraction((txn) => work(txn)),
    runWithConnection: (pool: ConnectionPool, work: (c: { query(sql: string): Promise<unknown> }) => Promise<void>) =>
      pool.runWithConnection((connection) => work(connection)),
    'a nested interaction': (
      pool: ConnectionPool,
      work: (c: { query(sql: string): Promise<unknown> }) => Promise<void>,
    ) => pool.runInteraction(() => pool.runInteraction((txn) => work(txn))),
  })) {
    test(`F80 ${name}: rolled back, its handle is dead, and its connection is back after the rollback`, async (t) => {
      const { clock, pool } = gatePool(t, timeout)
      const { promise: begun, resolve } = Promise.withResolvers<void>()
      let handle: { query(sql: string): Promise<unknown> } | undefined
      const outcome = rejectionOf(() =>
        call(pool, async (given) => {
          handle = given
          await given.query('ROLE')
          resolve()
          await new Promise(() => {})
        }),
      )
      await begun.catch(() => undefined)
      clock.advance(900)
      assert.deepEqual(states(pool), ['leased'])
      clock.advance(200)
      const error = await outcome
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.code, 'INTERACTION_TIMEOUT')
      assert.match(error.message, /after 1000 ms \(interactionTimeout\).*Raise interactionTimeout/)
      await assert.rejects(async () => handle?.query('ROLE'), { code: 'TRANSACTION_ENDED' })
      assert.deepEqual(states(pool), ['idle'])
      const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
      assert.deepEqual([log.includes('commit'), log.at(-2)], [false, 'rollback'])
    })
  }

  test('one with a statement that has no end rejects, although its rollback is still to come', async (t) => {
    const { clock, pool } = gatePool(t, timeout)
    const gate = new Gate()
    const outcome = rejectionOf(() => pool.runInteraction((txn) => txn.query(`WAIT ${gate.number}`)))
    await gate.reached()
    await pass(clock, 2500)
    assert.equal(((await outcome) as TimeoutError).code, 'INTERACTION_TIMEOUT')
    const next = echo(pool, 5)
    assert.deepEqual(states(pool), ['lost'])
    gate.open()
    assert.equal(await next, 5)
    const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
    assert.deepEqual(log, ['begin write', `WAIT ${gate.number}`, 'rollback', 'ECHO ?', 'LOG'])
  })

  test('F40 a stream may take as long as its rows are taken, and is given up when none is for so long', async (t) => {
    const { clock, pool } = gatePool(t, { ...timeout, layout: 'equal' })
    const gate = new Gate()
    gate.open()
    const elsewhere = AsyncLocalStorage.snapshot()
    const rows = pool.stream(`ROWS ${gate.number}`, [], { pageSize: 10 })
    for (let i = 0; i < 50; i++) {
      await rows.next()
      await pass(clock, 600)
    }
    assert.equal(
      await endOf(
        clock,
        elsewhere(() => echo(pool, 5)),
      ),
      5,
    )
    const error = await rejectionOf(() => rows.next())
    assert.equal((error as TimeoutError).code, 'INTERACTION_TIMEOUT')
    assert.match((error as TimeoutError).message, /no further for 1000 ms/)
    assert.deepEqual(await rows.next(), { done: true, value: undefined })
  })

  test('a bulk operation may take as long as it goes on', async (t) => {
    const { clock, pool } = gatePool(t, timeout)
    async function* slow(count: number) {
      for (let i = 0; i < count; i++) {
        await pass(clock, 700)
        yield [i]
      }
      if (count < 10) await new Promise(() => {})
    }
    assert.deepEqual(await pool.executeMany('CHANGE ?', slow(10)), { rowCount: 10 })
    const stands = rejectionOf(() => pool.executeMany('CHANGE ?', slow(2)))
    assert.equal(((await endOf(clock, stands)) as TimeoutError).code, 'INTERACTION_TIMEOUT')
    assert.equal(await echo(pool, 5), 5)
  })
})

onEveryDatabase((database, suite) => {
  const clock = new FakeClock()
  const pool = openPool(suite, database, { ...noDeadlines, clock, max: 2, statementTimeout: 1000 })
  const LONG = `INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT i FROM n`
  const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'

  test('ADB-074 a write that reaches statementTimeout leaves no trace, and those behind it are done once', async () => {
    await pool.runOperation('CREATE TABLE t (i)')
    const stuck = rejectionOf(() => pool.runOperation(LONG))
    const behind = [1, 2, 3].map((i) => pool.runOperation('INSERT INTO t VALUES (?)', -i))
    const error = await endOf(clock, stuck)
    await Promise.all(behind)
    // Without group commit such a write has no transaction around it, and stands as soon as it is done.
    const undone = database.options.groupCommit !== false
    assert.ok(error instanceof TimeoutError || (!undone && error instanceof CommitUnknownError), String(error))
    assert.match(error.message, /statementTimeout/)
    const kept = await pool.runQuery(`SELECT i FROM t ${undone ? '' : 'WHERE i < 0'} ORDER BY i`)
    assert.deepEqual(kept, [{ i: -3 }, { i: -2 }, { i: -1 }])
    await usable(pool)
  })

  test('P12 a read without end that yields rows is stopped between them', async () => {
    const stuck = rejectionOf(() => pool.runQuery(ENDLESS))
    assert.equal(((await endOf(clock, stuck)) as TimeoutError).code, 'STATEMENT_TIMEOUT')
    // A connection that took too long to stop is given up, and is there until its thread has ended.
    await until(() => states(pool).every((state) => state === 'idle'))
    await usable(pool)
  })
})

test('wrong deadlines are refused', () => {
  const wrong: [PoolOptions, RegExp][] = [
    [{ acquireTimeout: 0 }, /acquireTimeout must be more than 0 milliseconds, not 0; Infinity means no limit/],
    [{ statementTimeout: -1 }, /statementTimeout must be more than 0/],
    [{ interactionTimeout: Number.NaN }, /interactionTimeout must be more than 0 milliseconds, not NaN/],
    [{ closeTimeout: -1 }, /closeTimeout must be/],
    [{ maxWaiting: 1.5 }, /maxWaiting must be a whole number of at least 0, or Infinity, not 1.5/],
    [{ acquireTimeout: '5' as never }, /acquireTimeout must be a number of milliseconds, not a string/],
    [{ maxWaiting: null as never }, /maxWaiting must be a number, not null/],
  ]
  for (const [options, message] of wrong) {
    assert.throws(() => new ConnectionPool(gates, {}, options), { code: 'INVALID_OPTION', message })
  }
})

test('P11 a caller who waits takes less than 2 KB', async (t) => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { maxWaiting: 20_000 }))
  const gate = new Gate()
  const running = pool.runQuery(`WAIT ${gate.number}`)
  await gate.reached()
  const few = Array.from({ length: 1000 }, (_, i) => pool.runQuery('ECHO ?', i))
  gc()
  const before = process.memoryUsage().heapUsed
  const calls = Array.from({ length: 9000 }, (_, i) => pool.runQuery('ECHO ?', i))
  gc()
  const each = (process.memoryUsage().heapUsed - before) / 9000
  t.diagnostic(`${Math.round(each)} bytes for each`)
  gate.open()
  await Promise.all([running, ...few, ...calls])
  assert.ok(each < 2048, `${each} bytes for each`)
})
