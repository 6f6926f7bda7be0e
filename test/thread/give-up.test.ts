import assert from 'node:assert/strict'
import test from 'node:test'
import type { BlockingConnection, BoundValues } from '../../src/contract/blocking.ts'
import type { Fate, Outcome, Query } from '../../src/contract/connection.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Tuple } from '../../src/contract/value.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, type Script, scripted } from './scripted.ts'

type Changeable = { -readonly [K in keyof BlockingConnection]: BlockingConnection[K] }

/** A connection whose statements give up, while they run, all that was asked of it. */
async function opened(more: Record<string, (values: BoundValues) => Script> = {}) {
  const log: Log = []
  const holder: { native?: Changeable; connection?: ThreadConnection; caughtUp?: Promise<Failure | null> | undefined } =
    {}
  const giveUp = () => {
    holder.caughtUp = holder.connection?.giveUp(fated)
  }
  const changed = { rowCount: 1 }
  const stuck = (script: Script) => () => {
    giveUp()
    return script
  }
  const driver = scripted(
    {
      read: () => ({ columns: ['v'], rows: [[1]] }),
      'write one': () => changed,
      'write two': () => changed,
      'write stuck': stuck(changed),
      'define stuck': stuck({}),
      'read stuck': stuck({ columns: ['v'], rows: [[1]] }),
      'read long': () => ({ columns: ['v'], rows: rowsThat(giveUp) }),
      ...more,
    },
    log,
  )
  const shape = (sql: string) => ({
    ...driver.shape(sql),
    changesRows: sql.startsWith('write'),
    readsRows: sql.startsWith('read'),
  })
  const thread = new MemoryThread({
    ...driver,
    shape,
    connect(options, context) {
      const opening = driver.connect(options, context)
      holder.native = opening.connection as Changeable
      return opening
    },
  })
  const opening = ThreadConnection.open(thread, {}, { role: 'writer', name: 'test' })
  await thread.run()
  const connection = await opening
  holder.connection = connection
  const native = holder.native as Changeable
  /** Sends these together and gives how each ended. */
  const together = async (...statements: string[]) => {
    const calls = statements.map((sql) => connection.query(ask(sql)))
    await thread.run()
    return (await Promise.all(calls)).map(ending)
  }
  return { log, thread, connection, native, together, giveUp, caughtUp: () => holder.caughtUp }
}

function ask(sql: string, more: Partial<Query> = {}): Query {
  return { sql, values: [], names: null, rowMode: 'array', inTransaction: false, ...more }
}

function* rowsThat(giveUp: () => void): Generator<Tuple> {
  for (let i = 0; ; i++) {
    if (i === 1000) giveUp()
    if (i > 10_000) throw new Error('nothing stopped it')
    yield [i]
  }
}

const fated = (fate: Fate) => new Failure({ type: 'TimeoutError', message: fate })
const ending = (outcome: Outcome | Failure) => (outcome instanceof Failure ? outcome.record.message : 'done')

test('P12 a read that runs is given up, what is behind it was never started, and the connection goes on', async () => {
  const { log, together, caughtUp } = await opened()
  assert.deepEqual(await together('read', 'read stuck', 'write one', 'read'), [
    'done',
    'undone',
    'unstarted',
    'unstarted',
  ])
  assert.equal(await caughtUp(), null)
  assert.deepEqual(log, ['read', 'read stuck', 'rollback'])
  assert.deepEqual(await together('write one', 'read'), ['done', 'done'])
})

test('P12 a result is stopped between two pages', async () => {
  const { together, caughtUp } = await opened()
  assert.deepEqual(await together('read long', 'read'), ['undone', 'unstarted'])
  assert.equal(await caughtUp(), null)
})

test('ADB-074 a write that runs leaves no trace, nor do those that would have shared its COMMIT', async () => {
  const { log, together, caughtUp, thread } = await opened()
  // What is known to be brief shares a COMMIT.
  for (const sql of ['write one', 'write two']) await together(sql)
  log.length = 0
  assert.deepEqual(await together('write one', 'write stuck', 'write two'), ['done', 'undone', 'unstarted'])
  await thread.run()
  assert.equal(await caughtUp(), null)
  assert.deepEqual(log, ['begin write', 'write one', 'commit', 'begin write', 'write stuck', 'rollback', 'rollback'])
})

