import { isIP } from 'node:net'
import { type Given, refuse } from '../shared/checks.ts'

/** Where a server may be found. A host that begins with a slash is a Unix socket, or the folder of one. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/** A host as it was given, of which the port may be told apart. */
export interface GivenHost {
  readonly host: string
  readonly port?: number
}

const LARGEST_PORT = 65535

/** Reads the hosts of a URL: `one:5432,two,[::1]:5433`, or the escaped path of a socket, `%2Frun%2Fpostgresql`. */
export function readHosts(text: string, decode: (text: string) => string): GivenHost[] {
  return text.split(',').map((part) => readHost(part, decode))
}

function readHost(text: string, decode: (text: string) => string): GivenHost {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text)
  if (!match) refuse('host', 'must be written as host, host:port, or [address]:port for IPv6')
  const [, bracketed, plain = '', port] = match
  const host = decode(bracketed ?? plain)
  return port === undefined ? { host } : { host, port: Number(port) }
}

/** The addresses that were given: `host` is a name or several, `port` what those have that do not tell their own. */
export function addressesOption(given: Given, defaultPort: number): readonly ServerAddress[] {
  const port = portOf(given.get('port') ?? defaultPort)
  const hosts = given.get('host') ?? 'localhost'
  const list: readonly unknown[] = Array.isArray(hosts) ? hosts : [hosts]
  if (list.length === 0) refuse('host', 'must not be an empty list')
  return list.map((host) => addressOf(host, port))
}

function addressOf(given: unknown, port: number): ServerAddress {
  if (typeof given === 'string') return { host: hostOf(given), port }
  if (typeof given !== 'object' || given === null)
    refuse('host', 'must be a string, { host, port }, or a list of these')
  const { host, port: own, ...others } = given as { host?: unknown; port?: unknown }
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) refuse('host', `has no property ${JSON.stringify(unknown)}; it knows host, port`)
  return { host: hostOf(host), port: own === undefined ? port : portOf(own) }
}

function hostOf(host: unknown): string {
  if (typeof host !== 'string') refuse('host', 'must be a string, { host, port }, or a list of these')
  if (host === '') refuse('host', 'is empty')
  if (host.includes('\0')) refuse('host', 'holds the character U+0000')
  if (host !== host.trim()) refuse('host', 'begins or ends with white space')
  return host
}

function portOf(port: unknown): number {
  if (typeof port !== 'number') refuse('port', 'must be a number')
  if (Number.isInteger(port) && port >= 1 && port <= LARGEST_PORT) return port
  return refuse('port', `must be a whole number from 1 to ${LARGEST_PORT}, not ${port}`, RangeError)
}

/** True for a socket in the file system. */
export function isSocketPath(host: string): boolean {
  return host.startsWith('/')
}

/** True where nobody else can listen to what is said: this machine itself. */
export function isLocal(host: string): boolean {
  if (isSocketPath(host) || host === 'localhost' || host.endsWith('.localhost')) return true
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1'
}

/** The addresses for a label, without secrets. */
export function writeAddresses(addresses: readonly ServerAddress[], defaultPort: number): string {
  return addresses
    .map(({ host, port }) => {
      const name = isIP(host) === 6 ? `[${host}]` : isSocketPath(host) ? encodeURIComponent(host) : host
      return port === defaultPort ? name : `${name}:${port}`
    })
    .join(',')
}

/** The names of several addresses, for a plan; nothing where there is one. */
export function hostNames(addresses: readonly ServerAddress[], defaultPort: number): { hosts?: readonly string[] } {
  return addresses.length > 1 ? { hosts: addresses.map((address) => writeAddresses([address], defaultPort)) } : {}
}

/** The one of the addresses that was asked for, or all. */
export function asked(addresses: readonly ServerAddress[], host: number | undefined): readonly ServerAddress[] {
  const address = host === undefined ? undefined : addresses[host]
  return address ? [address] : addresses
}
