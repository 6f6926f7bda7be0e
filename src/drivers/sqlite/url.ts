import { type Given, refuse } from '../shared/checks.ts'

/** How the options that a URL may set are written there. */
const READERS: Readonly<Record<string, (name: string, text: string) => unknown>> = {
  readOnly: readBoolean,
  create: readBoolean,
  busyTimeout: readNumber,
  durability: (_name, text) => text,
  foreignKeys: readBoolean,
  mmapSize: readNumber,
  cacheSize: readNumber,
  statementCache: readNumber,
}

/** Reads the text behind `sqlite:`: a path, percent-encoded where need be, and options behind a question mark. */
export function readUrl(text: string): Given {
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const given = new Map<string, unknown>([['filename', readPath(path)]])
  if (mark < 0) return given
  for (const [name, value] of new URLSearchParams(text.slice(mark + 1))) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    if (!read) refuse(name, `cannot be set in a URL. Options of a URL: ${Object.keys(READERS).join(', ')}`)
    if (given.has(name)) refuse(name, 'is given twice in the URL')
    given.set(name, read(name, value))
  }
  return given
}

function readPath(path: string): string {
  const name = withoutAuthority(path)
  // What other tools write for a database in memory, and nobody for a file of that name in the root folder.
  if (name === '/:memory:') return ':memory:'
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return refuse('filename', 'has a percent sign that begins no escape; write %25 for the sign itself')
  }
}

/** `///abs` is a URL's way to write `/abs`; two slashes would be followed by a host. */
function withoutAuthority(path: string): string {
  if (!path.startsWith('//')) return path
  if (!path.startsWith('///')) {
    refuse('filename', 'would begin with a host; write "sqlite:app.db" or, with three slashes, "sqlite:///abs/app.db"')
  }
  const absolute = path.slice(2)
  return process.platform === 'win32' && /^\/[A-Za-z]:/.test(absolute) ? absolute.slice(1) : absolute
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
