import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases, openPool } from '../../databases.ts'
import * as models from './thread-models.ts'

onTunedDatabases((database) => {
  test('in a database thread records are validated and callbacks called; what would follow the commit is refused', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)')
    assert.deepEqual(await pool.runInteraction(models.saves, ' ann '), { saved: true, errors: [] })
    assert.deepEqual(await pool.runInteraction(models.saves, 'ann'), { saved: false, errors: ['Name is not unique.'] })
    await assert.rejects(pool.runInteraction(models.saves, 'root'), /not that one/)
    await assert.rejects(pool.runInteraction(models.follows), { code: 'IN_THREAD_FOLLOW_UP' })
    assert.deepEqual(await pool.runQuery('SELECT name FROM people'), [{ name: 'ann' }])
  })
})
