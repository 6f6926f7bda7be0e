import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import { ConnectionLostError, DriverError, SqlError } from '../../src/contract/errors.ts'
import { Failure } from '../../src/contract/failure.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { startProcess } from '../../src/thread/process-port.ts'
import { folder, type Owner } from '../databases.ts'

const driverModule = new URL('./fixtures/hostile-driver.ts', import.meta.url).href
const context = { role: 'any', name: 'hostile-1' } as const

function ask(sql: string, values: Query['values'] = [], more: Partial<Query> = {}): Query {
  return { sql, values, names: null, rowMode: 'array', inTransaction: false, ...more }
}

async function opened(owner: Owner, options: object = {}): Promise<ThreadConnection> {
  const connection = await ThreadConnection.open(startProcess({ driverModule, name: context.name }), options, context)
  owner.after(() => connection.close())
  return connection
}

function rowsOf(outcome: Outcome | Failure): unknown[] {
  if (outcome instanceof Failure) throw outcome.toError()
  return outcome.rows
}

function failureOf(outcome: Outcome | Failure): Failure['record'] {
  assert.ok(outcome instanceof Failure)
  return outcome.record
}

/** Resolves when the file is there. */
async function appears(path: string): Promise<void> {
  const watcher = watch(dirname(path))
  try {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => existsSync(path) && resolve()
    watcher.on('change', look)
    look()
    await promise
  } finally {
    watcher.close()
  }
}

test('values cross to a process and back, small and larger than a ring', async (t) => {
  const connection = await opened(t)
  const large = 'grün '.repeat(500_000)
  const bytes = new Uint8Array(3_000_000).map((_, i) => i)
  const values = [1, -0, 2n ** 60n, 'x\0y😀', null, new Uint8Array(0), large, bytes]
  assert.deepEqual(rowsOf(await connection.query(ask('echo', values))), [values])
})

test('many calls at once are answered in order, through several turns of all rings', async (t) => {
  const connection = await opened(t)
  const text = 'y'.repeat(2000)
  const answers = await Promise.all(Array.from({ length: 3000 }, (_, i) => connection.query(ask('echo', [i, text]))))
  assert.deepEqual(
    answers.map((answer) => (rowsOf(answer)[0] as unknown[])[0]),
    Array.from({ length: 3000 }, (_, i) => i),
  )
})

test('F1 F2 a process that exits in the middle of a call fails that call, whatever its exit code', async (t) => {
  for (const code of [0, 3]) {
    const connection = await opened(t)
    const record = failureOf(await connection.query(ask('exit', [code])))
    assert.equal(record.kind, 'connectionLost')
    assert.equal(record.code, 'PROCESS_DIED')
    assert.match(record.message, new RegExp(`exit code ${code}`))
    assert.equal((await connection.closed)?.record.code, 'PROCESS_DIED')
  }
})

test('F10 a crash in native code is the loss of the connection, and says which signal it was', async (t) => {
  const connection = await opened(t)
  const failure = await connection.query(ask('crash'))
  assert.ok(failure instanceof Failure)
  const error = failure.toError()
  assert.ok(error instanceof ConnectionLostError)
  assert.match(error.message, /process ended \(signal SIGSEGV\)/)
})

test('a driver module that does not load rejects the opening as it does in a thread', async () => {
  const port = startProcess({ driverModule: new URL('./fixtures/missing.ts', import.meta.url).href, name: 'missing' })
  await assert.rejects(ThreadConnection.open(port, {}, context), (error: unknown) => {
    assert.ok(error instanceof DriverError)
    assert.equal(error.code, 'DRIVER_UNLOADABLE')
    assert.match(error.message, /missing\.ts/)
    return true
  })
})

test('a driver that cannot connect rejects the opening with its own failure', async () => {
  const port = startProcess({ driverModule, name: 'refusing' })
  await assert.rejects(ThreadConnection.open(port, { refuse: true }, context), (error: unknown) => {
    assert.ok(error instanceof SqlError)
    assert.equal(error.message, 'refused as asked')
    return true
  })
})

test('a process that cannot be started rejects the opening, and names what was to be started', async (t) => {
  const { execPath } = process
  t.after(() => Object.assign(process, { execPath }))
  process.execPath = '/no such folder/node'
  await assert.rejects(ThreadConnection.open(startProcess({ driverModule, name: 'x' }), {}, context), (error) => {
    assert.ok(error instanceof ConnectionLostError)
    assert.equal(error.code, 'PROCESS_NOT_STARTED')
    assert.match(String(error.cause), /ENOENT/)
    return true
  })
})

test('a single-file application does not start itself again', async (t) => {
  const original = process.getBuiltinModule
  t.mock.method(process, 'getBuiltinModule', (id: string) => (id === 'node:sea' ? { isSea: () => true } : original(id)))
  const port = startProcess({ driverModule, name: 'x' })
  await assert.rejects(ThreadConnection.open(port, {}, context), { code: 'PROCESS_NOT_STARTED' })
})

