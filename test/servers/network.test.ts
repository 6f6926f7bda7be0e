import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Server } from 'node:net'
import { test } from 'node:test'
import { Network } from './network.ts'

/** A server that answers each request with the same bytes. */
async function echo(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function setting(t: { after(work: () => unknown): void }) {
  const server = await echo()
  const network = await Network.before((server.address() as AddressInfo).port)
  t.after(async () => {
    await network.close()
    server.close()
  })
  const client = dial({ port: network.port, host: '127.0.0.1' })
  client.on('error', () => undefined)
  t.after(() => client.destroy())
  await once(client, 'connect')
  return { network, client }
}

test('a network without instructions passes everything on', async (t) => {
  const { client } = await setting(t)
  client.write('hello')
  assert.equal(String((await once(client, 'data'))[0]), 'hello')
})

test('a network cuts a link before a request comes to the server, or after', async (t) => {
  const { network, client } = await setting(t)
  network.onRequest = (bytes, link) => {
    link.cut()
    return bytes
  }
  client.write('hello')
  await once(client, 'close')
  assert.equal(network.links.length, 0)
})

test('a network resets a link', async (t) => {
  const { network, client } = await setting(t)
  client.write('x')
  await once(client, 'data')
  for (const link of network.links) link.reset()
  const [error] = await once(client, 'error')
  assert.equal(error.code, 'ECONNRESET')
})

test('a silent network passes nothing on and keeps its links', async (t) => {
  const { network, client } = await setting(t)
  network.isSilent = true
  client.write('hello')
  let came = false
  client.on('data', () => {
    came = true
  })
  const other = dial({ port: network.port, host: '127.0.0.1' })
  await once(other, 'connect')
  other.destroy()
  assert.equal(came, false)
  assert.ok(network.links.length >= 1)
})

test('a network changes an answer, or holds back a part of it', async (t) => {
  const { network, client } = await setting(t)
  network.onAnswer = (bytes) => bytes.subarray(0, 2)
  client.write('hello')
  assert.equal(String((await once(client, 'data'))[0]), 'he')
})
