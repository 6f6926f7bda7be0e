import type { PgSocket } from './package.ts'

/**
 * Makes what the package `pg` throws while it reads the end of that connection. It reads in a listener of the socket: what
 * is thrown there, as it is for nonsense on the way, would end the process.
 */
export function guardReading(connection: PgSocket): void {
  const attach = connection.attachListeners
  connection.attachListeners = (stream) => {
    attach.call(connection, stream)
    for (const read of stream.rawListeners('data')) {
      stream.off('data', read as (piece: Buffer) => void)
      stream.on('data', (piece: Buffer) => {
        try {
          read.call(stream, piece)
        } catch (error) {
          stream.destroy(error instanceof Error ? error : new Error(String(error)))
        }
      })
    }
  }
}
