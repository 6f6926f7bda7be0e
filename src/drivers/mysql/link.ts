import { connect, isIP, type Socket } from 'node:net'
import type { ServerAddress } from '../server/hosts.ts'
import { isSocketPath } from '../server/hosts.ts'
import { Secret } from '../server/secret.ts'
import { nodeTlsOptions } from '../server/tls.ts'
import { isPrivate, type MysqlOptions } from './options.ts'
import { type MariadbConnection, mariadbPackage, unfit } from './package.ts'
import type { Agreement } from './wire/exchange.ts'

/** A connection that the server has let in, and nobody reads yet. */
export interface Link {
  readonly socket: Socket
  readonly address: ServerAddress
  /** The number by which other connections can stop what runs on this one. */
  readonly id: number
  readonly isMariaDb: boolean
  readonly agreement: Agreement
  /** A statement can be sent with many sets of values in one message. */
  readonly takesBulk: boolean
}

const TAKES_BULK = 1n << 34n
const EXTENDED_COLUMNS = 1n << 35n
const SKIPS_COLUMNS = 1n << 36n

/**
 * Opens a connection: the package mariadb talks to the server until that has let us in, with whatever proof of identity
 * and encryption it asks for. From then on its socket is ours.
 */
export async function openLink(options: MysqlOptions, address: ServerAddress, signal?: AbortSignal): Promise<Link> {
  const { createConnection } = mariadbPackage()
  const { password } = options
  const secret = password instanceof Secret ? password.reveal() : await password?.()
  signal?.throwIfAborted()
  const socket = dial(address)
  const giveUp = () => socket.destroy(new Error('nobody waits for the connection any more'))
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const connection = await createConnection(packageOptions(options, address, socket, secret))
    return takeOver(connection, socket, address)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

const KEEP_ALIVE = 30_000

function dial({ host, port }: ServerAddress): Socket {
  const socket = isSocketPath(host) ? connect(host) : connect({ host, port, noDelay: true })
  socket.setKeepAlive(true, KEEP_ALIVE)
  return socket
}

function packageOptions(
  { user, database, tls }: MysqlOptions,
  address: ServerAddress,
  socket: Socket,
  password: string | undefined,
): Record<string, unknown> {
  const { host, port } = address
  return {
    host,
    port,
    user,
    password,
    ...(database !== null && { database }),
    stream: () => socket,
    connectTimeout: 0,
    // The package opens TLS on the socket alone, which does not say whose certificate it must be.
    ssl: tls === null ? false : { ...(isIP(host) === 0 ? { servername: host } : { host }), ...nodeTlsOptions(tls) },
    // Without encryption a key that the server sends proves nothing; to this machine itself nobody can send another.
    allowPublicKeyRetrieval: isPrivate(address),
    permitRedirect: false,
    permitLocalInfile: false,
    multipleStatements: false,
    foundRows: true,
    logParam: false,
    logger: { warning: () => undefined },
    prepareCacheLength: 0,
  }
}

/** Takes the socket from the package, which hears nothing more of it. */
function takeOver(connection: MariadbConnection, raw: Socket, address: ServerAddress): Link {
  const socket = connection.__tests?.getSocket?.()
  if (!socket) throw unfit()
  for (const one of new Set([raw, socket])) silence(one)
  const { info } = connection
  const has = (capability: bigint) => (info.clientCapabilities & capability) !== 0n
  return {
    socket,
    address,
    id: info.threadId,
    isMariaDb: info.serverVersion.mariaDb,
    agreement: {
      endsAreDone: info.eofDeprecated,
      skipsColumns: has(SKIPS_COLUMNS),
      extendedColumns: has(EXTENDED_COLUMNS),
    },
    takesBulk: has(TAKES_BULK),
  }
}

// The listeners of the package are bound methods; those of Node.js itself, without which no socket works, are not.
function silence(socket: Socket): void {
  for (const event of ['data', 'error', 'end', 'timeout', 'connect'] as const) {
    for (const listener of socket.rawListeners(event)) {
      if (event === 'data' || listener.name.startsWith('bound ')) socket.off(event, listener as () => void)
    }
  }
  // An error of which nobody is told would end the process; what it means is seen when the socket closes.
  socket.on('error', () => undefined)
}