test('what stands as soon as it is done may have been done, and what is behind it was never started', async () => {
  const { log, together, caughtUp } = await opened()
  assert.deepEqual(await together('define stuck', 'write one'), ['unknown', 'unstarted'])
  assert.equal(await caughtUp(), null)
  assert.deepEqual(log, ['define stuck', 'rollback'])
})

test('F84 of writes that share a COMMIT nobody knows while it runs; those behind it were never started', async () => {
  const { log, native, together, caughtUp, giveUp } = await opened()
  for (const sql of ['write one', 'write two']) await together(sql)
  log.length = 0
  const { commit } = native
  native.commit = () => {
    giveUp()
    native.commit = commit
    commit.call(native)
  }
  const endings = await together('write one', 'write two', 'define stuck', 'read')
  assert.deepEqual(endings, ['unknown', 'unknown', 'unstarted', 'unstarted'])
  assert.equal(await caughtUp(), null)
  assert.deepEqual(log, ['begin write', 'write one', 'write two', 'commit', 'rollback'])
})

test('a transaction that was given up is never committed: whatever is asked before it has caught up was never started', async () => {
  const { log, thread, connection, caughtUp } = await opened()
  const calls = [
    connection.begin('write'),
    connection.query(ask('write stuck', { inTransaction: true })),
    connection.commit(),
  ]
  await thread.run()
  const [begun, write, commit] = await Promise.all(calls)
  assert.equal(begun, null)
  assert.deepEqual(
    [write, commit].map((failure) => (failure as Failure).record.message),
    ['undone', 'unstarted'],
  )
  assert.equal(await caughtUp(), null)
  assert.deepEqual(log, ['begin write', 'write stuck', 'rollback'])
})

test('until it has caught up every call fails at once; giving up twice is once', async () => {
  const { connection, thread } = await opened()
  const call = connection.query(ask('read'))
  const caughtUp = connection.giveUp(fated)
  assert.equal(connection.giveUp(fated), caughtUp)
  assert.equal(ending(await call), 'unstarted')
  assert.equal(ending(await connection.query(ask('read'))), 'unstarted')
  assert.equal((await connection.rollback())?.record.message, 'unstarted')
  await thread.run()
  assert.equal(await caughtUp, null)
  const next = connection.query(ask('read'))
  await thread.run()
  assert.equal(ending(await next), 'done')
})

test('F21 an answer that is there wins: with nothing left to give up, nothing is given up', async () => {
  const { connection, thread } = await opened()
  const call = connection.query(ask('read'))
  await new Promise((resolve) => process.nextTick(resolve))
  thread.step()
  const caughtUp = connection.giveUp(fated)
  assert.equal(ending(await call), 'done')
  await thread.run()
  assert.equal(await caughtUp, null)
})

test('calls for which there was no room are given up too, in order', async () => {
  const { connection, thread, log } = await opened()
  const order: number[] = []
  const calls = Array.from({ length: 2000 }, (_, i) =>
    connection.query(ask('read')).then((outcome) => {
      order.push(i)
      return ending(outcome)
    }),
  )
  const caughtUp = connection.giveUp(fated)
  assert.deepEqual(new Set(await Promise.all(calls)), new Set(['unstarted']))
  assert.deepEqual(
    order,
    Array.from({ length: 2000 }, (_, i) => i),
  )
  await thread.run()
  assert.equal(await caughtUp, null)
  assert.deepEqual(log, ['rollback'])
})

test('a connection that is lost before it has caught up says so', async () => {
  const { connection, thread } = await opened()
  const call = connection.query(ask('read'))
  const caughtUp = connection.giveUp(fated)
  await call
  thread.end({ code: 3 })
  assert.equal((await caughtUp)?.record.kind, 'connectionLost')
})
