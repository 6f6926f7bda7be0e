import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AbortError,
  CommitUnknownError,
  ConnectionLostError,
  ConnectionPool,
  InterfaceError,
  NotSupportedError,
  OperationalError,
  PoolClosedError,
  type PoolOptions,
  TimeoutError,
  TransactionRolledBackError,
} from 'offloop'
import type { Connection, Driver } from 'offloop/driver'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'
import * as broken from './fixtures/in-thread/broken.ts'
import * as handle from './fixtures/in-thread/gates.ts'
import * as late from './fixtures/in-thread/late.ts'
import * as nested from './fixtures/in-thread/nested.ts'
import * as plain from './fixtures/in-thread/plain.ts'
import * as starts from './fixtures/in-thread/starts-pool.ts'
import * as wrong from './fixtures/in-thread/wrong.ts'

function gatePool(owner: Owner, options: PoolOptions = {}, layout = 'one'): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(gates, { layout }, options))
}

/** All that was done on the one connection. */
const log = async (pool: ConnectionPool) =>
  (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat().filter((entry) => entry !== 'LOG')

const works = async (pool: ConnectionPool) => assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])

test('ADB-054 a whole transaction is one call to the thread', async (t) => {
  const pool = gatePool(t)
  assert.equal(await pool.runInteraction(handle.run, 'CHANGE 1', 'CHANGE 2'), 2)
  assert.deepEqual(await log(pool), ['begin write', 'CHANGE 1', 'CHANGE 2', 'commit'])
})

test('functions known to be brief are sent behind one another, and run in the order of the calls', async (t) => {
  const pool = gatePool(t)
  // The first run of a function is alone: its module is loaded, and nobody knows how long it takes.
  for (let i = 0; i < 2; i++) await pool.runInteraction(handle.run, 'CHANGE 0')
  const calls = [1, 2, 3].map((n) => pool.runInteraction(handle.run, `CHANGE ${n}`))
  await null
  assert.deepEqual(
    pool.stats().lanes.map(({ inFlight }) => inFlight),
    [3],
  )
  await Promise.all(calls)
  const each = (n: number) => ['begin write', `CHANGE ${n}`, 'commit']
  assert.deepEqual((await log(pool)).slice(6), [1, 2, 3].flatMap(each))
})

test('a reader runs it in a transaction that reads', async (t) => {
  const pool = gatePool(t, {}, 'writer-readers')
  await pool.runInteraction({ readOnly: true }, handle.run, 'ROLE')
  assert.equal(await pool.runInteraction({ readOnly: true }, handle.run, 'ROLE'), 1)
  const error = await rejectionOf(() => pool.runInteraction({ readOnly: true }, handle.run, 'WRITE 0'))
  assert.equal((error as OperationalError).kind, 'readOnly')
})

test('DEF-001 SOT-001 runInThread runs a function without a transaction, on a reader', async (t) => {
  const pool = gatePool(t, {}, 'writer-readers')
  const bytes = new TextEncoder().encode('offloop')
  const digest = await pool.runInThread(plain.hash, bytes)
  assert.equal(digest, plain.hash(bytes))
  assert.deepEqual(
    pool.stats().lanes.map(({ role }) => role),
    ['reader', 'writer'].sort((a) => (a === 'reader' ? 1 : -1)),
  )
  const values = [1n, new Map([[1, new Set(['a'])]]), new Date(5), null, undefined]
  assert.deepEqual(await pool.runInThread(plain.same, ...values), values)
  assert.deepEqual(await pool.runInThread({ timeout: 60_000 }, plain.same), [])
})

test('SOT-002 the loop goes on while a function blocks, and so do the other connections', async (t) => {
  const pool = gatePool(t, { max: 3 }, 'equal')
  const gate = new Gate()
  const blocked = pool.runInThread(plain.gate, gate.number)
  await gate.reached()
  await works(pool)
  gate.open()
  assert.equal(await blocked, gate.number)
})

