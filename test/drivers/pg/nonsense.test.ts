import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { ConnectionPool, SqlError } from 'offloop'
import { closedAtEnd } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'

/** What a server may say in place of letting somebody in. */
const NONSENSE: Readonly<Record<string, number[]>> = {
  'a way of proving who one is that there is not': [0x52, 0, 0, 0, 8, 0x64, 0x64, 0x64, 0x64],
  'a list of ways without an end': [0x52, 0, 0, 0, 10, 0, 0, 0, 10, 0x41, 0x41],
  'a message of no known type': [0x01, 0, 0, 0, 4],
  'a length that is none': [0x52, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
  'words of another protocol': [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
}

for (const [what, bytes] of Object.entries(NONSENSE)) {
  test(`F58 a server that says ${what} while a connection is opened is told as a failure of that`, async (t) => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined))
      socket.once('data', () => socket.end(Buffer.from(bytes)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const url = `postgres://offloop@127.0.0.1:${port}/app`
    const pool = closedAtEnd(t, new ConnectionPool(url, { acquireTimeout: 300, connectTimeout: 5000 }))
    const error = await rejectionOf(() => pool.runQuery('SELECT 1'))
    assert.ok(error instanceof SqlError, String(error))
  })
}
