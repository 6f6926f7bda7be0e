import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packArguments, unpack } from '../../src/contract/crossing.ts'
import { Failure } from '../../src/contract/failure.ts'
import { markOf } from '../../src/contract/in-thread.ts'
import type { ThreadAnswer, ThreadCall } from '../../src/contract/thread-call.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import * as functions from './fixtures/steps.ts'
import { type Log, scripted } from './scripted.ts'

const scripts = {
  one: () => ({ columns: ['v'], rows: [[1]] }),
  two: () => ({ columns: ['v'], rows: [[1], [2n ** 60n]] }),
  fail: () => {
    throw new Error('no')
  },
}

/** A connection whose thread the test moves on. */
async function opened(log: Log = []): Promise<{ thread: MemoryThread; connection: ThreadConnection }> {
  const thread = new MemoryThread(scripted(scripts, log))
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' })
  await thread.run()
  return { thread, connection: await opening }
}

function callOf(
  fn: unknown,
  args: unknown[],
  transaction: ThreadCall['transaction'],
  signal?: AbortSignal,
): ThreadCall {
  const mark = markOf(fn)
  assert.ok(mark)
  return { ...mark, args: packArguments(args, mark.name), transaction, rowMode: 'object', signal }
}

function returnedBy({ result }: ThreadAnswer): unknown {
  assert.ok('returned' in result)
  return unpack(result.returned)
}

test('a function runs in one trip: the thread is woken once, and so is the loop', async () => {
  const log: Log = []
  const { thread, connection } = await opened(log)
  const first = connection.runInThread(callOf(functions.steps, ['one'], 'write'))
  await thread.run()
  assert.deepEqual(returnedBy(await first), [1])
  const before = { ...thread.wakes }
  const second = connection.runInThread(callOf(functions.steps, ['one', 'two', 'one'], 'read'))
  await thread.run()
  assert.deepEqual(returnedBy(await second), [1, 2, 1])
  const { wakes } = thread
  assert.deepEqual([wakes.thread - before.thread, wakes.loop - before.loop], [1, 1])
  assert.deepEqual(log, [
    ...['begin write', 'one', 'close cursor', 'commit'],
    ...['begin read', 'one', 'two', 'one', 'close cursor', 'commit'],
  ])
})

test('what was asked for behind a function whose module is loaded comes behind it', async () => {
  const log: Log = []
  const { thread, connection } = await opened(log)
  const call = connection.runInThread(callOf(functions.steps, ['one'], { savepoint: 's' }))
  const later = connection.begin('write')
  await thread.run()
  await Promise.all([call, later])
  // Without a transaction around it this connection has no savepoint to keep; the transaction was asked for afterwards.
  assert.deepEqual(log.at(-1), 'begin write')
})

test('arguments and results larger than a ring cross beside it', async () => {
  const { thread, connection } = await opened()
  const text = 'ü'.repeat(2_000_000)
  const call = connection.runInThread(callOf(functions.length, [text], null))
  await thread.run()
  assert.equal(returnedBy(await call), text.length)
  assert.equal(thread.beside, 0)
})

test('a call that is given up before the thread sees it runs nothing', async () => {
  const log: Log = []
  const { thread, connection } = await opened(log)
  const controller = new AbortController()
  const call = connection.runInThread(callOf(functions.steps, ['one'], 'write', controller.signal))
  controller.abort()
  const { result } = await call
  assert.ok(result instanceof Failure)
  assert.equal(result.record.kind, 'aborted')
  await thread.run()
  assert.deepEqual(log, [])
})

test('a failure of the driver is an error of the tree, and is rolled back', async () => {
  const log: Log = []
  const { thread, connection } = await opened(log)
  const call = connection.runInThread(callOf(functions.steps, ['one', 'fail'], 'write'))
  await thread.run()
  const { result, transaction } = await call
  assert.ok('threw' in result)
  const { name, code, sql } = unpack(result.threw) as { name: string; code: string; sql: string }
  assert.deepEqual({ name, code, sql }, { name: 'OperationalError', code: 'SCRIPTED', sql: 'fail' })
  assert.equal(transaction, 'ended')
  assert.deepEqual(log, ['begin write', 'one', 'fail', 'close cursor', 'rollback'])
})

test('D15 only a thread that ends while it commits leaves the outcome unknown', async () => {
  for (const transaction of ['write', 'read', null] as const) {
    const { thread, connection } = await opened()
    const args = transaction ? ['one'] : ['text']
    const call = connection.runInThread(callOf(transaction ? functions.steps : functions.length, args, transaction))
    await new Promise((resolve) => process.nextTick(resolve))
    thread.end({ code: 7 })
    const { result, transaction: ended } = await call
    assert.ok(result instanceof Failure)
    assert.deepEqual([result.record.kind, ended], ['connectionLost', 'ended'])
  }
})
