import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, SqlError } from 'offloop'
import { closedAtEnd } from '../../databases.ts'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { certificate, certificateFolder, restartWith } from './certificates.ts'
import { onServers, ownServer } from './setting.ts'

onServers((name) => {
  test('F69 P19 certificates: one that is not trusted, is past, or is for another host is refused, and never by chance', async (t) => {
    const folder = certificateFolder(t)
    const server = await ownServer(t, name)
    const right = certificate(folder, 'right', 'localhost', 2)
    const past = certificate(folder, 'past', 'localhost', -1)
    const { pathname } = new URL(server.url())
    const open = (tls: unknown, host = 'localhost') => {
      const options = { host, port: server.port, user: 'offloop', database: pathname.slice(1), tls }
      return closedAtEnd(t, new ConnectionPool(name === 'postgres' ? 'pg' : 'mysql', options, { max: 2 }))
    }
    const refuses = async (tls: unknown, host?: string) => {
      const pool = open(tls, host)
      const began = performance.now()
      const error = (await rejectionOf(() => pool.runQuery('SELECT 1'))) as SqlError
      assert.ok(error instanceof SqlError, String(error))
      assert.deepEqual([error.kind, error.retryable], ['cannotOpen', false], String(error))
      assert.ok(performance.now() - began < 5000)
    }
    await restartWith(server, right)
    const trusted = open({ ca: right.pem })
    assert.ok(await isSecret(trusted, name))
    await usable(trusted)
    await refuses(true)
    await refuses({ ca: past.pem })
    await refuses({ ca: right.pem }, '127.0.0.1')
    assert.ok(await isSecret(open({ ca: right.pem, mode: 'verify-ca' }, '127.0.0.1'), name))
    assert.ok(await isSecret(open('no-verify'), name))
    assert.ok(!(await isSecret(open(false), name)))
    await restartWith(server, past)
    await refuses({ ca: past.pem })
    assert.ok(await isSecret(open('no-verify'), name))
  })
})

async function isSecret(pool: ConnectionPool, name: string): Promise<boolean> {
  if (name === 'postgres') {
    const [row] = await pool.runQuery('SELECT ssl::int AS secret FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    return row?.secret === 1
  }
  const [row] = await pool.runQuery("SHOW SESSION STATUS LIKE 'Ssl_version'")
  return String(row?.Value).startsWith('TLS')
}
