import { isSocketPath, type ServerAddress } from '../server/hosts.ts'
import { guardReading } from './guard.ts'
import type { PgPackage } from './package.ts'

/** Milliseconds that a server may take to hear that something is to be cancelled. */
const PATIENCE = 5000

/**
 * Asks a server to stop what runs in one of its sessions. Resolves when the server has closed the connection on which it
 * was asked: what comes afterwards in that session is not hit any more.
 */
export function cancelOn(
  { Connection }: PgPackage,
  { host, port }: ServerAddress,
  ssl: false | Readonly<Record<string, unknown>>,
  processId: number,
  secretKey: number,
): Promise<void> {
  const connection = new Connection({ ssl: ssl && { ...ssl } })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  guardReading(connection)
  let asked = false
  const ask = () => {
    asked = true
    connection.cancel(processId, secretKey)
  }
  connection.on('connect', () => {
    if (ssl) connection.requestSsl()
    else ask()
  })
  connection.on('sslconnect', ask)
  // A server may end it less politely than others; it has heard the wish all the same.
  connection.on('error', (error: unknown) => (asked ? resolve() : reject(error)))
  connection.on('end', () => (asked ? resolve() : reject(new Error('the server hung up'))))
  const timer = setTimeout(() => connection.stream.destroy(new Error('the server did not answer')), PATIENCE)
  if (isSocketPath(host)) connection.connect(`${host}/.s.PGSQL.${port}`)
  else connection.connect(port, host)
  return promise.finally(() => {
    clearTimeout(timer)
    connection.stream.destroy()
  })
}
