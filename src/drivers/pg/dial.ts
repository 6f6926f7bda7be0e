import { Socket } from 'node:net'
import type { ServerAddress } from '../server/hosts.ts'
import { Secret } from '../server/secret.ts'
import { nodeTlsOptions } from '../server/tls.ts'
import { cancelOn } from './cancel.ts'
import { guardReading } from './guard.ts'
import type { PgOptions } from './options.ts'
import { type PgClient, type PgPackage, pgPackage } from './package.ts'
import type { Wire } from './wire.ts'

/** Opens a session of one server: the package `pg` finds it, agrees on TLS and says who one is; then its part is done. */
export async function dial(
  options: PgOptions,
  address: ServerAddress,
  readOnly: boolean,
  signal: AbortSignal | undefined,
): Promise<Wire> {
  const pg = pgPackage()
  const socket = new Socket()
  const watch = new Distance(socket)
  const client = clientOf(pg, options, address, socket, readOnly)
  // What goes wrong rejects the connecting; an error that nobody listens to would end the process.
  client.on('error', () => undefined)
  guardReading(client.connection)
  const give = () => socket.destroy(signal?.reason instanceof Error ? signal.reason : undefined)
  signal?.addEventListener('abort', give, { once: true })
  try {
    if (signal?.aborted) throw signal.reason
    await connected(client, socket)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', give)
  }
  return wireOf(pg, client, options, address, watch.milliseconds)
}

function clientOf(
  { Client }: PgPackage,
  { user, password, database, tls, parameters, preparedStatements }: PgOptions,
  { host, port }: ServerAddress,
  socket: Socket,
  readOnly: boolean,
): PgClient {
  const client = new Client({
    host,
    port,
    user,
    database,
    // Given as a function it is kept nowhere, and nothing is looked for in the environment or in a file.
    password: () => (password instanceof Secret ? password.reveal() : (password?.() ?? '')),
    ssl: tls ? nodeTlsOptions(tls) : false,
    enableChannelBinding: tls !== null,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    stream: socket,
  })
  client.getStartupConf = () => ({
    user,
    database,
    DateStyle: 'ISO',
    standard_conforming_strings: 'on',
    // A go-between that wants no prepared statements knows none of these either.
    ...(preparedStatements && WRITTEN),
    ...(readOnly && { default_transaction_read_only: 'on' }),
    ...parameters,
  })
  return client
}

const KEEP_ALIVE = 30_000

/** How values are written that come as text, whatever the server was set to. */
const WRITTEN = { extra_float_digits: '1', bytea_output: 'hex', IntervalStyle: 'postgres' }

/**
 * Connects. The package takes everything the server says until it is ready; from then on it hears nothing more, in the
 * very moment in which that is said.
 */
async function connected(client: PgClient, socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  client.connection.once('readyForQuery', () => {
    client.connection.stream.removeAllListeners('data')
    resolve()
  })
  // An end that nobody is told of: the socket is destroyed while the package waits.
  const gone = new Promise<never>((_, reject) => {
    socket.once('close', () => reject(new Error('the connection was closed while it was being opened')))
  })
  gone.catch(() => undefined)
  await Promise.race([Promise.all([client.connect(), promise]), gone])
}

function wireOf(pg: PgPackage, client: PgClient, options: PgOptions, address: ServerAddress, distance: number): Wire {
  const { stream } = client.connection
  for (const event of ['error', 'close', 'end']) stream.removeAllListeners(event)
  client.removeAllListeners()
  client.on('error', () => undefined)
  const processId = client.processID ?? 0
  const secretKey = client.secretKey ?? 0
  const ssl = options.tls ? nodeTlsOptions(options.tls) : false
  return {
    stream,
    processId,
    distance,
    cancel: () => cancelOn(pg, address, ssl, processId, secretKey),
  }
}

/** Measures the way to a server: from when its address was known to when it answered. */
class Distance {
  milliseconds = 0
  #from = performance.now()

  constructor(socket: Socket) {
    socket.once('lookup', () => {
      this.#from = performance.now()
    })
    socket.once('connect', () => {
      this.milliseconds = performance.now() - this.#from
    })
  }
}
