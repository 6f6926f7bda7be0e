import { userInfo } from 'node:os'
import type { ConnectPlan } from '../../contract/index.ts'
import { checkText, ownProperties, type PasswordSource, passwordOption, textOption } from '../server/given.ts'
import { addressesOption, type GivenHost, hostNames, type ServerAddress, writeAddresses } from '../server/hosts.ts'
import type { Secret } from '../server/secret.ts'
import { readSslMode, type TlsMode, type TlsOptionsInput, type TlsSetting, tlsOption } from '../server/tls.ts'
import { readBoolean, readNumber, readServerUrl, readText } from '../server/url.ts'
import { booleanOption, type Given, integerOption, refuse, refuseUnknown } from '../shared/checks.ts'

/** A message of the server beside its answers, such as RAISE NOTICE sends. */
export interface PgNotice {
  readonly severity: string
  /** The SQLSTATE. */
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
}

/** How a PostgreSQL database is opened: complete and checked, as {@link plan} gives it. */
export interface PgOptions {
  /** Where the server is; several are tried in their order. */
  readonly addresses: readonly ServerAddress[]
  readonly user: string
  readonly password: Secret | PasswordSource | null
  readonly database: string
  /** Null: what is said is not encrypted. */
  readonly tls: TlsSetting | null
  /** Statements are prepared once and kept by name; without it, prepared for each run, as PgBouncer may want it. */
  readonly preparedStatements: boolean
  /** Prepared statements that each connection keeps. */
  readonly statementCache: number
  /** The most bytes that one result may have; a larger one ends its connection. */
  readonly maxResultBytes: number
  /** Nothing can be written: transactions are read-only by default. */
  readonly readOnly: boolean
  /** Run-time parameters of each session. */
  readonly parameters: Readonly<Record<string, string>>
  readonly onNotice: ((notice: PgNotice) => void) | null
}

/** What a user may give. */
export interface PgOptionsInput {
  /** A host, the folder of a Unix socket, or several of them, tried in their order. Default `localhost`. */
  readonly host?: string | GivenHost | readonly (string | GivenHost)[]
  /** The port of hosts that do not tell their own. Default 5432. */
  readonly port?: number
  /** Default: the name of the user whose process this is. */
  readonly user?: string
  readonly password?: string | PasswordSource
  /** Default: the same as `user`. */
  readonly database?: string
  /**
   * TLS: true, false, a mode or an object. Default: `verify-full`, and none for a server of this machine.
   */
  readonly tls?: boolean | TlsMode | TlsOptionsInput
  /** Default true. */
  readonly preparedStatements?: boolean
  /** Default 256. */
  readonly statementCache?: number
  /** Default 256 MiB. */
  readonly maxResultBytes?: number
  /** Default false. */
  readonly readOnly?: boolean
  /** Shown in the server's list of sessions. Default `offloop`. */
  readonly applicationName?: string
  /** The session's time zone. Default `UTC`. */
  readonly timeZone?: string
  /** Further run-time parameters, such as `{ search_path: 'app' }`. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>
  /** Called with each notice of the server. */
  readonly onNotice?: (notice: PgNotice) => void
}

const NAMES = [
  'host',
  'port',
  'user',
  'password',
  'database',
  'tls',
  'preparedStatements',
  'statementCache',
  'maxResultBytes',
  'readOnly',
  'applicationName',
  'timeZone',
  'parameters',
  'onNotice',
] as const satisfies readonly (keyof PgOptionsInput)[]

const URL_OPTIONS = {
  sslmode: { name: 'tls', read: readSslMode },
  application_name: { name: 'applicationName', read: readText },
  applicationName: { read: readText },
  timeZone: { read: readText },
  preparedStatements: { read: readBoolean },
  statementCache: { read: readNumber },
  maxResultBytes: { read: readNumber },
  readOnly: { read: readBoolean },
} as const

const DEFAULT_PORT = 5432
const DEFAULT_STATEMENT_CACHE = 256
const LARGEST_STATEMENT_CACHE = 100_000
const DEFAULT_RESULT_BYTES = 256 * 1024 * 1024
/** A message's length is a signed number of 32 bits. */
const LARGEST_RESULT_BYTES = 2 ** 31 - 1

/**
 * Reads the text of a URL behind `postgres:`, such as `//joe:secret@db.example/app`, or an options object, and completes it.
 * Throws a TypeError, or a RangeError for a number out of range, whose `code` is `INVALID_OPTION`.
 */
export function plan(source: string | Readonly<Record<string, unknown>>): ConnectPlan<PgOptions> {
  const given = typeof source === 'string' ? readServerUrl(source, URL_OPTIONS) : ownProperties(source)
  refuseUnknown(given, NAMES)
  const addresses = addressesOption(given, DEFAULT_PORT)
  const user = textOption(given, 'user') ?? userInfo().username
  const options: PgOptions = {
    addresses,
    user,
    password: passwordOption(given),
    database: textOption(given, 'database') ?? user,
    tls: tlsOption(given, addresses),
    preparedStatements: booleanOption(given, 'preparedStatements', true),
    statementCache: integerOption(given, 'statementCache', DEFAULT_STATEMENT_CACHE, 0, LARGEST_STATEMENT_CACHE),
    maxResultBytes: integerOption(given, 'maxResultBytes', DEFAULT_RESULT_BYTES, 1024, LARGEST_RESULT_BYTES),
    readOnly: booleanOption(given, 'readOnly', false),
    parameters: parametersOption(given),
    onNotice: noticeOption(given.get('onNotice')),
  }
  return {
    options,
    layout: 'equal',
    readOnly: options.readOnly,
    ...hostNames(addresses, DEFAULT_PORT),
    label: `postgres://${writeAddresses(addresses, DEFAULT_PORT)}/${encodeURIComponent(options.database)}`,
  }
}

/** Parameters without which rows would be read wrongly. */
const FIXED: ReadonlySet<string> = new Set(['client_encoding', 'standard_conforming_strings', 'datestyle'])

function parametersOption(given: Given): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {
    application_name: textOption(given, 'applicationName') ?? 'offloop',
    TimeZone: textOption(given, 'timeZone') ?? 'UTC',
    ...runTimeParameters(given.get('parameters') ?? {}),
  }
  return parameters
}

function runTimeParameters(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('parameters', 'must be an object of run-time parameters')
  }
  const entries = Object.entries(value).map(([name, setting]): [string, string] => {
    if (!/^[a-z_][\w.$]*$/i.test(name))
      refuse('parameters', `has ${JSON.stringify(name)}, which is no parameter's name`)
    if (FIXED.has(name.toLowerCase())) refuse('parameters', `must not set ${name}, by which rows are read`)
    if (typeof setting === 'number' || typeof setting === 'boolean') return [name, String(setting)]
    return [name, checkText(`parameters.${name}`, setting)]
  })
  return Object.fromEntries(entries)
}

function noticeOption(value: unknown): PgOptions['onNotice'] {
  if (value === undefined) return null
  if (typeof value === 'function') return value as (notice: PgNotice) => void
  return refuse('onNotice', 'must be a function')
}
