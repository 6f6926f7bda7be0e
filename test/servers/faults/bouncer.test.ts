import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SqlError } from 'offloop'
import { type Bouncer, startBouncer } from '../../../scripts/servers/pgbouncer.ts'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { networked, onServers, poolOn } from './setting.ts'

onServers(
  (name, words) => {
    test('F71 behind PgBouncer in transaction mode all goes as without it, a connection for many', async (t) => {
      const { url } = await networked(t, name)
      let bouncer: Bouncer
      try {
        bouncer = await startBouncer(url, { pool_mode: 'transaction', default_pool_size: 2 })
      } catch (error) {
        return t.skip(String(error))
      }
      t.after(() => bouncer.remove())
      const through = new URL(url)
      through.port = String(bouncer.port)
      through.searchParams.set('preparedStatements', 'false')
      const pool = poolOn(t, through.href, { max: 8 })
      await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP)')
      const ids = new Set<unknown>()
      const work = Array.from({ length: 100 }, (_, i) =>
        pool.runInteraction(async (txn) => {
          await txn.execute('INSERT INTO t VALUES ($1, $2)', [i, '2026-01-31 10:00:00'])
          const [row] = await txn.query(words.id)
          ids.add(row?.id)
          return await txn.query('SELECT id, at FROM t WHERE id = $1', [i])
        }),
      )
      for (const [id, rows] of (await Promise.all(work)).entries()) {
        assert.deepEqual(rows, [{ id, at: '2026-01-31 10:00:00' }])
      }
      assert.ok(ids.size <= 2, `${ids.size} connections of the server`)
      const reads = Array.from({ length: 200 }, (_, i) => pool.runQuery('SELECT $1::int AS n', [i]))
      for (const [n, rows] of (await Promise.all(reads)).entries()) assert.deepEqual(rows, [{ n }])
      let sum = 0
      for await (const { id } of pool.stream<{ id: number }>('SELECT id FROM t', [], { pageSize: 7 })) sum += id
      assert.equal(sum, 4950)
      await pool.executeMany('INSERT INTO t VALUES ($1, NULL)', [[200], [201]])
      const wrong = (await rejectionOf(() => pool.runOperation('INSERT INTO t VALUES (1, NULL)'))) as SqlError
      assert.equal(wrong.kind, 'unique')
      const late = (await rejectionOf(() => pool.runQuery(words.sleep(20), [], { timeout: 200 }))) as SqlError
      assert.equal(late.kind, 'timeout')
      await usable(pool)
    })
  },
  ['postgres'],
)
