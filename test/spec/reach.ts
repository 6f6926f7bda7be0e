import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
/** What a test asks for that runs on PostgreSQL, MariaDB or MySQL. */
const SERVERS = /\b(everywhere(Isolated)?|on\w*Servers|serverNamed|startServer)\(/
const NEIGHBOUR = /from '(\.[^']*(?:fixtures|setting|server)\.ts)'/g

/** Whether the tests of a file run on servers, by what the file asks for, or what it shares with those beside it. */
export function runsOnServers(file: string): boolean {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const beside = [...text.matchAll(NEIGHBOUR)].map(([, other]) => join(dirname(path), String(other)))
  return SERVERS.test(text) || beside.some((other) => SERVERS.test(readFileSync(other, 'utf8')))
}
