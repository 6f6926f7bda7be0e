import type { ConnectPlan } from '../../contract/index.ts'
import { booleanOption, type Given, integerOption, refuse, refuseUnknown, textOption } from './checks.ts'
import { Secret } from './secret.ts'
import { sessionOption } from './session-variables.ts'
import { type TlsOptions, tlsOption } from './tls.ts'
import { readUrl } from './url.ts'

/** How a MySQL or MariaDB server is reached: complete and checked, as {@link plan} gives it. */
export interface MysqlOptions {
  readonly host: string
  readonly port: number
  /** The file of a local socket, in place of host and port; null without one. */
  readonly socketPath: string | null
  readonly user: string
  readonly password: Secret | null
  /** The database that statements mean which name none; null for none. */
  readonly database: string | null
  /** How the connection is encrypted; null when it is not. */
  readonly tls: TlsOptions | null
  /** The server is on this machine. */
  readonly isLocal: boolean
  /** Nothing may be written. */
  readonly readOnly: boolean
  /** Prepared statements that each connection keeps. */
  readonly statementCache: number
  /** The most bytes that one result may have, and one value. */
  readonly maxResultBytes: number
  /** Variables that are set in each session. */
  readonly session: Readonly<Record<string, string | number>>
  /** The file from which the package mariadb is loaded. */
  readonly modulePath: string
}

/** What a user may give of {@link MysqlOptions}. */
export interface MysqlOptionsInput {
  /** Default `localhost`. */
  readonly host?: string
  /** Default 3306. */
  readonly port?: number
  /** The file of a local socket, in place of host and port. */
  readonly socketPath?: string
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** Whether and how the connection is encrypted. Default true for every host but this machine. */
  readonly tls?: boolean | TlsOptions
  /** Nothing may be written. Default false. */
  readonly readOnly?: boolean
  /** Prepared statements that each connection keeps. Default 256. */
  readonly statementCache?: number
  /** The most bytes that one result may have. Default 256 MiB. */
  readonly maxResultBytes?: number
  /** Variables that are set in each session, beside those that the driver sets itself: see docs/mysql.md. */
  readonly session?: Readonly<Record<string, string | number>>
}

const NAMES = [
  'host',
  'port',
  'socketPath',
  'user',
  'password',
  'database',
  'tls',
  'readOnly',
  'statementCache',
  'maxResultBytes',
  'session',
] as const satisfies readonly (keyof MysqlOptionsInput)[]

const DEFAULT_PORT = 3306
const HIGHEST_PORT = 65535
const DEFAULT_STATEMENT_CACHE = 256
const LARGEST_STATEMENT_CACHE = 10_000
const MIB = 1024 * 1024
const DEFAULT_RESULT_BYTES = 256 * MIB
const MOST_RESULT_BYTES = 1024 * MIB

/**
 * Reads the text of a URL behind `mysql:`, such as `//user:password@host/shop`, or an options object, and completes it.
 * Throws a TypeError, or a RangeError for a number out of range, whose `code` is `INVALID_OPTION`.
 */
export function plan(
  source: string | Readonly<Record<string, unknown>>,
  modulePath: string,
): ConnectPlan<MysqlOptions> {
  const given = typeof source === 'string' ? readUrl(source) : ownProperties(source)
  refuseUnknown(given, NAMES)
  const host = textOption(given, 'host') ?? 'localhost'
  const socketPath = textOption(given, 'socketPath')
  const isLocal = socketPath !== null || isLoopback(host)
  const options: MysqlOptions = {
    host,
    port: integerOption(given, 'port', DEFAULT_PORT, 1, HIGHEST_PORT),
    socketPath,
    user: textOption(given, 'user') ?? '',
    password: passwordOption(given),
    database: textOption(given, 'database'),
    tls: tlsOption(given.get('tls'), isLocal),
    isLocal,
    readOnly: booleanOption(given, 'readOnly', false),
    statementCache: integerOption(given, 'statementCache', DEFAULT_STATEMENT_CACHE, 0, LARGEST_STATEMENT_CACHE),
    maxResultBytes: integerOption(given, 'maxResultBytes', DEFAULT_RESULT_BYTES, 1024, MOST_RESULT_BYTES),
    session: sessionOption(given.get('session')),
    modulePath,
  }
  if (socketPath !== null && given.has('host')) refuse('socketPath', 'stands in place of host; give one of them')
  return { options, layout: 'equal', readOnly: options.readOnly, label: labelOf(options) }
}

export function labelOf({ host, port, socketPath, database }: MysqlOptions): string {
  const place = socketPath ?? `${host.includes(':') ? `[${host}]` : host}:${port}`
  return `mysql://${place}/${database ?? ''}`
}

/** Whether a host is this machine, as far as its name tells. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function passwordOption(given: Given): Secret | null {
  const value = given.get('password')
  if (value === undefined || value === null) return null
  if (value instanceof Secret) return value
  if (typeof value !== 'string') refuse('password', 'must be a string')
  return new Secret(value)
}

function ownProperties(source: unknown): Map<string, unknown> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw Object.assign(new TypeError('The options must be an object or the text of a URL.'), {
      code: 'INVALID_OPTION',
    })
  }
  return new Map(Object.entries(source).filter(([, value]) => value !== undefined))
}
