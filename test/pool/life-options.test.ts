import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { ConnectionPool, type PoolOptions } from 'offloop'
import { refused } from './expect.ts'

const make = (options: object) => new ConnectionPool('sqlite:app.db', options as PoolOptions)

test('durations are numbers of milliseconds from 1, or Infinity', async () => {
  for (const name of ['connectTimeout', 'idleTimeout', 'maxLifetime', 'validateAfterIdle']) {
    const message = new RegExp(`^${name} must be`)
    for (const value of [0, -1, 0.5, NaN, -Infinity, 2 ** 31]) {
      await refused(() => make({ [name]: value }), RangeError, { code: 'INVALID_OPTION', message })
    }
    for (const value of ['5', null, 5n, {}, true]) {
      await refused(() => make({ [name]: value }), TypeError, { code: 'INVALID_OPTION', message })
    }
    for (const value of [1, 1.5, 2 ** 31 - 1, Infinity, undefined]) make({ [name]: value })
  }
})

test('ADB-016 goodSql is one statement without values, and reconnect a switch', async () => {
  for (const goodSql of [5, null, ['SELECT 1']]) {
    await refused(() => make({ goodSql }), TypeError, { code: 'INVALID_OPTION', message: /goodSql must be a string/ })
  }
  for (const goodSql of ['', '-- nothing', 'SELECT ?', 'SELECT 1; SELECT 2', 'BEGIN']) {
    await refused(() => make({ goodSql }), TypeError, {
      code: 'INVALID_OPTION',
      message: /goodSql must be one statement/,
    })
  }
  await refused(() => make({ reconnect: 1 }), TypeError, {
    code: 'INVALID_OPTION',
    message: /reconnect must be true or/,
  })
})

test('F43 a database in memory has one connection, and whoever asks for more is told', async () => {
  const warned = once(process, 'warning')
  assert.deepEqual(new ConnectionPool('sqlite::memory:', { max: 4 }).stats().max, 1)
  const [warning] = await warned
  assert.deepEqual([warning.name, warning.code], ['OffloopWarning', 'ONE_CONNECTION'])
  assert.match(warning.message, /sqlite::memory: can have one connection only: max is 1, and not 4/)
})

test('ADB-095 a pool cannot be sent to another thread, and the error says what to do instead', () => {
  const pool = new ConnectionPool('sqlite::memory:')
  const hint = { name: 'DataCloneError', message: /ConnectionPool, which belongs to its thread \(let each worker open/ }
  assert.throws(() => structuredClone(pool), hint)
  assert.throws(() => structuredClone({ deep: [pool] }), hint)
  const { port1, port2 } = new MessageChannel()
  assert.throws(() => port1.postMessage(pool), hint)
  port1.close()
  port2.close()
})