test('each thread has its own copy of the module', async (t) => {
  const pool = gatePool(t, { max: 2 }, 'equal')
  assert.equal(plain.count(), 1)
  assert.equal(await pool.runInThread(plain.count), 1)
  const gate = new Gate()
  const blocked = pool.runInThread(plain.gate, gate.number)
  await gate.reached()
  const counts = [await pool.runInThread(plain.count)]
  gate.open()
  await blocked
  counts.push(await pool.runInThread(plain.count))
  assert.deepEqual(counts.sort(), [1, 2])
})

test('inside an interaction runInThread uses its connection, so that a pool of one waits for nobody', async (t) => {
  const pool = gatePool(t, { max: 1 })
  await pool.runInteraction(async (txn) => {
    await txn.query('CHANGE 1')
    assert.deepEqual(await pool.runInThread(plain.same, 'x'), ['x'])
    void pool.runInThread(plain.same, 'forgotten')
  })
  const scope = pool.runInteraction(async () => {
    void pool.runInThread({ timeout: 60_000 }, plain.hash, 5 as never)
  })
  assert.equal(((await rejectionOf(() => scope)) as Error).name, 'TypeError')
  assert.deepEqual(await log(pool), ['begin write', 'CHANGE 1', 'commit', 'begin write', 'rollback'])
})

test('a module with top-level await is waited for, and what comes behind it keeps its place', async (t) => {
  const pool = gatePool(t)
  const order: unknown[] = []
  const note = (what: unknown) => void order.push(what)
  await Promise.all([
    pool.runQuery('ECHO ?', 1).then(() => note('before')),
    pool.runInThread(late.late, 2).then(note),
    pool.runQuery('ECHO ?', 1).then(() => note('after')),
  ])
  assert.deepEqual(order, ['before', 42, 'after'])
})

test('DEF-003 a function that a thread cannot find is refused with what to do, and the connection is kept', async (t) => {
  const pool = gatePool(t)
  const code = 'IN_THREAD_NOT_EXPORTED'
  const refusedWith = async (call: () => Promise<unknown>, message: RegExp) => {
    await refused(call, InterfaceError, { code, kind: 'usage', message })
    await works(pool)
  }
  await refusedWith(
    () => pool.runInThread(wrong.other),
    /wrong\.ts exports no function "hidden".*those it does export are other\. Write: export const hidden = inThread/,
  )
  await refusedWith(() => pool.runInThread(wrong.makeClosure()), /as "closure" is not what inThread.*such as a closure/)
  await refusedWith(() => pool.runInThread(wrong.inherited()), /exports no function "toString"/)
  await refusedWith(() => pool.runInteraction(wrong.other as never), /hidden/)
  assert.ok(!(await log(pool)).some((entry) => entry.startsWith('begin')))
})

test('a module that does not load in the thread is refused with its error, each time', async (t) => {
  const pool = gatePool(t)
  for (let i = 0; i < 2; i++) {
    const error = await refused(() => pool.runInThread(broken.never), InterfaceError, {
      code: 'IN_THREAD_UNLOADABLE',
      kind: 'usage',
      message: /the module of "never" could not be loaded.*broken\.ts: not here\. Keep such functions in a module/,
    })
    assert.equal((error.cause as { code?: unknown }).code, 'NOT_HERE')
    await works(pool)
  }
})

test('a module may make a pool, but a thread starts no threads', async (t) => {
  const pool = gatePool(t)
  assert.equal(await pool.runInThread(nested.usesPool), 'running')
  await works(pool)
  const error = await refused(() => pool.runInThread(starts.never), InterfaceError, {
    code: 'IN_THREAD_UNLOADABLE',
    kind: 'usage',
    message: /a pool cannot be used in a database thread/,
  })
  assert.equal((error.cause as { code?: unknown }).code, 'POOL_IN_THREAD')
  await works(pool)
})

test('F16 what is not marked, or marked for something else, is refused', async (t) => {
  const pool = gatePool(t)
  const expected = {
    code: 'NOT_IN_THREAD',
    kind: 'usage',
    message: /inThread\(import\.meta, name, fn\) gave.*a function/,
  }
  await refused(() => pool.runInThread((() => 1) as never), InterfaceError, expected)
  await refused(() => pool.runInThread(undefined as never), InterfaceError, { code: 'NO_CALLBACK', kind: 'usage' })
  const lend = () => pool.runWithConnection(handle.run as never)
  await refused(lend, InterfaceError, { code: 'IN_THREAD_ONLY', kind: 'usage', message: /"run" is marked by inThread/ })
  await refused(() => pool.runInThread({ rowMode: 'array' } as never, plain.count), TypeError, {
    code: 'INVALID_OPTION',
  })
  const fn = handle.run
  await refused(() => pool.runInteraction({ max: 1 } as never, fn), TypeError, { code: 'INVALID_OPTION' })
})

