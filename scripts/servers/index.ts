/**
 * Database servers for tests: private instances of the programs on this machine, or of those that were fetched. A server
 * that runs already is never touched.
 *
 *   const server = await startServer('postgres', { settings: { max_connections: 5 } })
 *   server.url()               // postgres://offloop@127.0.0.1:<port>/postgres
 *   await server.restart()
 *   await server.remove()      // at the latest when this process ends, whatever it dies of
 */
import type { Kind, Programs, ServerName } from './kind.ts'
import { mariadb } from './mariadb.ts'
import { mysql } from './mysql.ts'
import { postgres } from './postgres.ts'
import { Server, type ServerOptions } from './server.ts'

export type { ServerName, Settings } from './kind.ts'
export { Server, type ServerOptions } from './server.ts'
export { closeSite } from './site.ts'

const kinds: Readonly<Record<ServerName, Kind>> = { postgres, mariadb, mysql }

export const serverNames = Object.keys(kinds) as readonly ServerName[]

/** What people call it. */
export function titleOf(name: ServerName): string {
  return kinds[name].title
}

const found = new Map<ServerName, Promise<Programs>>()

/** The programs of a server; rejects with the reason when it cannot be had. */
export function findServer(name: ServerName): Promise<Programs> {
  const known = found.get(name) ?? kinds[name].find()
  found.set(name, known)
  return known
}

/** Starts a server of this process's own. */
export async function startServer(name: ServerName, options?: ServerOptions): Promise<Server> {
  return Server.start(kinds[name], await findServer(name), options)
}
