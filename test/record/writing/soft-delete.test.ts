import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { prepare } from '../tables.ts'

onTunedAndServers((database, suite) => {
  const pool = openPool(suite, database)
  class Letter extends Model('letters', {
    id: c.integer().primaryKey(),
    text: c.text(),
    deletedAt: c.datetime('deleted_at').nullable(),
  }) {
    static {
      this.defaultScope((query) => query.where({ deletedAt: null }))
    }

    /** Keeps the row, and hides it. */
    hide() {
      this.deletedAt = new Date()
      return this.save()
    }

    unhide() {
      this.deletedAt = null
      return this.save()
    }
  }
  before(async () => {
    await prepare(pool, 'CREATE TABLE letters (id INTEGER PRIMARY KEY, text TEXT, deleted_at TEXT)')
    connect(pool, [Letter])
  })

  test('a default scope hides what is marked as deleted, and only queries: its records can still be written', async () => {
    const [kept, hidden] = await Letter.create([{ text: 'kept' }, { text: 'hidden' }])
    await hidden?.hide()
    assert.deepEqual(await Letter.all().pluck('text'), ['kept'])
    assert.equal(await Letter.find(hidden?.id as number), null)
    await assert.rejects(Letter.delete(hidden?.id as number), { code: 'NOT_FOUND' })
    await hidden?.update({ text: 'changed' })
    await hidden?.reload()
    assert.equal(hidden?.text, 'changed')
    assert.equal(await Letter.deleteAll(), 1)
    assert.equal(await Letter.unscoped().count(), 1)
    await hidden?.unhide()
    assert.deepEqual(await Letter.all().pluck('text'), ['changed'])
    assert.equal(kept?.text, 'kept')
  })
})
