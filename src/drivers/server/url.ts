import { type Given, refuse } from '../shared/checks.ts'
import { readHosts } from './hosts.ts'

/** How the options that a URL may set are written there: the reader of each, by the name it has in the URL. */
export type UrlOptions = Readonly<Record<string, UrlOption>>

/** Reads one option of a URL, and gives it under the name that the driver has for it. */
export interface UrlOption {
  /** The driver's own name; that of the URL unless told. */
  readonly name?: string
  read(name: string, text: string): unknown
}

/**
 * Reads the text of a server's URL behind `scheme:`, such as `//user:password@host:5432/database?option=value`. Several
 * hosts are separated by commas. Only the options that are listed can be set. No refusal repeats the text: it may hold the
 * password.
 */
export function readServerUrl(text: string, options: UrlOptions): Given {
  const mark = text.indexOf('?')
  const address = mark < 0 ? text : text.slice(0, mark)
  if (!address.startsWith('//'))
    refuse('url', 'must have two slashes behind its scheme, as in scheme://user@host/database')
  const given = new Map<string, unknown>()
  readAddress(address.slice(2), given)
  if (mark >= 0) readOptions(text.slice(mark + 1), options, given)
  return given
}

function readAddress(address: string, given: Map<string, unknown>): void {
  const slash = address.indexOf('/')
  const authority = slash < 0 ? address : address.slice(0, slash)
  const path = slash < 0 ? '' : address.slice(slash + 1)
  if (path.includes('/')) refuse('database', 'must be one name in a URL; write %2F for a slash in a name or a password')
  const at = authority.lastIndexOf('@')
  if (at >= 0) readUser(authority.slice(0, at), given)
  const hosts = authority.slice(at + 1)
  if (hosts !== '')
    given.set(
      'host',
      readHosts(hosts, (text) => decoded('host', text)),
    )
  if (path !== '') given.set('database', decoded('database', path))
}

function readUser(text: string, given: Map<string, unknown>): void {
  const colon = text.indexOf(':')
  const user = colon < 0 ? text : text.slice(0, colon)
  if (user !== '') given.set('user', decoded('user', user))
  if (colon >= 0) given.set('password', decoded('password', text.slice(colon + 1)))
}

function readOptions(text: string, options: UrlOptions, given: Map<string, unknown>): void {
  for (const [written, value] of new URLSearchParams(text)) {
    const option = Object.hasOwn(options, written) ? options[written] : undefined
    if (!option) refuse(written, `cannot be set in a URL. Options of a URL: ${Object.keys(options).join(', ')}`)
    const name = option.name ?? written
    if (given.has(name)) refuse(written, 'is given twice in the URL')
    given.set(name, option.read(written, value))
  }
}

/** Takes percent escapes off a part of a URL. */
export function decoded(name: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return refuse(name, 'has a percent sign that begins no escape; write %25 for the sign itself')
  }
}

const TRUE: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1'])
const FALSE: ReadonlySet<string> = new Set(['false', 'no', 'off', '0'])

export function readBoolean(name: string, text: string): boolean {
  const word = text.toLowerCase()
  if (TRUE.has(word)) return true
  if (FALSE.has(word)) return false
  return refuse(name, 'must be true or false (yes or no, on or off, 1 or 0)')
}

export function readNumber(name: string, text: string): number {
  if (!/^\d{1,16}$/.test(text)) refuse(name, 'must be a whole number')
  return Number(text)
}

export function readText(_name: string, text: string): string {
  return text
}
