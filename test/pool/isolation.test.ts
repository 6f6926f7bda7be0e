import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AbortError, ConnectionLostError, ConnectionPool, OperationalError, TimeoutError } from 'offloop'
import { closedAtEnd, folder, type Owner } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { rows } from './fixtures/in-thread/handle.ts'

/** Gives no row before its end, which never comes: no driver can stop it. */
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
const ENDLESS_WRITE = `INSERT INTO t ${ENDLESS}`

function openPool(owner: Owner, options: object = {}): ConnectionPool {
  const filename = join(folder(owner), 'test.db')
  return closedAtEnd(
    owner,
    new ConnectionPool('node-sqlite', { filename }, { isolation: 'process', max: 2, ...options }),
  )
}

const count = async (pool: ConnectionPool) => (await pool.runQuery<{ n: number }>('SELECT count(*) AS n FROM t'))[0]?.n

test('isolation is checked', () => {
  for (const isolation of ['threads', '', null, 1, true]) {
    assert.throws(() => new ConnectionPool('sqlite::memory:', { isolation } as object), {
      name: 'TypeError',
      code: 'INVALID_OPTION',
      message: /isolation must be 'thread' or 'process', not /,
    })
  }
})

test('NOD-010 0.4 a statement that cannot be interrupted is stopped at its deadline, wherever it runs', async (t) => {
  const pool = openPool(t)
  await pool.runOperation('CREATE TABLE t (i)')
  const calls = [
    () => pool.runQuery(ENDLESS, [], { timeout: 100 }),
    () => pool.runOperation(ENDLESS_WRITE, [], { timeout: 100 }),
    () => pool.runInteraction({ timeout: 100 }, (txn) => txn.execute(ENDLESS_WRITE)),
    () => pool.runInteraction({ timeout: 100, readOnly: true }, (txn) => txn.execute(ENDLESS)),
    () => pool.runWithConnection({ timeout: 100 }, (connection) => connection.query(ENDLESS)),
    () => pool.executeMany(ENDLESS_WRITE, [[]], { timeout: 100 }),
    () => pool.stream(ENDLESS, [], { timeout: 100 }).next(),
  ]
  for (const [i, call] of calls.entries()) {
    // Whoever waits for a connection to be opened is not the one that is to be stopped.
    await usable(pool)
    assert.equal(pool.stats().lanes.length, 2)
    await refused(call, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
    assert.equal(await count(pool), 0)
    await usable(pool)
    assert.equal(pool.stats().lost, i + 1)
  }
})

test('ADB-073 so it is with a signal, and what the interaction did before is undone', async (t) => {
  const pool = openPool(t)
  await pool.runOperation('CREATE TABLE t (i)')
  const controller = new AbortController()
  const call = () =>
    pool.runInteraction({ signal: controller.signal }, async (txn) => {
      await txn.execute('INSERT INTO t VALUES (1)')
      setImmediate(() => controller.abort('mine'))
      await txn.execute(ENDLESS_WRITE)
    })
  const error = await refused(call, AbortError, { code: 'ABORTED', kind: 'aborted' })
  assert.equal(error.cause, 'mine')
  assert.equal(await count(pool), 0)
  await usable(pool)
})

test('ADB-074 P6 statementTimeout ends the process of whatever runs, and each kind of call is told that it was that', async (t) => {
  // Nor is any tried again, which a connection that is lost would be.
  const pool = openPool(t, { statementTimeout: 200, reconnect: true, retry: 5 })
  await pool.runOperation('CREATE TABLE t (i)')
  const calls: [call: () => Promise<unknown>, code: string][] = [
    [() => pool.runQuery(ENDLESS), 'STATEMENT_TIMEOUT'],
    [() => pool.runOperation(ENDLESS_WRITE), 'COMMIT_UNKNOWN'],
    [() => pool.runInteraction((txn) => txn.execute(ENDLESS_WRITE)), 'STATEMENT_TIMEOUT'],
    [() => pool.stream(ENDLESS).next(), 'STATEMENT_TIMEOUT'],
    [() => pool.runInteraction({ readOnly: true }, rows, ENDLESS), 'STATEMENT_TIMEOUT'],
    [() => pool.runInteraction(rows, ENDLESS_WRITE), 'COMMIT_UNKNOWN'],
  ]
  const codes: unknown[] = []
  for (const [call] of calls) {
    const { lost } = pool.stats()
    codes.push(((await rejectionOf(call)) as TimeoutError).code)
    await usable(pool)
    assert.equal(pool.stats().lost, lost + 1)
    assert.equal(await count(pool), 0)
  }
  assert.deepEqual(
    codes,
    calls.map(([, code]) => code),
  )
  await usable(pool)
})

test('a page of a stream that never comes is given up too', async (t) => {
  const pool = openPool(t)
  await usable(pool)
  const rows = pool.stream(`SELECT 1 AS i UNION ALL SELECT * FROM (${ENDLESS})`, [], { timeout: 500, pageSize: 1 })
  assert.deepEqual((await rows.next()).value, { i: 1 })
  await refused(() => rows.next(), TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
  await usable(pool)
})

test('a BEGIN that waits for a lock does not keep who has given up', async (t) => {
  const filename = join(folder(t), 'test.db')
  const open = () =>
    closedAtEnd(
      t,
      new ConnectionPool('node-sqlite', { filename, busyTimeout: 60_000 }, { isolation: 'process', max: 1 }),
    )
  const [holder, other] = [open(), open()]
  await holder.runOperation('CREATE TABLE t (i)')
  await other.start()
  await holder.runInteraction(async () => {
    const waiting = () => other.runInteraction({ timeout: 100 }, (txn) => txn.execute('INSERT INTO t VALUES (1)'))
    await refused(waiting, TimeoutError, { code: 'TIMEOUT', kind: 'timeout' })
  })
  await usable(other)
  assert.equal(await count(other), 0)
})

test('P14 writes that waited behind one that was stopped are done, each once', async (t) => {
  const pool = openPool(t)
  await pool.runOperation('CREATE TABLE t (i)')
  const stuck = rejectionOf(() => pool.runOperation(ENDLESS_WRITE, [], { timeout: 100 }))
  const behind = Array.from({ length: 50 }, (_, i) => pool.runOperation('INSERT INTO t VALUES (?)', [i]))
  assert.ok((await stuck) instanceof TimeoutError)
  for (const { rowCount } of await Promise.all(behind)) assert.equal(rowCount, 1)
  const rows = await pool.runQuery<number[]>('SELECT i FROM t ORDER BY i', [], { rowMode: 'array' })
  assert.deepEqual(
    rows.flat(),
    Array.from({ length: 50 }, (_, i) => i),
  )
})

test('P14 writes that are given up at any moment are there once or not at all, as their callers were told', async (t) => {
  const pool = openPool(t)
  await pool.runOperation('CREATE TABLE t (i)')
  const done: number[] = []
  const left: number[] = []
  await Promise.all(
    Array.from({ length: 600 }, async (_, i) => {
      const controller = new AbortController()
      const call = pool.runOperation('INSERT INTO t VALUES (?)', [i], { signal: controller.signal })
      for (let turns = i % 40; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
      controller.abort()
      await call.then(
        () => done.push(i),
        (error) => {
          assert.ok(error instanceof AbortError, String(error))
          left.push(i)
        },
      )
    }),
  )
  const rows = await pool.runQuery<number[]>('SELECT i FROM t', [], { rowMode: 'array' })
  assert.deepEqual(rows.flat().sort(byNumber), done.sort(byNumber))
  assert.equal(done.length + left.length, 600)
  assert.equal(pool.stats().lost, 0)
})

test('P14 DEF-021 many deaths of processes leave the pool as it was', async (t) => {
  const options = { max: 3, isolation: 'process' } as const
  const pool = closedAtEnd(t, new ConnectionPool(gates, { layout: 'equal' }, options))
  for (let i = 0; i < 3; i++) {
    const calls = await Promise.allSettled([1, 2, 3].map(() => pool.runQuery('EXIT')))
    for (const call of calls) assert.ok(call.status === 'rejected' && call.reason instanceof ConnectionLostError)
  }
  assert.equal(pool.stats().lost, 9)
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  assert.equal(pool.stats().waiting, 0)
})

test('0.10 reading the files of the database in this process takes no lock away', async (t) => {
  const filename = join(folder(t), 'test.db')
  const open = () =>
    closedAtEnd(t, new ConnectionPool('node-sqlite', { filename, busyTimeout: 50 }, { isolation: 'process', max: 1 }))
  const [holder, other] = [open(), open()]
  await holder.runOperation('CREATE TABLE t (i)')
  await holder.runInteraction(async (txn) => {
    await txn.execute('INSERT INTO t VALUES (1)')
    for (const suffix of ['', '-wal', '-shm']) readFileSync(filename + suffix)
    await refused(() => other.runOperation('INSERT INTO t VALUES (2)'), OperationalError, {
      code: 'SQLITE_BUSY',
      kind: 'busy',
    })
  })
  assert.equal(await count(holder), 1)
})

const program = join(import.meta.dirname, 'fixtures/child.ts')
const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

/**
 * Runs a program whose pool has processes. It has ended when its output has, which its processes share: so none of them
 * is left by then.
 */
function run(owner: Owner, scenario: string, onOutput: (child: ChildProcess, output: string) => void = () => {}) {
  const filename = join(folder(owner), 'test.db')
  const args = [...FLAGS, program, scenario, `sqlite:${filename}`, 'process']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput(child, output)
    })
  }
  return new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })))
}

test('F23 ADB-025 NOD-013 idle processes let the application end; busy ones, and a close, hold it', async (t) => {
  const expected = {
    idle: '[ { a: 1 } ]\n',
    pending: '[ { m: 1000000 } ]\n',
    opening: 'started\n',
    closing: 'closed\n',
  }
  for (const [scenario, printed] of Object.entries(expected)) {
    const { code, output } = await run(t, scenario)
    assert.deepEqual({ scenario, code, output }, { scenario, code: 0, output: printed })
  }
})

test('D7 when the application is killed its processes end, idle or in a statement without end', async (t) => {
  const end = await run(t, 'endless', (child, output) => output.includes('running') && child.kill('SIGKILL'))
  assert.equal(end.signal, 'SIGKILL', end.output)
})

test('DEF-020 0.4 process.exit does not wait for a statement without end', async (t) => {
  const { code, output } = await run(t, 'exiting')
  assert.deepEqual({ code, output }, { code: 3, output: 'exiting\n' })
})

function byNumber(a: number, b: number): number {
  return a - b
}
