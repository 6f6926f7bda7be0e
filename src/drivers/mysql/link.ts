import { connect, isIP, type Socket } from 'node:net'
import type { MysqlOptions } from './options.ts'
import { loadPackage, type MariadbConnection, unfit } from './package.ts'
import type { Agreement } from './wire/exchange.ts'

/** A connection that the server has let in, and nobody reads yet. */
export interface Link {
  readonly socket: Socket
  /** The number by which other connections can stop what runs on this one. */
  readonly id: number
  readonly isMariaDb: boolean
  readonly agreement: Agreement
}

const SKIPS_COLUMNS = 1n << 36n
const EXTENDED_COLUMNS = 1n << 35n

/**
 * Opens a connection: the package mariadb talks to the server until that has let us in, by whatever proof of identity
 * and encryption it asks for. Then its socket is ours.
 */
export async function openLink(options: MysqlOptions, signal?: AbortSignal): Promise<Link> {
  const { createConnection } = await loadPackage(options.modulePath)
  signal?.throwIfAborted()
  const socket = connectSocket(options)
  const giveUp = () => socket.destroy(new Error('nobody waits for the connection any more'))
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    return takeOver(await createConnection(packageOptions(options, socket)), socket)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

function connectSocket({ host, port, socketPath }: MysqlOptions): Socket {
  const socket = socketPath === null ? connect({ host, port, noDelay: true }) : connect(socketPath)
  socket.setKeepAlive(true, KEEP_ALIVE)
  return socket
}

const KEEP_ALIVE = 30_000

function packageOptions(options: MysqlOptions, socket: Socket): Record<string, unknown> {
  const { host, port, user, password, database, tls, isLocal, socketPath } = options
  return {
    host,
    port,
    user,
    password: password?.reveal(),
    ...(database !== null && { database }),
    stream: () => socket,
    connectTimeout: 0,
    // Names are looked at only where the certificate is: the package opens TLS without saying whom it wants.
    ssl: tls === null ? false : { ...tls, ...(isIP(host) === 0 ? { servername: tls.servername ?? host } : { host }) },
    // Without encryption the server's key is as good as whoever is on the line: nobody is on that to this machine.
    allowPublicKeyRetrieval: isLocal || socketPath !== null,
    permitRedirect: false,
    permitLocalInfile: false,
    multipleStatements: false,
    foundRows: true,
    logger: { warning: () => undefined },
    logParam: false,
    prepareCacheLength: 0,
  }
}

/** Takes the socket from the package, which hears nothing more of it. */
function takeOver(connection: MariadbConnection, raw: Socket): Link {
  const socket = connection.__tests?.getSocket?.()
  if (!socket) throw unfit()
  for (const one of new Set([raw, socket])) silence(one)
  if (socket.listenerCount('data') > 0) throw unfit()
  const { info } = connection
  const { clientCapabilities } = info
  return {
    socket,
    id: info.threadId,
    isMariaDb: info.serverVersion.mariaDb,
    agreement: {
      endsAreDone: info.eofDeprecated,
      skipsColumns: (clientCapabilities & SKIPS_COLUMNS) !== 0n,
      extendedColumns: (clientCapabilities & EXTENDED_COLUMNS) !== 0n,
    },
  }
}

// The listeners of the package are bound methods; those of Node itself, which a socket cannot do without, are not.
function silence(socket: Socket): void {
  for (const event of ['data', 'error', 'end', 'timeout', 'connect'] as const) {
    for (const listener of socket.rawListeners(event)) {
      if (event === 'data' || listener.name.startsWith('bound ')) socket.off(event, listener as () => void)
    }
  }
}
