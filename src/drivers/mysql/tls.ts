import { refuse } from './checks.ts'

/** How a connection is encrypted, as Node's own `tls.connect` takes it. */
export interface TlsOptions {
  /** Whom to trust, in place of whom Node trusts: certificates as PEM. */
  readonly ca?: string | readonly string[]
  /** The client's own certificate and key, as PEM. */
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** The name that the server's certificate must have; that of the host unless told. */
  readonly servername?: string
  /** False takes any certificate: whoever is on the line can then read and change everything. Default true. */
  readonly rejectUnauthorized?: boolean
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
}

const NAMES = ['ca', 'cert', 'key', 'passphrase', 'servername', 'rejectUnauthorized', 'minVersion']

export function tlsOption(value: unknown, isLocal: boolean): TlsOptions | null {
  if (value === undefined || value === null) return isLocal ? null : {}
  if (typeof value === 'boolean') return value ? {} : null
  if (typeof value !== 'object' || Array.isArray(value)) refuse('tls', 'must be true, false or an object')
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name))
  if (unknown !== undefined) refuse(`tls.${unknown}`, `is unknown. Known: ${NAMES.join(', ')}`)
  const { rejectUnauthorized = true } = value as TlsOptions
  if (typeof rejectUnauthorized !== 'boolean') refuse('tls.rejectUnauthorized', 'must be true or false')
  return { ...value, rejectUnauthorized }
}
