import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import test from 'node:test'
import type { Query } from '../../src/contract/connection.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Tuple } from '../../src/contract/value.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, scripted } from './scripted.ts'

async function opened(scripts: Parameters<typeof scripted>[0]) {
  const log: Log = []
  const thread = new MemoryThread(scripted(scripts, log))
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' })
  await thread.run()
  return { log, thread, connection: await opening }
}

function ask(sql: string, more: Partial<Query> = {}): Query {
  return { sql, values: [], names: null, rowMode: 'array', inTransaction: false, ...more }
}

function assertAborted(answer: unknown): void {
  assert.ok(answer instanceof Failure)
  assert.equal(answer.record.kind, 'aborted')
}

test('F90 a call given up before the thread saw it never runs', async () => {
  const { thread, connection, log } = await opened({ write: () => ({ rowCount: 1 }) })
  const controller = new AbortController()
  const answer = connection.query(ask('write', { signal: controller.signal }))
  controller.abort()
  assertAborted(await answer)
  await thread.run()
  assert.deepEqual(log, [])
})

test('F90 a signal that was aborted before the call stops it', async () => {
  const { thread, connection, log } = await opened({ write: () => ({ rowCount: 1 }) })
  assertAborted(await connection.query(ask('write', { signal: AbortSignal.abort() })))
  await thread.run()
  assert.deepEqual(log, [])
})

test('F91 a call given up while it runs is rolled back: the one decision is made before the commit', async () => {
  const controller = new AbortController()
  const { thread, connection, log } = await opened({
    write: () => {
      controller.abort()
      return { rowCount: 1 }
    },
  })
  const answer = connection.query(ask('write', { signal: controller.signal }))
  await thread.run()
  assertAborted(await answer)
  assert.deepEqual(log, ['begin write', 'write', 'rollback'])
})

test('F91 a call given up after the thread decided to commit gets its result', async () => {
  const { thread, connection, log } = await opened({ write: () => ({ rowCount: 1 }) })
  const controller = new AbortController()
  const answer = connection.query(ask('write', { signal: controller.signal }))
  await new Promise((resolve) => process.nextTick(resolve))
  thread.step()
  controller.abort()
  const outcome = await answer
  assert.ok(!(outcome instanceof Failure))
  assert.equal(outcome.rowCount, 1)
  assert.deepEqual(log, ['begin write', 'write', 'commit'])
})

test('a long result is stopped between two pages, and the next call works', async () => {
  const controller = new AbortController()
  let given = 0
  function* rows(): Generator<Tuple> {
    for (; ; given++) {
      if (given === 1000) controller.abort()
      yield [given]
    }
  }
  const { thread, connection } = await opened({
    endless: () => ({ columns: ['i'], rows: rows() }),
    v: () => ({ columns: ['v'], rows: [[1]] }),
  })
  const answer = connection.query(ask('endless', { signal: controller.signal }))
  await thread.run()
  assertAborted(await answer)
  assert.ok(given < 2000, `${given} rows were made`)
  const next = connection.query(ask('v'))
  await thread.run()
  assert.deepEqual(await next.then((outcome) => (outcome as { rows: unknown }).rows), [[1]])
})

test('aborting after the answer does nothing, and nobody listens any more', async () => {
  const { thread, connection } = await opened({ v: () => ({ columns: ['v'], rows: [[1]] }) })
  const controller = new AbortController()
  const answer = connection.query(ask('v', { signal: controller.signal }))
  await thread.run()
  await answer
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  const other = connection.query(ask('v'))
  controller.abort()
  await thread.run()
  assert.ok(!((await other) instanceof Failure))
})

test('a statement of a transaction that is gone does not run', async () => {
  const { thread, connection, log } = await opened({ v: () => ({ columns: ['v'], rows: [[1]] }) })
  const answer = connection.query(ask('v', { inTransaction: true }))
  await thread.run()
  const failure = await answer
  assert.ok(failure instanceof Failure)
  assert.equal(failure.record.type, 'TransactionRolledBackError')
  assert.deepEqual(log, [])
})

test('P14 the death of a thread costs exactly the calls in flight', async () => {
  const { thread, connection } = await opened({ v: () => ({ columns: ['v'], rows: [[1]] }) })
  const answered = connection.query(ask('v'))
  await thread.run()
  assert.ok(!((await answered) instanceof Failure))
  const lost = connection.query(ask('v'))
  thread.end({ code: 3, error: new RangeError('out of something') })
  const failure = await lost
  assert.ok(failure instanceof Failure)
  assert.equal(failure.record.kind, 'connectionLost')
  assert.match(failure.record.message, /exit code 3/)
  assert.equal(failure.record.cause?.message, 'out of something')
  const late = await connection.query(ask('v'))
  assert.ok(late instanceof Failure)
  const reason = await connection.closed
  assert.equal(reason?.record.kind, 'connectionLost')
})

test('closing answers what came before, and closing again gives the same promise', async () => {
  const { thread, connection, log } = await opened({ v: () => ({ columns: ['v'], rows: [[1]] }) })
  const answer = connection.query(ask('v'))
  const closing = connection.close()
  assert.equal(connection.close(), closing)
  await thread.run()
  await closing
  assert.ok(!((await answer) instanceof Failure))
  assert.equal(await connection.closed, null)
  assert.deepEqual(log, ['v', 'close'])
})
