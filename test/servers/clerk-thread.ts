/**
 * The thread behind `clerk.ts`: has servers where the environment names none, and makes and drops databases there, by the
 * drivers themselves and not by offloop's own.
 */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { createConnection } from 'mariadb'
import { Client } from 'pg'
import { type ServerName, startServer } from '../../scripts/servers/index.ts'
import type { Answer, Request } from './clerk.ts'

interface Clerk {
  /** The URL of a new database. */
  make(name: string): Promise<string>
  drop(name: string): Promise<void>
}

const clerks = new Map<ServerName, Promise<Clerk>>()
/** Set by whoever waits for an answer. */
let signal: Int32Array

parentPort?.once('message', ({ port, shared }: { port: MessagePort; shared: SharedArrayBuffer }) => {
  signal = new Int32Array(shared)
  port.on('message', async (request: Request) => {
    port.postMessage(await answer(request))
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  })
})

async function answer({ server, url, make, drop }: Request): Promise<Answer> {
  try {
    const clerk = await clerkOf(server, url)
    if (drop !== undefined) await clerk.drop(drop)
    return { url: make === undefined ? '' : await clerk.make(make) }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

function clerkOf(server: ServerName, url: string | undefined): Promise<Clerk> {
  const known = clerks.get(server)
  if (known) return known
  const begun = open(server, url)
  clerks.set(server, begun)
  return begun
}

async function open(server: ServerName, given: string | undefined): Promise<Clerk> {
  const url = new URL(given ?? (await startServer(server)).url())
  return server === 'postgres' ? postgresClerk(url) : mysqlClerk(url)
}

/**
 * A database of its own is a role with a schema, which is where its tables go: making one takes a thirtieth of the time
 * of `CREATE DATABASE`.
 */
async function postgresClerk(url: URL): Promise<Clerk> {
  const client = new Client(url.href)
  await client.connect()
  return {
    async make(name) {
      const { username } = url
      // What others left in the schema that all can see is not seen.
      await client.query(
        `CREATE ROLE ${name} SUPERUSER LOGIN IN ROLE ${username}; CREATE SCHEMA AUTHORIZATION ${name};
        ALTER ROLE ${name} SET search_path TO ${name}`,
      )
      const made = new URL(url)
      made.username = name
      return made.href
    },
    async drop(name) {
      await client.query('SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = $1', [name])
      await client.query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`)
    },
  }
}

async function mysqlClerk(url: URL): Promise<Clerk> {
  const { hostname: host, port, username: user, password } = url
  const connection = await createConnection({ host, port: Number(port), user, password, allowPublicKeyRetrieval: true })
  return {
    async make(name) {
      await connection.query(`CREATE DATABASE ${name}`)
      const made = new URL(url)
      made.pathname = `/${name}`
      return made.href
    },
    async drop(name) {
      const busy: { ID: number }[] = await connection.query(
        'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ?',
        [name],
      )
      for (const { ID } of busy) await connection.query(`KILL ${ID}`).catch(ifGone)
      await connection.query(`DROP DATABASE ${name}`)
    },
  }
}

/** Somebody may go by himself before he is sent away. */
function ifGone(error: unknown): void {
  if ((error as { errno?: number }).errno !== 1094) throw error
}
