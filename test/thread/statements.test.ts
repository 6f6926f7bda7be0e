import assert from 'node:assert/strict'
import test from 'node:test'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Tuple } from '../../src/contract/value.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { StatementBook } from '../../src/thread/statements.ts'
import { type Script, scripted } from './scripted.ts'

function ask(sql: string, values: Query['values'] = []): Query {
  return { sql, values, names: null, rowMode: 'object', inTransaction: false }
}

/** Each statement has its own columns, so that an answer read as another's would show. */
const NAMES = ['a', 'b', 'c', 'd', 'e']
const SCRIPTS = Object.fromEntries(
  NAMES.map((name, i) => [
    name,
    (values: unknown): Script => ({
      columns: [name, ...NAMES.slice(0, i).map((other) => `${other}${i}`)],
      rows: Array.from({ length: 6 }, () => Array<Tuple[number]>(i + 1).fill((values as Tuple)[0] ?? null)),
    }),
  ]),
)

async function keeping(statementsKept: number) {
  const thread = new MemoryThread(scripted(SCRIPTS))
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' }, statementsKept)
  await thread.run()
  return { thread, connection: await opening }
}

function rowsIn(outcome: Outcome | Failure): Record<string, unknown>[] {
  if (outcome instanceof Failure) throw outcome.toError()
  return outcome.rows as Record<string, unknown>[]
}

function expected(name: string, value: unknown, rows: number): Record<string, unknown>[] {
  const i = NAMES.indexOf(name)
  const columns = [name, ...NAMES.slice(0, i).map((other) => `${other}${i}`)]
  return Array.from({ length: rows }, () => Object.fromEntries(columns.map((column) => [column, value])))
}

test('a book of 256 statements never holds more, nor gives a higher number, with 10,000 texts', () => {
  const book = new StatementBook(256)
  const hot = book.add('hot', null).added
  for (let i = 0; i < 10_000; i++) {
    const { added, forgotten } = book.add(`${i}`, null)
    assert.ok(book.size <= 256 && added.number < 256)
    assert.equal(forgotten, i < 255 ? null : added.number)
    assert.equal(book.find('hot'), hot)
  }
  assert.equal(book.size, 256)
})

test('a book that is to hold none holds the one that was asked for last', () => {
  const book = new StatementBook(0)
  for (const sql of ['a', 'b', 'c']) assert.equal(book.add(sql, null).added.number, 0)
  assert.equal(book.size, 1)
  assert.equal(book.find('a'), undefined)
  assert.ok(book.find('c'))
})

for (const kept of [0, 1, 2]) {
  test(`statements that lose their number in flight are answered as they were asked (${kept} kept)`, async () => {
    const { thread, connection } = await keeping(kept)
    const calls = Array.from({ length: 100 }, (_, i) => NAMES[(i * 3 + (i >> 2)) % NAMES.length] as string)
    const answers = Promise.all(calls.map((name, i) => connection.query(ask(name, [i]))))
    await thread.run()
    for (const [i, outcome] of (await answers).entries()) {
      assert.deepEqual(rowsIn(outcome), expected(calls[i] as string, i, 6))
    }
  })

  test(`a statement that loses its number while its rows are fetched goes on (${kept} kept)`, async () => {
    const { thread, connection } = await keeping(kept)
    const during = async <T>(work: Promise<T>) => {
      await thread.run()
      return await work
    }
    const opened = await during(connection.open(ask('b', [7]), 2))
    assert.ok(!(opened instanceof Failure))
    const rows = [...rowsIn(opened.first)]
    for (const name of ['a', 'c', 'd', 'b', 'e']) {
      assert.deepEqual(rowsIn(await during(connection.query(ask(name, [1])))), expected(name, 1, 6))
      if (rows.length < 6) rows.push(...rowsIn((await during(opened.next(2))) as Outcome))
    }
    assert.deepEqual(rows, expected('b', 7, 6))
  })
}
