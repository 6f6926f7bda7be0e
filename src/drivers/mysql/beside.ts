import { Failure } from '../../contract/index.ts'
import type { ServerAddress } from '../server/hosts.ts'
import { openLink } from './link.ts'
import type { MysqlOptions } from './options.ts'
import { lostRecord } from './records.ts'
import { Line } from './wire/line.ts'
import { TextCommand } from './wire/text-command.ts'

/** Milliseconds that a server may take for what it is told on a connection beside. */
const PATIENCE = 5000

/** Runs a statement on a connection of its own. Resolves when that is answered, or cannot be; never rejects. */
export async function runBeside(options: MysqlOptions, address: ServerAddress, sql: string): Promise<void> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), PATIENCE)
  try {
    await answered(options, address, sql, late.signal)
  } catch {
    // Without a connection beside nothing can be told.
  } finally {
    clearTimeout(timer)
  }
}

async function answered(options: MysqlOptions, address: ServerAddress, sql: string, late: AbortSignal): Promise<void> {
  const { socket, agreement } = await openLink(options, address, late)
  const { promise, resolve } = Promise.withResolvers<void>()
  const line = new Line(socket, agreement, options.maxResultBytes, {
    reachedToStop: () => undefined,
    lost: (reason) => {
      resolve()
      return new Failure(lostRecord(reason))
    },
  })
  late.addEventListener('abort', () => line.destroy(), { once: true })
  line.send(new TextCommand(sql, () => line.destroy()))
  await promise
}
