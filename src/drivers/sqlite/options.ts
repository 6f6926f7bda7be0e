import type { ConnectPlan } from '../../contract/index.ts'
import { booleanOption, integerOption, oneOf, refuse, refuseUnknown } from '../shared/checks.ts'
import { pragmasOption } from './pragmas.ts'
import { readUrl } from './url.ts'

/** How a SQLite database is opened: complete and checked, as {@link plan} gives it. */
export interface SqliteOptions {
  /** The file, or `:memory:` for a database that lives as long as its one connection. */
  readonly filename: string
  /** No connection can write. The file must exist. */
  readonly readOnly: boolean
  /** A missing file is created. */
  readonly create: boolean
  /** Milliseconds to wait for a lock that another process holds. */
  readonly busyTimeout: number
  /** What is committed survives a `power` cut (synchronous=FULL), or only a `crash` of the process (NORMAL). */
  readonly durability: 'power' | 'crash'
  /** Foreign keys are enforced. */
  readonly foreignKeys: boolean
  /** Bytes of the file that are read through memory mapping; 0 turns it off. */
  readonly mmapSize: number
  /** KiB of the page cache of each connection; null: 2000 for one that only reads, 16000 for one that writes. */
  readonly cacheSize: number | null
  /** Prepared statements that each connection keeps; with 0 it prepares every time. */
  readonly statementCache: number
  /** Further pragmas, set after all others on each connection. */
  readonly pragmas: Readonly<Record<string, string | number>>
}

/** What a user may give of {@link SqliteOptions}. */
export type SqliteOptionsInput = Pick<SqliteOptions, 'filename'> & Partial<SqliteOptions>

const NAMES = [
  'filename',
  'readOnly',
  'create',
  'busyTimeout',
  'durability',
  'foreignKeys',
  'mmapSize',
  'cacheSize',
  'statementCache',
  'pragmas',
] as const satisfies readonly (keyof SqliteOptions)[]

const MEMORY = ':memory:'
const LONGEST_TIMEOUT = 2 ** 31 - 1
const DEFAULT_BUSY_TIMEOUT = 5000
const DEFAULT_STATEMENT_CACHE = 256
const LARGEST_STATEMENT_CACHE = 1_000_000
const DEFAULT_MMAP_SIZE = 256 * 1024 * 1024

/**
 * Reads the text of a URL behind `sqlite:`, such as `app.db?busyTimeout=100`, or an options object, and completes it.
 * Throws a TypeError, or a RangeError for a number out of range, whose `code` is `INVALID_OPTION`.
 */
export function plan(source: string | Readonly<Record<string, unknown>>): ConnectPlan<SqliteOptions> {
  const given = typeof source === 'string' ? readUrl(source) : ownProperties(source)
  refuseUnknown(given, NAMES)
  const options: SqliteOptions = {
    filename: filenameOption(given.get('filename')),
    readOnly: booleanOption(given, 'readOnly', false),
    create: booleanOption(given, 'create', true),
    busyTimeout: integerOption(given, 'busyTimeout', DEFAULT_BUSY_TIMEOUT, 0, LONGEST_TIMEOUT),
    durability: oneOf(given, 'durability', ['power', 'crash']),
    foreignKeys: booleanOption(given, 'foreignKeys', true),
    mmapSize: integerOption(given, 'mmapSize', DEFAULT_MMAP_SIZE, 0, Number.MAX_SAFE_INTEGER),
    cacheSize: given.get('cacheSize') == null ? null : integerOption(given, 'cacheSize', 0, 1, LONGEST_TIMEOUT),
    statementCache: integerOption(given, 'statementCache', DEFAULT_STATEMENT_CACHE, 0, LARGEST_STATEMENT_CACHE),
    pragmas: pragmasOption(given.get('pragmas')),
  }
  if (isMemory(options) && options.readOnly) refuse('readOnly', 'cannot be true for a database in memory')
  return {
    options,
    layout: isMemory(options) ? 'one' : 'writer-readers',
    readOnly: options.readOnly,
    // A mode other than WAL is set by the writer, while nobody else has the file open.
    ...(!('journal_mode' in options.pragmas) && { afterReaders: { ...options, create: false } }),
    label: `sqlite:${options.filename}`,
  }
}

/** True for a database that only its one connection can see. */
export function isMemory(options: SqliteOptions): boolean {
  return options.filename === MEMORY
}

function ownProperties(source: unknown): Map<string, unknown> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw Object.assign(new TypeError(`The options must be an object or the text of a URL, not ${String(source)}.`), {
      code: 'INVALID_OPTION',
    })
  }
  return new Map(Object.entries(source).filter(([, value]) => value !== undefined))
}

function filenameOption(value: unknown): string {
  if (typeof value !== 'string') refuse('filename', 'must be a string')
  if (value === 'file::memory:') return MEMORY
  if (value === '') refuse('filename', 'is empty; write :memory: for a database in memory')
  if (value.includes('\0')) refuse('filename', 'holds the character U+0000')
  if (!value.isWellFormed()) refuse('filename', 'holds half of a surrogate pair')
  if (value.startsWith('file:')) refuse('filename', 'must be the path itself, without "file:"')
  // One of the drivers would take them off in silence and open another file.
  if (value !== value.trim()) refuse('filename', 'begins or ends with white space')
  return value
}
