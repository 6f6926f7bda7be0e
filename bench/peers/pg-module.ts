import pg from 'pg'
import { CONNECTIONS } from '../servers/connections.ts'

/** The pool of pg, as its users open it. */
export function openPg(url: string, connections = CONNECTIONS): pg.Pool {
  return new pg.Pool({ connectionString: url, max: connections })
}
