import assert from 'node:assert/strict'
import test from 'node:test'
import type { Query } from '../../src/contract/connection.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, scripted } from './scripted.ts'

function ask(sql: string): Query {
  return { sql, values: [], names: null, rowMode: 'array', inTransaction: false }
}

test('requests that come while a batch runs are another batch: a change of the schema is looked for again', async () => {
  const log: Log = []
  let sendMore = () => {}
  const driver = scripted(
    {
      first: () => {
        sendMore()
        return { columns: ['v'], rows: [[1]] }
      },
      second: () => ({ columns: ['v'], rows: [[2]] }),
    },
    log,
  )
  const watched: typeof driver = {
    ...driver,
    connect(options, context) {
      const opening = driver.connect(options, context)
      opening.connection.beginBatch = () => void log.push('batch')
      return opening
    },
  }
  const thread = new MemoryThread(watched)
  const opening = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' })
  await thread.run()
  const connection = await opening
  const answers = [connection.query(ask('first')), connection.query(ask('first'))]
  await new Promise((resolve) => process.nextTick(resolve))
  // What is sent now is published at once, as another thread would see it in the middle of the batch.
  sendMore = () => {
    sendMore = () => {}
    const nextTick = process.nextTick
    process.nextTick = ((callback: () => void) => callback()) as typeof process.nextTick
    answers.push(connection.query(ask('second')))
    process.nextTick = nextTick
  }
  thread.step()
  await Promise.all(answers)
  assert.deepEqual(log, ['batch', 'first', 'first', 'batch', 'second'])
})
