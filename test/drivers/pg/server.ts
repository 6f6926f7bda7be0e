import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'

/** One message of a server: its type, and its content. */
export function message(type: string, ...content: (string | number | Uint8Array)[]): Buffer {
  const parts = content.map((part) => (typeof part === 'number' ? int32(part) : Buffer.from(part as string)))
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

/** What a server says once it has let somebody in. */
export const welcome = Buffer.concat([message('R', 0), message('K', 4711, 42), message('Z', 'I')])

/** That a statement with one column of text is prepared and bound. */
export const bound = Buffer.concat([
  message('1'),
  message('t', int16(0)),
  message('T', int16(1), 'a\0', 0, int16(0), 25, int16(-1), -1, int16(0)),
  message('2'),
])

export function row(text: string): Buffer {
  return message('D', int16(1), text.length, text)
}

export const done = Buffer.concat([message('C', 'SELECT 1\0'), message('Z', 'I')])

export function refusal(severity: string, state: string, text: string): Buffer {
  return message('E', `S${severity}\0V${severity}\0C${state}\0M${text}\0\0`)
}

/** A server that says what it is told to, whatever is asked. */
export interface Impostor {
  readonly port: number
  /** How often somebody came. */
  readonly visits: number
  close(): Promise<void>
}

/** Answers each piece that comes: by `answer`, once it has said welcome; nothing at all where that is null. */
export async function impostor(answer: ((socket: Socket, piece: Buffer) => void) | null): Promise<Impostor> {
  const sockets = new Set<Socket>()
  let visits = 0
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    visits++
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let isIn = false
    socket.on('data', (piece) => {
      if (!answer) return
      if (isIn) return answer(socket, piece)
      isIn = true
      socket.write(welcome)
    })
  })
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  return {
    port: (server.address() as AddressInfo).port,
    get visits() {
      return visits
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((go) => server.close(() => go()))
    },
  }
}
