import assert from 'node:assert/strict'
import test from 'node:test'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Tuple } from '../../src/contract/value.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { cell, createMemory } from '../../src/thread/memory.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, type Script, scripted } from './scripted.ts'

type Scripts = Parameters<typeof scripted>[0]

async function opened(scripts: Scripts, memory = createMemory()) {
  const log: Log = []
  const thread = new MemoryThread(scripted(scripts, log), memory)
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' })
  await thread.run()
  const connection = await opening
  return { log, thread, connection }
}

function ask(sql: string, values: Query['values'] = [], more: Partial<Query> = {}): Query {
  return { sql, values, names: null, rowMode: 'array', inTransaction: false, ...more }
}

const one = (value: Tuple[number]): Script => ({ columns: ['v'], rows: [[value]] })

function rowsIn(outcome: Outcome | Failure): unknown[] {
  assert.ok(!(outcome instanceof Failure), (outcome as Failure).record?.message)
  return outcome.rows
}

test('calls made in one turn wake the thread once, and their answers the loop once', async () => {
  const { thread, connection } = await opened({ 'v ?': (values) => one((values as Tuple)[0] as number) })
  const before = { ...thread.wakes }
  const answers = Promise.all(Array.from({ length: 10 }, (_, i) => connection.query(ask('v ?', [i]))))
  await new Promise((resolve) => process.nextTick(resolve))
  thread.step()
  const outcomes = await answers
  assert.deepEqual(
    outcomes.map(rowsIn),
    Array.from({ length: 10 }, (_, i) => [[i]]),
  )
  assert.equal(thread.wakes.thread - before.thread, 1)
  // The statement is new, so what came before it is not made to wait; the rest share one wake.
  assert.ok(thread.wakes.loop - before.loop <= 2, `${thread.wakes.loop - before.loop} wakes`)
})

test('the text of a statement and its columns cross once', async () => {
  const long = `v ${'x'.repeat(1000)} ?`
  const { thread, connection } = await opened({ [long]: (values) => one((values as Tuple)[0] as number) })
  const sizes: number[] = []
  const heads = () => Atomics.load(new Int32Array(thread.memory.control), 0)
  for (let i = 0; i < 3; i++) {
    const before = heads()
    const answer = connection.query(ask(long, [i]))
    await thread.run()
    const { description } = (await answer) as Outcome
    assert.equal(description?.[0]?.name, 'v')
    sizes.push(heads() - before)
  }
  assert.ok((sizes[0] as number) > 1000)
  assert.deepEqual(sizes.slice(1), [32, 32])
})

test('a ring that is full holds later calls back; all are answered, in order', async () => {
  const memory = createMemory(4096, 4096)
  const order: number[] = []
  const { thread, connection } = await opened({ 'v ?': (values) => one((values as Tuple)[0] as number) }, memory)
  const answers = Array.from({ length: 2000 }, (_, i) =>
    connection.query(ask('v ?', [i])).then((outcome) => {
      order.push(i)
      return (rowsIn(outcome)[0] as Tuple)[0]
    }),
  )
  await thread.run()
  assert.deepEqual(
    await Promise.all(answers),
    Array.from({ length: 2000 }, (_, i) => i),
  )
  assert.deepEqual(
    order,
    Array.from({ length: 2000 }, (_, i) => i),
  )
})

