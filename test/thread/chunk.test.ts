import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import { Failure } from '../../src/contract/failure.ts'
import { fullTuning } from '../../src/contract/tuning.ts'
import type { ResultMode, Tuple } from '../../src/contract/value.ts'
import { readSource } from '../../src/thread/chunk-reader.ts'
import { ChunkWriter } from '../../src/thread/chunk-writer.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { cell, createMemory } from '../../src/thread/memory.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { RingReader, RingWriter } from '../../src/thread/ring.ts'
import { asGiven, holds, tables } from '../contract/tables.ts'
import { scripted } from './scripted.ts'

const WIDTHS = [1, 2, 3, 4, 5, 6]

/** A connection whose statement `n` gives the rows of `table`, with n columns. */
async function opened(columnChunks: boolean, memory = createMemory()) {
  const table: { rows: Iterable<Tuple> } = { rows: [] }
  const give = (columns: readonly string[]) => () => ({ columns, rows: table.rows })
  const scripts = Object.fromEntries(WIDTHS.map((width) => [String(width), give(namesOf(width))]))
  const thread = new MemoryThread(scripted({ ...scripts, twice: give(['a', 'b', 'a']) }), memory)
  const tuning = { ...fullTuning, columnChunks }
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test', tuning })
  await thread.run()
  const connection = await opening
  const query = async (sql: string, rowMode: ResultMode): Promise<Outcome | Failure> => {
    const ask: Query = { sql, values: [], names: null, rowMode, inTransaction: false }
    const answer = connection.query(ask)
    await thread.run()
    return await answer
  }
  const outcome = async (sql: string, rowMode: ResultMode): Promise<Outcome> => {
    const answer = await query(sql, rowMode)
    assert.ok(!(answer instanceof Failure), (answer as Failure).record?.message)
    return answer
  }
  return { table, thread, connection, query, outcome }
}

function namesOf(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `c${i}`)
}

function objects(width: number, rows: readonly Tuple[]): object[] {
  const names = namesOf(width)
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
}

async function givesEverywhere(
  lanes: readonly Awaited<ReturnType<typeof opened>>[],
  width: number,
  rows: readonly Tuple[],
) {
  const expected = asGiven(rows)
  for (const { table, outcome } of lanes) {
    table.rows = rows
    assert.deepEqual((await outcome(String(width), 'array')).rows, expected)
    assert.deepEqual((await outcome(String(width), 'object')).rows, objects(width, expected))
    const { columns, rows: none } = await outcome(String(width), 'columns')
    assert.deepEqual(none, [])
    holds(columns!, namesOf(width), expected)
  }
}

test('NOD-004 rows and columns are the same whichever way they cross, whatever the values', async () => {
  const lanes = [await opened(true), await opened(false)]
  await fc.assert(
    fc.asyncProperty(tables(60), ({ width, rows }) => givesEverywhere(lanes, width, rows)),
    { numRuns: 300 },
  )
})

test('a chunk never takes more than its bound', () => {
  const memory = new SharedArrayBuffer(2 ** 21)
  const control = new Int32Array(new SharedArrayBuffer(4096))
  const writer = new RingWriter(memory, control, cell.replyHead, cell.replyTail)
  const reader = new RingReader(memory, control, cell.replyHead, cell.replyTail)
  const chunk = new ChunkWriter()
  fc.assert(
    fc.property(tables(40), fc.nat(7), ({ width, rows }, unaligned) => {
      fc.pre(rows.length > 0)
      chunk.look(rows, 0, rows.length)
      const body = writer.begin(1, 0, chunk.bound + unaligned)
      for (let i = 0; i < unaligned; i++) body?.rawBytes(Uint8Array.of(1))
      chunk.write(body!)
      writer.end(0)
      writer.publish()
      const message = reader.next()!
      message.body.position += unaligned
      const columns = Array.from({ length: width }, () => [...readSource(message.body, rows.length)])
      assert.deepEqual(
        columns,
        columns.map((_, i) => asGiven(rows).map((row) => row[i])),
      )
      reader.release()
    }),
    { numRuns: 500 },
  )
})

test('types widen from one chunk to the next', async () => {
  const lanes = [await opened(true), await opened(false)]
  const length = 2000
  // Each column changes its type where another chunk begins, and once more in the last rows.
  const value = (i: number): Tuple => [
    i < 1000 ? BigInt(i) : 2n ** 40n,
    i < 600 ? 2n ** 40n : 2n ** 60n,
    i < 1990 ? BigInt(i) : 'text',
    i < 700 ? null : BigInt(i),
    i < 700 ? 0.5 : i < 1500 ? null : 2n ** 60n,
    i % 3 === 0 ? null : i < 512 ? 'again' : `text ${i}`,
  ]
  const rows = Array.from({ length }, (_, i) => value(i))
  await givesEverywhere(lanes, 6, rows)
  const { columns } = (await lanes[0]!.outcome('6', 'columns')).columns!
  assert.deepEqual(
    Object.values(columns as object).map(({ type }) => type),
    ['float64', 'int64', 'mixed', 'int32', 'mixed', 'text'],
  )
})

test('chunks larger than a ring cross beside it, and long rows one by one', async () => {
  const small = await opened(true, createMemory(2 ** 16, 2 ** 16))
  const rows = Array.from(
    { length: 700 },
    (_, i): Tuple => [BigInt(i), `${i} ${'é'.repeat(90)}`, new Uint8Array(i % 50)],
  )
  await givesEverywhere([small], 3, rows)
  // All of them together fit into the larger ring: in one process nobody makes room while the writer waits for it.
  const long = Array.from({ length: 24 }, (_, i): Tuple => [`${i}${'x'.repeat(12_000)}`, new Uint8Array(9000).fill(i)])
  await givesEverywhere([small, await opened(true)], 2, long)
})

test('few rows cross as rows, many as a chunk, and with the switch off all as rows', async () => {
  const bytes = async (columnChunks: boolean, count: number) => {
    const { table, thread, outcome } = await opened(columnChunks)
    table.rows = Array.from({ length: count }, () => ['the same text'])
    await outcome('1', 'array')
    const head = () => Atomics.load(new Int32Array(thread.memory.control), cell.replyHead)
    const before = head()
    await outcome('1', 'array')
    return head() - before
  }
  assert.equal(await bytes(true, 15), await bytes(false, 15))
  assert.ok((await bytes(true, 16)) < (await bytes(false, 16)))
})

test('the loop is woken while a large result is still being read', async () => {
  const { table, thread, outcome } = await opened(true)
  const before = thread.wakes.loop
  let wakes = 0
  table.rows = (function* () {
    for (let i = 0; i < 20_000; i++) yield [`some text ${i}`] as Tuple
    wakes = thread.wakes.loop - before
  })()
  assert.equal((await outcome('1', 'array')).rows.length, 20_000)
  assert.equal(wakes, 1)
})

test('DBA-031 two columns of one name are refused as columns, without rows too', async () => {
  const { table, query, outcome } = await opened(true)
  for (const length of [0, 1, 100]) {
    table.rows = Array.from({ length }, () => [1, 2, 3])
    const answer = await query('twice', 'columns')
    assert.ok(answer instanceof Failure)
    assert.equal(answer.record.code, 'DUPLICATE_COLUMN')
    assert.equal((await outcome('twice', 'array')).rows.length, length)
  }
})
