import type { ConnectPlan } from '../../contract/index.ts'
import { ownProperties, type PasswordSource, passwordOption, textOption } from '../server/given.ts'
import {
  addressesOption,
  type GivenHost,
  hostNames,
  isLocal,
  type ServerAddress,
  writeAddresses,
} from '../server/hosts.ts'
import type { Secret } from '../server/secret.ts'
import { readSslMode, type TlsMode, type TlsOptionsInput, type TlsSetting, tlsOption } from '../server/tls.ts'
import { readBoolean, readNumber, readServerUrl, readText } from '../server/url.ts'
import { booleanOption, integerOption, refuseUnknown } from '../shared/checks.ts'
import { sessionOption } from './session-variables.ts'

/** How a MySQL or MariaDB server is reached: complete and checked, as {@link plan} gives it. */
export interface MysqlOptions {
  /** Where the server is; several are tried in their order. */
  readonly addresses: readonly ServerAddress[]
  readonly user: string
  readonly password: Secret | PasswordSource | null
  /** The database that statements mean which name none; null for none. */
  readonly database: string | null
  /** Null: what is said is not encrypted. */
  readonly tls: TlsSetting | null
  /** Nothing can be written: transactions are read-only by default. */
  readonly readOnly: boolean
  /** Prepared statements that each connection keeps. */
  readonly statementCache: number
  /** The most bytes that one result may have. */
  readonly maxResultBytes: number
  /** Variables that are set in each session. */
  readonly session: Readonly<Record<string, string | number>>
}

/** What a user may give. */
export interface MysqlOptionsInput {
  /** A host, the path of a Unix socket, or several of them, tried in their order. Default `localhost`. */
  readonly host?: string | GivenHost | readonly (string | GivenHost)[]
  /** The port of hosts that do not tell their own. Default 3306. */
  readonly port?: number
  readonly user?: string
  readonly password?: string | PasswordSource
  /** Default none: statements then name the database of each table. */
  readonly database?: string
  /** TLS: true, false, a mode or an object. Default: `verify-full`, and none for a server of this machine. */
  readonly tls?: boolean | TlsMode | TlsOptionsInput
  /** Default false. */
  readonly readOnly?: boolean
  /** Default 256. */
  readonly statementCache?: number
  /** Default 256 MiB. */
  readonly maxResultBytes?: number
  /** The session's time zone. Default `+00:00`. */
  readonly timeZone?: string
  /** Further variables of the session, such as `{ innodb_lock_wait_timeout: 5 }`. */
  readonly session?: Readonly<Record<string, string | number>>
}

const NAMES = [
  'host',
  'port',
  'user',
  'password',
  'database',
  'tls',
  'readOnly',
  'statementCache',
  'maxResultBytes',
  'timeZone',
  'session',
] as const satisfies readonly (keyof MysqlOptionsInput)[]

const URL_OPTIONS = {
  sslmode: { name: 'tls', read: readSslMode },
  timeZone: { read: readText },
  statementCache: { read: readNumber },
  maxResultBytes: { read: readNumber },
  readOnly: { read: readBoolean },
} as const

const DEFAULT_PORT = 3306
const DEFAULT_STATEMENT_CACHE = 256
/** The server has a most of its own, for all connections together: 16,382 unless it was told otherwise. */
const LARGEST_STATEMENT_CACHE = 10_000
const DEFAULT_RESULT_BYTES = 256 * 1024 * 1024
const LARGEST_RESULT_BYTES = 2 ** 31 - 1

/**
 * Reads the text of a URL behind `mysql:`, such as `//joe:secret@db.example/shop`, or an options object, and completes it.
 * Throws a TypeError, or a RangeError for a number out of range, whose `code` is `INVALID_OPTION`.
 */
export function plan(source: string | Readonly<Record<string, unknown>>): ConnectPlan<MysqlOptions> {
  const given = typeof source === 'string' ? readServerUrl(source, URL_OPTIONS) : ownProperties(source)
  refuseUnknown(given, NAMES)
  const addresses = addressesOption(given, DEFAULT_PORT)
  const options: MysqlOptions = {
    addresses,
    user: textOption(given, 'user') ?? '',
    password: passwordOption(given),
    database: textOption(given, 'database') ?? null,
    tls: tlsOption(given, addresses),
    readOnly: booleanOption(given, 'readOnly', false),
    statementCache: integerOption(given, 'statementCache', DEFAULT_STATEMENT_CACHE, 0, LARGEST_STATEMENT_CACHE),
    maxResultBytes: integerOption(given, 'maxResultBytes', DEFAULT_RESULT_BYTES, 1024, LARGEST_RESULT_BYTES),
    session: sessionOption(given.get('session'), textOption(given, 'timeZone')),
  }
  const { readOnly } = options
  return { options, layout: 'equal', readOnly, ...hostNames(addresses, DEFAULT_PORT), label: labelOf(options) }
}

/** Names the database, without a secret. */
export function labelOf({ addresses, database }: MysqlOptions): string {
  return `mysql://${writeAddresses(addresses, DEFAULT_PORT)}/${encodeURIComponent(database ?? '')}`
}

/** Whether nobody else can listen to what is said to this host. */
export function isPrivate({ host }: ServerAddress): boolean {
  return isLocal(host)
}
