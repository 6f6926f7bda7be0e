import assert from 'node:assert/strict'
import test from 'node:test'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import { DriverError, SqlError } from '../../src/contract/errors.ts'
import { Failure } from '../../src/contract/failure.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { conditions } from '../../src/thread/start.ts'
import { checkEntry, startThread } from '../../src/thread/worker-port.ts'

const driverModule = new URL('./fixtures/echo-driver.ts', import.meta.url).href
const context = { role: 'any', name: 'echo' } as const

function ask(sql: string, values: Query['values'] = [], more: Partial<Query> = {}): Query {
  return { sql, values, names: null, rowMode: 'array', inTransaction: false, ...more }
}

async function opened() {
  const connection = await ThreadConnection.open(startThread({ driverModule, name: 'echo' }), {}, context)
  return connection
}

function rowsOf(outcome: Outcome | Failure): unknown[] {
  if (outcome instanceof Failure) throw outcome.toError()
  return outcome.rows
}

test('values cross to a real thread and back, small and larger than a ring', async (t) => {
  const connection = await opened()
  t.after(() => connection.close())
  const large = 'grün '.repeat(500_000)
  const bytes = new Uint8Array(3_000_000).map((_, i) => i)
  const values = [1, -0, 2n ** 60n, 'x\0y😀', null, new Uint8Array(0), large, bytes]
  assert.deepEqual(rowsOf(await connection.query(ask('echo', values))), [values])
})

test('many calls at once are answered in order, through several turns of both rings', async (t) => {
  const connection = await opened()
  t.after(() => connection.close())
  const text = 'y'.repeat(2000)
  const answers = await Promise.all(Array.from({ length: 3000 }, (_, i) => connection.query(ask('echo', [i, text]))))
  assert.deepEqual(
    answers.map((answer) => (rowsOf(answer)[0] as unknown[])[0]),
    Array.from({ length: 3000 }, (_, i) => i),
  )
})

test('F1 F2 a thread that exits in the middle of a call fails that call, whatever its exit code', async () => {
  for (const code of [0, 3]) {
    const connection = await opened()
    const answer = await connection.query(ask('exit', [code]))
    assert.ok(answer instanceof Failure)
    assert.equal(answer.record.kind, 'connectionLost')
    assert.equal((await connection.closed)?.record.code, 'THREAD_DIED')
  }
})

test('a driver module that does not load rejects the opening and leaves no thread', async () => {
  const port = startThread({ driverModule: new URL('./fixtures/missing.ts', import.meta.url).href, name: 'missing' })
  await assert.rejects(ThreadConnection.open(port, {}, context), (error: unknown) => {
    assert.ok(error instanceof DriverError)
    assert.equal(error.code, 'DRIVER_UNLOADABLE')
    assert.match(error.message, /missing\.ts/)
    return true
  })
})

test('a driver that cannot connect rejects the opening with its own failure', async () => {
  const port = startThread({ driverModule, name: 'refusing' })
  await assert.rejects(ThreadConnection.open(port, { refuse: true }, context), (error: unknown) => {
    assert.ok(error instanceof SqlError)
    assert.equal(error.message, 'refused as asked')
    return true
  })
})

test('F19 a result that cannot cross is a failure, and the connection lives on', async (t) => {
  const connection = await opened()
  t.after(() => connection.close())
  const answer = await connection.query(ask('function'))
  assert.ok(answer instanceof Failure)
  assert.match(answer.record.message, /a function cannot cross/)
  assert.deepEqual(rowsOf(await connection.query(ask('echo', [1]))), [[1]])
})

test('F22 the thread inherits neither flags nor secrets of the application', async (t) => {
  process.env.OFFLOOP_TEST_SECRET = 'canary'
  const connection = await opened()
  t.after(() => {
    delete process.env.OFFLOOP_TEST_SECRET
    return connection.close()
  })
  const [[env, flags]] = rowsOf(await connection.query(ask('environment'))) as [[string, string]]
  assert.ok(!env.includes('canary'))
  assert.ok(!flags.includes('--test'))
})

test('a thread resolves packages by the same conditions as the application', () => {
  const flags = ['--test', '--conditions=a', '-C', 'b', '--inspect', '--conditions', 'c']
  assert.deepEqual(conditions(flags), ['--conditions=a', '-C', 'b', '--conditions', 'c'])
})

test('F14 a thread module that is not there, as after bundling, is told by its path before any thread starts', () => {
  const missing = new URL('./bundle/entry.js', import.meta.url)
  assert.throws(
    () => checkEntry(missing),
    (error: unknown) => {
      assert.ok(error instanceof DriverError)
      assert.equal(error.code, 'THREAD_MODULE_MISSING')
      assert.match(error.message, /bundle.entry\.js.*leave offloop out of the bundle/)
      return true
    },
  )
  checkEntry(new URL(import.meta.url))
})