test('a driver without threads says that nothing can run there', async (t) => {
  const driver: Driver = {
    ...gates,
    plan: (source) => gates.plan(source),
    async connect(options, context) {
      const connection = await gates.connect(options as never, context)
      // What is not there is not inherited either.
      return new Proxy(connection, {
        get: (target, name) => {
          const value = Reflect.get(target, name, target)
          if (name === 'runInThread') return undefined
          return typeof value === 'function' ? value.bind(target) : value
        },
      }) as Connection
    },
  }
  const pool = closedAtEnd(t, new ConnectionPool(driver, { layout: 'one' }))
  const expected = { code: 'NO_THREAD', kind: 'unsupported' }
  await refused(() => pool.runInThread(plain.count), NotSupportedError, expected)
  await refused(() => pool.runInteraction(handle.run, 'CHANGE 1'), NotSupportedError, expected)
  await works(pool)
})

const calls = {
  runInteraction: (pool: ConnectionPool, gate: Gate, options: object) =>
    pool.runInteraction(options, handle.run, `WRITE ${gate.number}`, 'CHANGE 2'),
  runInThread: (pool: ConnectionPool, gate: Gate, options: object) =>
    pool.runInThread(options, plain.gate, gate.number),
}

for (const [name, call] of Object.entries(calls)) {
  test(`F89 ${name}: a deadline while it waits leaves the queue, nothing is sent`, async (t) => {
    const clock = new FakeClock()
    const pool = gatePool(t, { clock })
    const [first, never] = [new Gate(), new Gate()]
    const running = pool.runQuery(`WAIT ${first.number}`)
    await first.reached()
    const waiting = call(pool, never, { timeout: 100 })
    clock.advance(100)
    await refused(() => waiting, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
    first.open()
    await running
    assert.equal(never.arrivals, 0)
    await works(pool)
  })

  test(`F90 F91 ${name}: given up while it runs it is given up at once, leaves no trace, and the lane recovers`, async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    const controller = new AbortController()
    const running = call(pool, gate, { signal: controller.signal })
    await gate.reached()
    controller.abort('enough')
    const error = await refused(() => running, AbortError, { code: 'ABORTED', kind: 'aborted' })
    assert.equal(error.cause, 'enough')
    assert.deepEqual(
      pool.stats().lanes.map(({ state }) => state),
      ['recovering'],
    )
    const next = pool.runQuery('ECHO ?', 1)
    gate.open()
    assert.deepEqual(await next, [{ echo: 1 }])
    const done = await log(pool)
    assert.ok(!done.includes('commit') && !done.includes('CHANGE 2'), done.join())
  })

  test(`${name}: a signal that was aborted before sends nothing`, async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    await refused(() => call(pool, gate, { signal: AbortSignal.abort() }), AbortError, {
      code: 'ABORTED',
      kind: 'aborted',
    })
    assert.deepEqual([gate.arrivals, pool.stats().opened], [0, 0])
  })

  test(`P14 ${name}: close waits for what runs and refuses what waits`, async (t) => {
    const pool = gatePool(t)
    const gate = new Gate()
    const running = call(pool, gate, {})
    await gate.reached()
    const waiting = call(pool, gate, {})
    const closing = pool.close()
    await refused(() => waiting, PoolClosedError, { code: 'POOL_CLOSED', kind: 'closed' })
    gate.open()
    assert.notEqual(await running, undefined)
    await closing
    await refused(() => call(pool, gate, {}), PoolClosedError, { code: 'POOL_CLOSED', kind: 'closed' })
  })
}