test('more statements than the ring holds at once are all told to the thread', async () => {
  const memory = createMemory(4096, 4096)
  const scripts = Object.fromEntries(
    Array.from({ length: 1500 }, (_, i) => [`statement ${i} ${'x'.repeat(100)}`, () => one(i)]),
  )
  const { thread, connection } = await opened(scripts, memory)
  const answers = Object.keys(scripts).map((sql) => connection.query(ask(sql)))
  await thread.run()
  const first = await Promise.all(answers)
  assert.deepEqual(
    first.map((outcome) => (rowsIn(outcome)[0] as Tuple)[0]),
    Array.from({ length: 1500 }, (_, i) => i),
  )
  // The first ones have lost their numbers meanwhile and get new ones.
  const again = Object.keys(scripts)
    .slice(0, 10)
    .map((sql) => connection.query(ask(sql)))
  await thread.run()
  assert.deepEqual(
    (await Promise.all(again)).map((outcome) => (rowsIn(outcome)[0] as Tuple)[0]),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
})

test('values and rows larger than a ring cross beside it, in both directions, in their order', async () => {
  const memory = createMemory(4096, 4096)
  const { thread, connection } = await opened({ 'v ?': (values) => one((values as Tuple)[0] as string) }, memory)
  const texts = ['small', 'ü'.repeat(50_000), 'then small', 'z'.repeat(9000)]
  const answers = texts.map((text) => connection.query(ask('v ?', [text])))
  await thread.run()
  assert.deepEqual(
    (await Promise.all(answers)).map(rowsIn),
    texts.map((text) => [[text]]),
  )
  assert.equal(thread.beside, 0)
})

test('a result larger than the reply ring waits in the thread until the loop has read', async () => {
  const memory = createMemory(4096, 8192)
  const rows = Array.from({ length: 3000 }, (_, i) => [i, `row ${i}`])
  const { thread, connection } = await opened({ all: () => ({ columns: ['i', 't'], rows }) }, memory)
  const answer = connection.query(ask('all'))
  await thread.run()
  assert.deepEqual(rowsIn(await answer), rows)
})

test('a failure is an answer: the next call works', async () => {
  const { thread, connection } = await opened({ good: () => one(1) })
  const answers = Promise.all([connection.query(ask('bad')), connection.query(ask('good'))])
  await thread.run()
  const [bad, good] = await answers
  assert.ok(bad instanceof Failure)
  assert.equal(bad.record.message, 'no script for bad')
  assert.equal(bad.record.cause?.message, 'no script for bad')
  assert.deepEqual(rowsIn(good), [[1]])
})

test('a failure after rows were sent gives the failure and no rows', async () => {
  function* broken(): Generator<Tuple> {
    for (let i = 0; i < 1000; i++) yield [i]
    throw new Error('broken in the middle')
  }
  const { thread, connection } = await opened({ broken: () => ({ columns: ['i'], rows: broken() }) })
  const answer = connection.query(ask('broken'))
  await thread.run()
  const failure = await answer
  assert.ok(failure instanceof Failure)
  assert.equal(failure.record.message, 'broken in the middle')
})

test('the process is held while a call is in flight, and only then', async () => {
  const { thread, connection } = await opened({ v: () => one(1) })
  assert.equal(thread.held, false)
  const answer = connection.query(ask('v'))
  assert.equal(thread.held, true)
  await thread.run()
  await answer
  assert.equal(thread.held, false)
})

test('a wake that comes late, for answers that were read already, does not cost the next one', async () => {
  const { thread, connection } = await opened({ v: () => one(1) })
  const control = new Int32Array(thread.memory.control)
  const onWake = thread.onWake.bind(thread)
  // The thread lowers the loop's flag after the loop has raised it and before the loop waits.
  let late = false
  thread.onWake = (callback) => {
    if (late) Atomics.store(control, cell.loopAsleep, 0)
    late = false
    onWake(callback)
  }
  for (let i = 0; i < 3; i++) {
    late = true
    const answer = connection.query(ask('v'))
    await new Promise((resolve) => setImmediate(resolve))
    thread.step()
    assert.deepEqual(rowsIn(await answer), [[1]])
  }
})

test('a page is fetched when it is asked for, and what is left can be dropped', async () => {
  let given = 0
  function* counted(): Generator<Tuple> {
    for (; ; given++) yield [given]
  }
  const { thread, connection, log } = await opened({ endless: () => ({ columns: ['i'], rows: counted() }) })
  const opening = connection.open(ask('endless'), 10)
  await thread.run()
  const result = await opening
  assert.ok(!(result instanceof Failure))
  assert.equal(result.first.rows.length, 10)
  assert.equal(result.first.more, true)
  assert.ok(given <= 10)
  const next = result.next(5)
  await thread.run()
  assert.deepEqual(((await next) as Outcome).rows, [[10], [11], [12], [13], [14]])
  const closing = result.close()
  await thread.run()
  assert.equal(await closing, null)
  assert.equal(log.at(-1), 'close cursor')
})
