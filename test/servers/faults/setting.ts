import { describe } from 'node:test'
import { ConnectionPool, type PoolOptions } from 'offloop'
import { type Server, type ServerName, type ServerOptions, startServer } from '../../../scripts/servers/index.ts'
import { atEnd, closedAtEnd, type Owner } from '../../databases.ts'
import { usable } from '../../pool/expect.ts'
import { newDatabase, whyMissing } from '../clerk.ts'
import { Network } from '../network.ts'

/** What the servers say differently. */
export interface Words {
  /** The placeholder of the value at `position`, from 1. */
  placeholder(position: number): string
  /** Gives one row after so many seconds. */
  sleep(seconds: number): string
  /** Gives the number of the connection as `id`. */
  readonly id: string
  /** Ends the connection with that number. */
  end(id: number): string
}

const mysqlWords: Words = {
  placeholder: () => '?',
  sleep: (seconds) => `SELECT sleep(${seconds}) AS slept`,
  id: 'SELECT connection_id() AS id',
  end: (id) => `KILL ${id}`,
}

export const words: Readonly<Record<ServerName, Words>> = {
  postgres: {
    placeholder: (position) => `$${position}`,
    sleep: (seconds) => `SELECT pg_sleep(${seconds}) AS slept`,
    id: 'SELECT pg_backend_pid() AS id',
    end: (id) => `SELECT pg_terminate_backend(${id})`,
  },
  mariadb: mysqlWords,
  mysql: mysqlWords,
}

/** A suite for each of these servers, or for all. */
export function onServers(
  define: (name: ServerName, words: Words) => void,
  names: readonly ServerName[] = ['postgres', 'mariadb', 'mysql'],
): void {
  for (const name of names) {
    const skip = whyMissing(name) ?? false
    describe(name, { skip }, () => {
      if (!skip) define(name, words[name])
    })
  }
}

/** A pool on a URL, closed when the owner has ended. */
export function poolOn(owner: Owner, url: string, options: PoolOptions = {}): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(url, { leakWarning: Number.POSITIVE_INFINITY, ...options }))
}

/** A database of its own on the servers that all tests share, and a network before it. */
export async function networked(
  owner: Owner,
  name: ServerName,
): Promise<{ network: Network; url: string; through: string }> {
  const { url, drop } = newDatabase(name)
  atEnd(owner, drop)
  const network = await Network.before(Number(new URL(url).port))
  atEnd(owner, () => network.close())
  return { network, url, through: network.urlFor(url) }
}

/** A server that belongs to the owner alone, to be killed at will. */
export async function ownServer(owner: Owner, name: ServerName, options?: ServerOptions): Promise<Server> {
  const server = await startServer(name, options)
  atEnd(owner, () => server.remove())
  return server
}

/** Resolves when `look` says yes; looks again each turn of the loop that has news. */
export async function until(look: () => boolean | Promise<boolean>, what: string, within = 10_000): Promise<void> {
  const end = performance.now() + within
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`${what} did not come true within ${within} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Resolves in all who call it once all have called. */
export function meeting(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = parties
  return () => {
    if (--left === 0) resolve()
    return promise
  }
}

/** Proves that a pool whose network works again comes back by itself: what was begun before may fail or last until then. */
export async function comesBack(pool: ConnectionPool, within = 5000): Promise<void> {
  const answers = () =>
    pool.runQuery('SELECT 1').then(
      () => true,
      () => false,
    )
  await until(answers, 'an answer', within)
  const settles = () => pool.stats().lanes.every(({ state }) => state === 'idle' || state === 'opening')
  await until(settles, 'rest on all connections', within)
  await usable(pool)
}