test('a function that insists is stopped at its next statement once it was given up', async (t) => {
  const pool = gatePool(t)
  const gate = new Gate()
  const controller = new AbortController()
  const { signal } = controller
  const running = pool.runInteraction({ signal }, handle.insists, `WAIT ${gate.number}`, 'CHANGE 1', 'CHANGE 2')
  await gate.reached()
  controller.abort()
  await refused(() => running, AbortError, { code: 'ABORTED', kind: 'aborted' })
  gate.open()
  assert.deepEqual(await log(pool), ['begin write', `WAIT ${gate.number}`, 'rollback'])
})

test('inside an interaction one that is given up is undone alone, and the interaction goes on', async (t) => {
  const pool = gatePool(t)
  const gate = new Gate()
  const controller = new AbortController()
  await pool.runInteraction(async (txn) => {
    const { signal } = controller
    const running = pool.runInteraction({ signal }, handle.run, `WRITE ${gate.number}`)
    await gate.reached()
    controller.abort()
    await refused(() => running, AbortError, { code: 'ABORTED', kind: 'aborted' })
    gate.open()
    await txn.query('CHANGE 1')
  })
  const undone = ['savepoint offloop_1', `WRITE ${gate.number}`, 'rollback to offloop_1', 'release offloop_1']
  assert.deepEqual(await log(pool), ['begin write', ...undone, 'CHANGE 1', 'commit'])
})

test('DEF-021 a thread that dies in a function takes only its own call with it, and is replaced', async (t) => {
  const pool = gatePool(t)
  const died = { code: 'THREAD_DIED', kind: 'connectionLost', message: /exit code 7/ }
  const deaths = [
    () => pool.runInThread(plain.exit, 7),
    () => pool.runInteraction(handle.run, 'EXIT'),
    () => pool.runInteraction({ readOnly: true }, handle.run, 'ARM commit exit'),
    () => pool.runInteraction(() => pool.runInteraction(handle.run, 'EXIT')),
  ]
  for (const death of deaths) {
    await refused(death, ConnectionLostError, died)
    await works(pool)
  }
  assert.equal(pool.stats().lost, deaths.length)
})

test('D15 a thread that dies in COMMIT leaves the outcome unknown', async (t) => {
  const pool = gatePool(t)
  const expected = { code: 'COMMIT_UNKNOWN', kind: 'commitUnknown' }
  const commit = () => pool.runInteraction(handle.run, 'ARM commit exit')
  const error = await refused(commit, CommitUnknownError, expected)
  assert.ok(error.cause instanceof ConnectionLostError)
  assert.equal(error.retryable, false)
  await works(pool)
})

test('a COMMIT that fails rolls back and is told', async (t) => {
  const pool = gatePool(t)
  const expected = { code: 'GATE_FAILED', kind: 'other' }
  await refused(() => pool.runInteraction(handle.run, 'ARM commit fail'), OperationalError, expected)
  assert.deepEqual(await log(pool), ['begin write', 'ARM commit fail', 'commit', 'rollback'])
})

test('a ROLLBACK that fails is tried again, the error of the function is the one that counts', async (t) => {
  const pool = gatePool(t)
  const error = await rejectionOf(() => pool.runInteraction(handle.throws, 'ARM rollback fail'))
  assert.deepEqual([(error as Error).message, (error as { code?: unknown }).code], ['mine', 'MINE'])
  const done = await log(pool)
  assert.deepEqual(done, ['begin write', 'ARM rollback fail', 'rollback', 'rollback'])
})

test('F19 a thread that dies in its ROLLBACK is replaced', async (t) => {
  const pool = gatePool(t)
  const died = { code: 'THREAD_DIED', kind: 'connectionLost' }
  await refused(() => pool.runInteraction(handle.throws, 'ARM rollback exit'), ConnectionLostError, died)
  await works(pool)
})

test('what a transaction lost is told although the function noticed nothing', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:'))
  await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
  const sql = 'INSERT OR ROLLBACK INTO t VALUES (1)'
  const call = () => pool.runInteraction(handle.insists, sql, sql, 'SELECT 1')
  await refused(call, TransactionRolledBackError, { code: 'TRANSACTION_GONE', kind: 'rolledBack' })
  assert.deepEqual(await pool.runQuery('SELECT * FROM t'), [])
})
