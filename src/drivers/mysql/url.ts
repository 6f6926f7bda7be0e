import { type Given, refuse } from './checks.ts'

/** How the options that a URL may set beside its parts are written there. */
const READERS: Readonly<Record<string, (name: string, text: string) => unknown>> = {
  tls: readBoolean,
  readOnly: readBoolean,
  statementCache: readNumber,
  maxResultBytes: readNumber,
}

/** Reads the text behind `mysql:` or `mariadb:`, such as `//user:password@host:3306/shop?tls=true`. */
export function readUrl(text: string): Given {
  const url = parse(text)
  const given = new Map<string, unknown>()
  const part = (name: string, value: string) => {
    if (value !== '') given.set(name, decode(name, value))
  }
  part('host', url.hostname.replace(/^\[|\]$/g, ''))
  if (url.port !== '') given.set('port', Number(url.port))
  part('user', url.username)
  part('password', url.password)
  part('database', url.pathname.replace(/^\//, ''))
  for (const [name, value] of url.searchParams) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    if (!read) refuse(name, `cannot be set in a URL. Options of a URL: ${Object.keys(READERS).join(', ')}`)
    if (given.has(name)) refuse(name, 'is given twice in the URL')
    given.set(name, read(name, value))
  }
  if (url.hash !== '') refuse('url', 'has a "#", which ends nothing here; write %23 for the sign itself')
  return given
}

function parse(text: string): URL {
  if (!text.startsWith('//')) refuse('url', 'must have the form mysql://user:password@host:port/database')
  try {
    return new URL(`mysql:${text}`)
  } catch {
    // The error of URL holds the whole text, and with it the password.
    return refuse(
      'url',
      'cannot be read; write mysql://user:password@host:port/database, with %40 for a @ in a password',
    )
  }
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(name, 'has a percent sign in the URL that begins no escape; write %25 for the sign itself')
  }
}

const TRUE: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1'])
const FALSE: ReadonlySet<string> = new Set(['false', 'no', 'off', '0'])

function readBoolean(name: string, text: string): boolean {
  const word = text.toLowerCase()
  if (TRUE.has(word)) return true
  if (FALSE.has(word)) return false
  return refuse(name, 'must be true or false (yes or no, on or off, 1 or 0)')
}

function readNumber(name: string, text: string): number {
  if (!/^\d{1,16}$/.test(text)) refuse(name, 'must be a whole number')
  return Number(text)
}
