import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerName } from '../../scripts/servers/index.ts'
import type { ConnectionPool } from '../../src/index.ts'
import { LeftOut } from '../harness/scenario.ts'

const UNSAFE = 'It does not wait for the disk, so that the figures are of the protocol and the processor.'

/** What a scenario needs on a server: a database of its own, filled once. */
export interface Wanted {
  readonly server: 'postgres' | 'mariadb'
  readonly database: string
  fill(pool: ConnectionPool): Promise<void>
}

/** Starts the server unless this run has it already, and makes the database; gives a note on the server. */
export async function prepareServer(folder: string, { server, database, fill }: Wanted): Promise<string> {
  const { note } = await serverOf(folder, server)
  await onPool(serverUrl(folder, server), (pool) => pool.runOperation(`CREATE DATABASE ${database}`))
  await onPool(serverUrl(folder, server, database), fill)
  return note
}

/** The address of one of its databases, in any process of the run. */
export function serverUrl(folder: string, server: Wanted['server'], database?: string): string {
  const url = new URL(readStarted(folder, server).url)
  if (database !== undefined) url.pathname = database
  return url.href
}

interface Started {
  readonly url: string
  readonly note: string
}

async function serverOf(folder: string, name: ServerName): Promise<Started> {
  if (existsSync(fileOf(folder, name))) return readStarted(folder, name)
  const { startServer, titleOf } = await import('../../scripts/servers/index.ts')
  try {
    const server = await startServer(name)
    const started = { url: server.url(), note: `One ${titleOf(name)} ${server.version} for all. ${UNSAFE}` }
    writeFileSync(fileOf(folder, name), JSON.stringify(started))
    return started
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n', 1)
    throw new LeftOut(`there is no ${titleOf(name)}: ${reason}`, { cause })
  }
}

function readStarted(folder: string, name: ServerName): Started {
  return JSON.parse(readFileSync(fileOf(folder, name), 'utf8')) as Started
}

function fileOf(folder: string, name: ServerName): string {
  return join(folder, `${name}.json`)
}

/** Opens a pool for one purpose. */
export async function onPool(url: string, use: (pool: ConnectionPool) => Promise<unknown>): Promise<void> {
  // Only here: a trial of another peer has no use for it.
  const { ConnectionPool } = await import('../../src/index.ts')
  const pool = new ConnectionPool(url)
  try {
    await use(pool)
  } finally {
    await pool.close()
  }
}