test('F22 neither flags nor secrets are in the arguments or the environment of the process', async (t) => {
  process.env.OFFLOOP_TEST_SECRET = 'canary'
  t.after(() => delete process.env.OFFLOOP_TEST_SECRET)
  const connection = await opened(t, { password: 'canary' })
  const [[pid, env, argv, title]] = rowsOf(await connection.query(ask('where'))) as [[number, string, string, string]]
  assert.notEqual(pid, process.pid)
  assert.equal(title, context.name)
  assert.doesNotMatch(env + argv, /canary|--test/)
  if (process.platform !== 'linux') return
  for (const file of ['environ', 'cmdline'])
    assert.doesNotMatch(readFileSync(`/proc/${pid}/${file}`, 'latin1'), /canary/)
})

test('0.4 kill() ends the connection whatever runs on it, once', async (t) => {
  const connection = await opened(t)
  const here = join(folder(t), 'here')
  const stuck = connection.query(ask('block', [here]))
  const behind = connection.query(ask('echo', [1]))
  await appears(here)
  assert.equal(connection.kill?.(), true)
  assert.equal(connection.kill?.(), false)
  for (const call of [stuck, behind]) assert.equal(failureOf(await call).code, 'CONNECTION_KILLED')
  assert.equal((await connection.closed)?.record.code, 'CONNECTION_KILLED')
  assert.equal(failureOf(await connection.query(ask('echo', [1]))).code, 'NOT_BEGUN')
  assert.equal(connection.kill?.(), false)
})

test('kill() of a connection that was closed does nothing', async (t) => {
  const connection = await opened(t)
  await connection.close()
  assert.equal(connection.kill?.(), false)
  assert.equal(await connection.closed, null)
})

test('0.4 a statement that nothing else stops is stopped, and what waits behind it has not begun', async (t) => {
  const connection = await opened(t)
  const here = join(folder(t), 'here')
  const controller = new AbortController()
  const stuck = connection.query(ask('block', [here], { signal: controller.signal }))
  const behind = [connection.query(ask('echo', [1])), connection.query(ask('echo', [2]))]
  await appears(here)
  controller.abort()
  assert.equal(failureOf(await stuck).kind, 'aborted')
  for (const call of behind) assert.equal(failureOf(await call).code, 'NOT_BEGUN')
  assert.equal((await connection.closed)?.record.code, 'CONNECTION_KILLED')
})

test('a call that waits behind a slow one is given up at once, and the slow one is left alone', async (t) => {
  const connection = await opened(t)
  const files = folder(t)
  const controller = new AbortController()
  const slow = connection.query(ask('wait', [join(files, 'here'), join(files, 'go on')]))
  const behind = connection.query(
    ask('wait', [join(files, 'never'), join(files, 'never')], { signal: controller.signal }),
  )
  await appears(join(files, 'here'))
  controller.abort()
  assert.equal(failureOf(await behind).kind, 'aborted')
  writeFileSync(join(files, 'go on'), '')
  assert.deepEqual(rowsOf(await slow), [[1]])
  assert.deepEqual(rowsOf(await connection.query(ask('echo', [1]))), [[1]])
  assert.equal(existsSync(join(files, 'never')), false)
})

test('a process that is stopped in its tracks is ended, and the caller is told', {
  skip: process.platform === 'win32',
}, async (t) => {
  const connection = await opened(t)
  const [[pid]] = rowsOf(await connection.query(ask('where'))) as [[number]]
  process.kill(pid, 'SIGSTOP')
  const controller = new AbortController()
  const call = connection.query(ask('echo', [1], { signal: controller.signal, inTransaction: true }))
  controller.abort()
  assert.equal(failureOf(await call).kind, 'aborted')
})

test('a call that is given up while it waits for room is not run once there is some', async (t) => {
  const connection = await opened(t)
  const files = folder(t)
  // Each takes a good part of the ring, and none is so large that it goes beside it.
  const text = 'y'.repeat(30_000)
  const before = Array.from({ length: 20 }, () => connection.query(ask('echo', [text])))
  const controller = new AbortController()
  const { signal } = controller
  const writes = Array.from({ length: 20 }, (_, i) => ask('wait', [join(files, `file ${i}`), files], { signal }))
  const givenUp = writes.map((write) => connection.query(write))
  controller.abort()
  for (const call of givenUp) assert.equal(failureOf(await call).kind, 'aborted')
  for (const call of before) assert.deepEqual(rowsOf(await call), [[text]])
  assert.deepEqual(rowsOf(await connection.query(ask('echo', [1]))), [[1]])
  assert.deepEqual(readdirSync(files), [])
})

test('signals that are sent to a whole terminal or service do not end a connection', async (t) => {
  const connection = await opened(t)
  const [[pid]] = rowsOf(await connection.query(ask('where'))) as [[number]]
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.kill(pid, signal)
  assert.deepEqual(rowsOf(await connection.query(ask('echo', [1]))), [[1]])
})
