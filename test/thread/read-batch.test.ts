import assert from 'node:assert/strict'
import test, { mock } from 'node:test'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import type { BlockingDriver } from '../../src/contract/driver.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Role } from '../../src/contract/statement.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, scripted } from './scripted.ts'

// Nothing is slow that is not meant to be, however busy the machine is: what ran once is known to be fast.
let time = 0
mock.method(performance, 'now', () => time)

function ask(sql: string): Query {
  return { sql, values: [], names: null, rowMode: 'array', inTransaction: false }
}

const one = () => ({ columns: ['v'], rows: [[1]] })

async function opened(role: Role, scripts: Parameters<typeof scripted>[0], more: Partial<BlockingDriver> = {}) {
  const log: Log = []
  const thread = new MemoryThread({ ...scripted(scripts, log), ...more })
  const opening = ThreadConnection.open(thread, {}, { role, name: 'test' })
  await thread.run()
  const connection = await opening
  /** Sends these together and gives what the connection was asked to do for them. */
  const together = async (...statements: string[]) => {
    const from = log.length
    const answers = statements.map((sql) => connection.query(ask(sql)))
    await thread.run()
    return { log: log.slice(from), outcomes: await Promise.all(answers) }
  }
  return { connection, thread, log, together }
}

test('reads that wait together share one transaction once they are known to be fast', async () => {
  const { together } = await opened('reader', { a: one, b: one })
  await together('a', 'b')
  const { log, outcomes } = await together('a', 'b', 'a', 'b', 'a', 'b')
  assert.deepEqual(log, ['begin read', 'a', 'b', 'a', 'b', 'a', 'b', 'commit'])
  for (const outcome of outcomes) assert.deepEqual((outcome as Outcome).rows, [[1]])
})

test('a read that is new, or that waits alone, has no transaction around it', async () => {
  const { together } = await opened('reader', { a: one })
  assert.deepEqual((await together('a')).log, ['a'])
  assert.deepEqual((await together('a', 'a')).log, ['a', 'a'])
})

test('a read that is known to be slow has no transaction around it', async () => {
  const slow = () => {
    time += 1
    return one()
  }
  const { together } = await opened('reader', { a: one, slow })
  await together('a', 'slow')
  const { log } = await together('a', 'a', 'slow', 'a', 'a')
  const pair = ['begin read', 'a', 'a', 'commit']
  assert.deepEqual(log, [...pair, 'slow', ...pair])
})

test('nothing shares a transaction on a connection that writes', async () => {
  for (const role of ['writer', 'any'] as const) {
    const { together } = await opened(role, { a: one })
    await together('a')
    assert.deepEqual((await together('a', 'a', 'a', 'a', 'a')).log, ['a', 'a', 'a', 'a', 'a'])
  }
})

test('a statement that fails in a batch fails alone', async () => {
  let broken = false
  const scripts = {
    a: one,
    b: () => {
      if (broken) throw new Error('broken')
      return one()
    },
  }
  const { together } = await opened('reader', scripts)
  await together('a', 'b')
  broken = true
  const { log, outcomes } = await together('a', 'b', 'a', 'a', 'a')
  assert.deepEqual(log, ['begin read', 'a', 'b', 'a', 'a', 'a', 'commit'])
  assert.deepEqual(
    outcomes.map((outcome) => outcome instanceof Failure),
    [false, true, false, false, false],
  )
})

test('a statement that refuses a transaction is run again without one, and never shares again', async () => {
  const refusal = new Error('not inside a transaction')
  let transactions = 0
  let refusing = false
  const { together, log } = await opened(
    'reader',
    {
      a: one,
      alone: () => {
        if (refusing && log.lastIndexOf('begin read') > log.lastIndexOf('commit')) {
          transactions++
          throw refusal
        }
        return one()
      },
    },
    { refusesTransaction: (thrown) => thrown === refusal },
  )
  await together('a', 'alone')
  refusing = true
  const first = await together('a', 'alone', 'a', 'a', 'a')
  assert.ok(first.outcomes.every((outcome) => !(outcome instanceof Failure)))
  assert.deepEqual(first.log.slice(0, 5), ['begin read', 'a', 'alone', 'commit', 'alone'])
  await together('a', 'alone', 'a', 'a', 'a')
  assert.equal(transactions, 1)
})

test('what is not a read ends the shared transaction before it runs', async () => {
  const { connection, thread, log, together } = await opened('reader', { a: one })
  await together('a')
  const from = log.length
  const answers = [1, 2, 3, 4, 5].map(() => connection.query(ask('a')))
  const page = connection.open(ask('a'), 10)
  const closing = connection.close()
  await thread.run()
  await Promise.all([...answers, page, closing])
  assert.deepEqual(log.slice(from), ['begin read', 'a', 'a', 'a', 'a', 'a', 'commit', 'a', 'close cursor', 'close'])
})
