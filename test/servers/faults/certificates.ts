import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server, ServerName, Settings } from '../../../scripts/servers/index.ts'
import { atEnd, type Owner } from '../../databases.ts'

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate that stands for itself. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** What is in `cert`. */
  readonly pem: string
}

/** A folder for certificates that a server's own account may read. */
export function certificateFolder(owner: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), 'offloop-tls-'))
  chmodSync(folder, 0o755)
  atEnd(owner, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Makes a certificate for a host, good for so many days from now; of less than 0 it is past. */
export function certificate(folder: string, name: string, host: string, days: number): Certificate {
  const [key, request, extra, cert] = ['key', 'csr', 'ext', 'crt'].map((kind) => join(folder, `${name}.${kind}`)) as [
    string,
    string,
    string,
    string,
  ]
  const make = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  make('req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', key, '-out', request)
  writeFileSync(extra, `subjectAltName=DNS:${host}\nbasicConstraints=CA:TRUE\n`)
  make('x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-extfile', extra, '-out', cert)
  return { key, cert, pem: readFileSync(cert, 'utf8') }
}

/** Starts the server again with this certificate. */
export async function restartWith(server: Server, { key, cert }: Certificate): Promise<void> {
  const { uid, gid } = statSync(join(server.folder, 'data'))
  chmodSync(key, 0o600)
  if (process.getuid?.() === 0) chownSync(key, uid, gid)
  await server.restart(settings[server.name](key, cert))
}

const settings: Readonly<Record<ServerName, (key: string, cert: string) => Settings>> = {
  postgres: (key, cert) => ({ ssl: 'on', ssl_cert_file: cert, ssl_key_file: key }),
  mariadb: (key, cert) => ({ 'ssl-cert': cert, 'ssl-key': key }),
  mysql: (key, cert) => ({ 'ssl-cert': cert, 'ssl-key': key }),
}
