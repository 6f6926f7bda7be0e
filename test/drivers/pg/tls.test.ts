import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConnectionPool, SqlError } from 'offloop'
import type { Connection } from '../../../src/contract/index.ts'
import pg from '../../../src/drivers/pg/index.ts'
import type { PgOptionsInput } from '../../../src/drivers/pg/options.ts'
import { closedAtEnd } from '../../databases.ts'
import { failed, run, site, statement } from './fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'offloop-tls-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => join(folder, name)

/** A certificate of its own authority, for one name. */
function certificate(name: string, subject: string): { cert: string; key: string } {
  const [key, cert] = [file(`${name}.key`), file(`${name}.crt`)]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const named = ['-subj', `/CN=${subject}`, '-addext', `subjectAltName=DNS:${subject}`]
  execFileSync('openssl', [...made, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key, cert }
}

let ca = ''
let other = ''

const place = site({}, async (server) => {
  const { key, cert } = certificate('server', 'localhost')
  ca = readFileSync(cert, 'utf8')
  other = readFileSync(certificate('other', 'localhost').cert, 'utf8')
  const { uid, gid } = statSync(join(server.folder, 'data'))
  chmodSync(folder, 0o755)
  chmodSync(key, 0o600)
  chownSync(key, uid, gid)
  await server.restart({ ssl: 'on', ssl_cert_file: cert, ssl_key_file: key })
})

function connect(options: PgOptionsInput): Promise<Connection> {
  return place.connect({ host: 'localhost', ...options })
}

const ENCRYPTED = 'SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()'

test('F69 a server whose certificate is trusted is spoken to in secret, and so are wishes to cancel', async () => {
  const connection = await connect({ tls: { ca } })
  assert.deepEqual(await run(connection, ENCRYPTED), [[1]])
  const controller = new AbortController()
  const call = connection.query(statement('SELECT pg_sleep(60)', [], { signal: controller.signal }))
  await new Promise((go) => setImmediate(go))
  controller.abort()
  assert.equal(failed(await call).record.kind, 'aborted')
  assert.deepEqual(await run(connection, ENCRYPTED), [[1]])
})

test('F69 a certificate that is not trusted, or for another host, is refused unless that is written out', async () => {
  const refusals: PgOptionsInput[] = [{ tls: true }, { tls: { ca: other } }, { tls: { ca }, host: '127.0.0.1' }]
  for (const options of refusals) {
    await assert.rejects(connect(options), (error) => {
      assert.ok(error instanceof SqlError)
      assert.deepEqual([error.kind, error.retryable], ['cannotOpen', false])
      assert.match(error.message, /sslmode/)
      return true
    })
  }
  for (const options of [
    { tls: 'no-verify' },
    { tls: { ca, mode: 'verify-ca' }, host: '127.0.0.1' },
  ] as PgOptionsInput[]) {
    assert.deepEqual(await run(await connect(options), ENCRYPTED), [[1]])
  }
  assert.deepEqual(await run(await connect({ tls: false }), ENCRYPTED), [[0]])
})

test('a server without TLS is not spoken to in the open where TLS was asked for', async (t) => {
  t.after(() => place.server.restart())
  await place.server.restart({ ssl: 'off' })
  await assert.rejects(connect({ tls: { ca } }), { kind: 'cannotOpen' })
  const plan = pg.plan(`//offloop@localhost:${place.server.port}/postgres?sslmode=no-verify`)
  await assert.rejects(pg.connect(plan.options, { role: 'any', name: 'test' }), { kind: 'cannotOpen' })
})

test('a pool finds its server again when that was restarted', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('pg', place.options(), { max: 2 }))
  assert.deepEqual(await pool.runQuery('SELECT 1 AS one'), [{ one: 1 }])
  await place.server.restart()
  const later = await pool.runQuery('SELECT 2 AS two').catch((error: unknown) => error)
  assert.ok(later instanceof SqlError || Array.isArray(later))
  assert.deepEqual(await pool.runQuery('SELECT 3 AS three'), [{ three: 3 }])
})
