/** Asks a server whether it serves, without a driver. */
import { connect } from 'node:net'

const PATIENCE = 1000

/** The first bytes that somebody on this port says, perhaps after having been greeted; null when nobody says anything. */
function firstBytes(port: number, greeting?: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const settle = (said: Buffer | null) => {
      socket.destroy()
      resolve(said)
    }
    socket.setTimeout(PATIENCE, () => settle(null))
    socket.on('error', () => settle(null))
    socket.on('close', () => resolve(null))
    socket.on('data', settle)
    if (greeting) socket.write(greeting)
  })
}

/** PostgreSQL lets people in long before it serves them, and then says so with an error. */
export async function postgresServes(port: number): Promise<boolean> {
  const words = Buffer.from('user\0offloop\0database\0postgres\0\0')
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + words.length, 0)
  head.writeInt32BE(3 << 16, 4)
  const said = await firstBytes(port, Buffer.concat([head, words]))
  return said?.[0] === 'R'.charCodeAt(0)
}

/** MySQL and MariaDB greet with the number of their protocol. */
export async function mysqlServes(port: number): Promise<boolean> {
  const said = await firstBytes(port)
  return said?.[4] === 10
}
