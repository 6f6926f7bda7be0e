import { type Given, refuse } from '../shared/checks.ts'
import { isLocal, type ServerAddress } from './hosts.ts'

/**
 * How a connection is kept from being read by others, and how sure one is of whom one talks to:
 *
 * - `disable`: not at all;
 * - `verify-full`: encrypted, with a certificate of an authority that is trusted, for just this host;
 * - `verify-ca`: encrypted, with a certificate of such an authority, whatever host it names;
 * - `no-verify`: encrypted, with whoever answers.
 */
export type TlsMode = 'disable' | 'verify-full' | 'verify-ca' | 'no-verify'

/** What may be said of TLS beside its mode; everything else is as Node.js has it. */
export interface TlsOptionsInput {
  readonly mode?: TlsMode
  /** Certificates of the authorities that are trusted, as PEM; those of Node.js unless told. */
  readonly ca?: string | readonly string[]
  /** The client's own certificate and its key, as PEM. */
  readonly cert?: string
  readonly key?: string
  /** The passphrase of the key. */
  readonly passphrase?: string
  /** The name that the certificate must be for, where it is not that of the host. */
  readonly servername?: string
}

/** TLS as it will be used; what is secret of it is not printed. */
export interface TlsSetting {
  readonly mode: Exclude<TlsMode, 'disable'>
  readonly details: Omit<TlsOptionsInput, 'mode'>
}

const MODES: readonly unknown[] = ['disable', 'verify-full', 'verify-ca', 'no-verify']
const DETAILS = ['ca', 'cert', 'key', 'passphrase', 'servername'] as const

/**
 * Reads the option `tls`: true, false, a mode, or an object. Without it a server of another machine is spoken to with TLS, and
 * with `verify-full`; one of this machine without.
 */
export function tlsOption(given: Given, addresses: readonly ServerAddress[]): TlsSetting | null {
  const tls = given.get('tls')
  if (tls === undefined) return addresses.every(({ host }) => isLocal(host)) ? null : setting('verify-full', {})
  if (typeof tls === 'boolean') return tls ? setting('verify-full', {}) : null
  if (typeof tls === 'string') return ofMode(modeOf(tls), {})
  if (typeof tls !== 'object' || tls === null) refuse('tls', 'must be true, false, a mode, or an object')
  const { mode = 'verify-full', ...details } = tls as Record<string, unknown>
  return ofMode(modeOf(mode), detailsOf(details))
}

function ofMode(mode: TlsMode, details: Omit<TlsOptionsInput, 'mode'>): TlsSetting | null {
  return mode === 'disable' ? null : setting(mode, details)
}

function setting(mode: TlsSetting['mode'], details: Omit<TlsOptionsInput, 'mode'>): TlsSetting {
  const hidden: TlsSetting = { mode, details }
  // A key that is printed is a key that is lost.
  Object.defineProperty(hidden, 'details', { enumerable: false })
  return hidden
}

function modeOf(mode: unknown): TlsMode {
  if (MODES.includes(mode)) return mode as TlsMode
  return refuse('tls', `must have one of the modes ${MODES.join(', ')}`)
}

function detailsOf(details: Record<string, unknown>): Omit<TlsOptionsInput, 'mode'> {
  for (const [name, value] of Object.entries(details)) {
    if (!(DETAILS as readonly string[]).includes(name)) {
      refuse(`tls.${name}`, `is unknown. Known options: mode, ${DETAILS.join(', ')}`)
    }
    const several = name === 'ca' && Array.isArray(value) && value.every((one) => typeof one === 'string')
    if (typeof value !== 'string' && !several) refuse(`tls.${name}`, 'must be text in the PEM format, or a name')
  }
  return details
}

/** What Node.js's TLS is told for one host. */
export function nodeTlsOptions({ mode, details }: TlsSetting): Record<string, unknown> {
  return {
    ...details,
    rejectUnauthorized: mode !== 'no-verify',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
}

/** Reads `sslmode` of a URL. What would fall back to no encryption in silence is refused, and so is what is unknown. */
export function readSslMode(name: string, text: string): TlsMode {
  if (text === 'require') return 'verify-full'
  if (text === 'prefer' || text === 'allow') {
    refuse(name, `must not be "${text}", which talks in the open when the server says so: write disable or verify-full`)
  }
  if (MODES.includes(text)) return text as TlsMode
  return refuse(name, `must be one of ${MODES.join(', ')}, require (the same as verify-full)`)
}
