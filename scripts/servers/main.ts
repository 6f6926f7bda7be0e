/**
 * Keeps servers up until Ctrl-C, and prints their URLs.
 *
 *   npm run servers
 *   npm run servers -- postgres mariadb
 */
import { once } from 'node:events'
import { closeSite, findServer, type ServerName, serverNames, startServer, titleOf } from './index.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !serverNames.some((known) => known === name))
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${serverNames.join(', ')}`)
const names = serverNames.filter((name) => asked.length === 0 || asked.includes(name))

const interrupted = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
const started = await Promise.all(names.map(show))
if (started.some(Boolean)) {
  console.log('Ctrl-C ends them.')
  const alive = setInterval(() => undefined, 2 ** 30)
  await interrupted
  clearInterval(alive)
}
await closeSite()

async function show(name: ServerName): Promise<boolean> {
  try {
    const server = await startServer(name)
    const { origin } = await findServer(name)
    console.log(`${titleOf(name)} ${server.version}  ${server.url()}  pid ${server.pid}  (${origin})`)
    return true
  } catch (error) {
    console.log(`${titleOf(name)} cannot be had: ${error instanceof Error ? error.message : error}`)
    return false
  }
}
