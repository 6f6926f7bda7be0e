import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Connection, NOT_BEGUN, SqlError } from '../../../src/contract/index.ts'
import pg from '../../../src/drivers/pg/index.ts'
import { failed, statement, succeeded } from './fixtures.ts'
import { bound, done, impostor, message, refusal, row } from './server.ts'

/** A connection to a server that answers whatever is asked with this. */
async function talk(t: TestContext, answer: (socket: Socket, piece: Buffer) => void): Promise<Connection> {
  const server = await impostor(answer)
  t.after(() => server.close())
  const { options } = pg.plan({ host: '127.0.0.1', port: server.port, user: 'joe', maxResultBytes: 4096 })
  const connection = await pg.connect(options, { role: 'any', name: 'test' })
  t.after(() => connection.close())
  return connection
}

async function isLost(connection: Connection, pattern: RegExp): Promise<void> {
  const { record } = failed(await connection.query(statement('SELECT 1')))
  assert.equal(record.kind, 'connectionLost')
  assert.match(record.message, pattern)
  assert.equal((await connection.closed)?.record.kind, 'connectionLost')
}

test('an answer that comes byte by byte is read whole', async (t) => {
  const connection = await talk(t, async (socket) => {
    for (const byte of Buffer.concat([bound, row('whole'), done])) {
      socket.write(Buffer.of(byte))
      await new Promise((go) => setImmediate(go))
    }
  })
  assert.deepEqual(succeeded(await connection.query(statement('SELECT 1'))).rows, [['whole']])
})

test('F57 half a message and an end is a lost connection, and no rows', async (t) => {
  const connection = await talk(t, (socket) => {
    socket.end(Buffer.concat([bound, row('first'), row('second').subarray(0, 9)]))
  })
  await isLost(connection, /closed/)
})

test('F58 a row whose lengths do not fit it is a lost connection', async (t) => {
  for (const length of [-2, 3, 5, 0x7fffffff]) {
    const broken = row('four')
    broken.writeInt32BE(length, 7)
    await isLost(await talk(t, (socket) => socket.write(Buffer.concat([bound, broken, done]))), /does not fit/)
  }
})

test('F58 a message whose length cannot be true is a lost connection', async (t) => {
  for (const length of [-1, 0, 3]) {
    const broken = row('four')
    broken.writeInt32BE(length, 1)
    await isLost(await talk(t, (socket) => socket.write(Buffer.concat([bound, broken]))), /cannot be PostgreSQL/)
  }
})

test('a message that nobody knows, or that nobody asked for, is a lost connection', async (t) => {
  await isLost(await talk(t, (socket) => socket.write(message('?'))), /expected/)
  await isLost(await talk(t, (socket) => socket.write(Buffer.concat([row('early'), done]))), /could not be read|row/)
  const connection = await talk(t, (socket) => {
    socket.write(Buffer.concat([bound, row('mine'), done, row('whose?')]))
  })
  assert.deepEqual(succeeded(await connection.query(statement('SELECT 1'))).rows, [['mine']])
  assert.match((await connection.closed)?.record.message ?? '', /expected/)
})

test('F116 a message that is longer than may be kept is refused before it has come, and ends the connection', async (t) => {
  const connection = await talk(t, (socket) => {
    const large = row('large')
    large.writeInt32BE(0x20000000, 1)
    socket.write(Buffer.concat([bound, large]))
  })
  const { record } = failed(await connection.query(statement('SELECT 1')))
  assert.deepEqual([record.code, record.kind], ['RESULT_TOO_LARGE', 'tooBig'])
  assert.match(record.message, /maxResultBytes/)
  assert.equal((await connection.closed)?.record.kind, 'connectionLost')
})

test('F116 many rows are counted together', async (t) => {
  const connection = await talk(t, (socket) => {
    socket.write(bound)
    for (let i = 0; i < 100; i++) socket.write(row('x'.repeat(100)))
  })
  assert.equal(failed(await connection.query(statement('SELECT 1'))).record.code, 'RESULT_TOO_LARGE')
})

test('F46 F47 a farewell of the server fails what runs, and nothing that has not begun', async (t) => {
  const connection = await talk(t, (socket) => socket.end(refusal('FATAL', '57P01', 'terminating connection')))
  const calls = [1, 2, 3].map(() => connection.query(statement('SELECT 1')))
  const codes = (await Promise.all(calls)).map((outcome) => failed(outcome).record.code)
  assert.deepEqual(codes, ['57P01', NOT_BEGUN, NOT_BEGUN])
  const closed = await connection.closed
  assert.deepEqual(
    [closed?.record.kind, closed?.record.code, closed?.record.retryable],
    ['connectionLost', '57P01', true],
  )
})

test('F47 a farewell while nothing runs is heard', async (t) => {
  const server: { socket: Socket | null } = { socket: null }
  const connection = await talk(t, (socket) => {
    server.socket = socket
    socket.write(Buffer.concat([bound, row('last'), done]))
  })
  succeeded(await connection.query(statement('SELECT 1')))
  server.socket?.end(refusal('FATAL', '57P02', 'terminating connection because of crash of another server process'))
  assert.equal((await connection.closed)?.record.code, '57P02')
})

test('F52 a server that takes a connection and never says anything is left when nobody waits any more', async (t) => {
  const server = await impostor(null)
  t.after(() => server.close())
  const controller = new AbortController()
  const { options } = pg.plan({ host: '127.0.0.1', port: server.port, user: 'joe' })
  const opening = pg.connect(options, { role: 'any', name: 'test', signal: controller.signal })
  while (server.visits === 0) await new Promise((go) => setImmediate(go))
  controller.abort()
  await assert.rejects(opening, (error) => error instanceof SqlError && error.kind === 'aborted')
})

test('a server that says no is heard, whatever it says', async (t) => {
  for (const [state, kind, retryable] of [
    ['57P03', 'connectionLost', true],
    ['53300', 'tooManyConnections', true],
    ['28P01', 'permission', false],
    ['3D000', 'missing', false],
  ] as const) {
    const server = await refusing(refusal('FATAL', state, 'no'))
    t.after(() => server.close())
    const { options } = pg.plan({ host: '127.0.0.1', port: server.port, user: 'joe' })
    const opening = pg.connect(options, { role: 'any', name: 'test' })
    await assert.rejects(opening, (error) => {
      assert.ok(error instanceof SqlError)
      assert.deepEqual([error.code, error.kind, error.retryable], [state, kind, retryable])
      return true
    })
  }
})

async function refusing(answer: Buffer) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => socket.end(answer))
  })
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no address')
  return { port: address.port, close: () => new Promise((go) => server.close(go)) }
}
