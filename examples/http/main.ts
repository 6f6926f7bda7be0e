/**
 * A server whose records keep no request waiting: it listens on this machine alone, at a free port, until it is told to
 * end (Ctrl-C, SIGTERM). Then it takes no new requests, answers those that it has, and closes the database.
 *
 *   node --conditions=offloop-source examples/http/main.ts [database]
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ConnectionPool } from 'offloop'
import { connect } from 'offloop/record'
import { libraryOf } from './app.ts'
import { Book } from './book.ts'

/** How long requests that have begun may take when the server ends. */
const GRACE = 5000

export async function main(url = 'sqlite::memory:'): Promise<void> {
  const told = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await using pool = new ConnectionPool(url)
  const database = connect(pool, [Book])
  await database.createTables({ ifNotExists: true })
  const app = libraryOf(database)
  const server = createServer(getRequestListener(app.fetch))
  server.on('request', (_, response) => response.once('close', () => server.listening || server.closeIdleConnections()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await told
  await close(server)
  console.log('closed')
}

/** Takes no new connections, and ends those that are left when what they were asked has been answered. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  console.log('closing')
  const late = setTimeout(() => server.closeAllConnections(), GRACE)
  await closed
  clearTimeout(late)
}

if (import.meta.main) await main(process.argv[2])
