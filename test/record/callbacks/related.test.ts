import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { prepare } from '../tables.ts'
import { connected } from './fixtures.ts'

onTunedAndServers((database) => {
  /** Owners whose notes are destroyed with them; what is called of both is told. */
  function models() {
    const told: string[] = []
    class Note extends Model('notes', {
      id: c.integer().primaryKey(),
      text: c.text(),
      ownerId: c.integer('owner_id').nullable(),
    }) {
      static {
        this.beforeDelete((note) => {
          told.push(`before note ${note.text}`)
          if (note.text === 'throws') throw new Error('not this note')
          return note.text !== 'stays'
        })
        this.afterCommit((note) => void told.push(`committed note ${note.text}`))
      }
    }
    class Owner extends Model('owners', { id: c.integer().primaryKey(), name: c.text() }) {
      notes = this.hasMany(() => Note, { dependent: 'destroy' })
      static {
        this.beforeDelete(() => void told.push('before owner'))
        this.afterDelete(() => void told.push('after owner'))
        this.afterRollback(() => void told.push('owner rolled back'))
      }
    }
    return { told, Note, Owner }
  }

  const TABLES = [
    'CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT)',
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, owner_id INTEGER)',
  ]

  it('TWI-089 what depends on a record is deleted with its own callbacks, in one transaction', async (t) => {
    const { told, Note, Owner } = models()
    const pool = await connected(t, database, [Note, Owner])
    await prepare(pool, ...TABLES)
    const owner = await Owner.create({ name: 'ann' })
    await Note.insertMany([
      { text: 'a', ownerId: owner.id },
      { text: 'b', ownerId: owner.id },
    ])
    told.length = 0
    await owner.delete()
    assert.deepEqual(told, [
      'before owner',
      'before note a',
      'before note b',
      'after owner',
      'committed note a',
      'committed note b',
    ])
    assert.deepEqual(await pool.runQuery('SELECT * FROM notes'), [])
  })

  for (const text of ['stays', 'throws']) {
    it(`TWI-089 when one of them ${text}, all of them and the record are what they were`, async (t) => {
      const { told, Note, Owner } = models()
      const pool = await connected(t, database, [Note, Owner])
      await prepare(pool, ...TABLES)
      const owner = await Owner.create({ name: 'ann' })
      await Note.insertMany([
        { text: 'goes', ownerId: owner.id },
        { text, ownerId: owner.id },
      ])
      told.length = 0
      await assert.rejects(owner.delete())
      assert.equal(owner.isDeleted, false)
      assert.deepEqual(told, ['before owner', 'before note goes', `before note ${text}`])
      assert.equal((await pool.runQuery('SELECT * FROM notes')).length, 2)
      await owner.update({ name: 'bob' })
      assert.equal((await Owner.find(owner.id))?.name, 'bob')
    })
  }

  it('TWI-017 afterInit is called for each class of a table that several share', async (t) => {
    class Vehicle extends Model('vehicles', { id: c.integer().primaryKey(), type: c.text().nullable() }) {
      label = 'none'
      static {
        this.inheritsBy('type', () => [Car])
      }
    }
    class Car extends Vehicle {
      override afterInit() {
        this.label = `car ${this.id}`
      }
    }
    const pool = await connected(t, database, [Vehicle])
    await prepare(pool, 'CREATE TABLE vehicles (id INTEGER PRIMARY KEY, type TEXT)')
    await Vehicle.create({})
    await Car.create({})
    await Vehicle.create({})
    await Car.create({})
    const labels = (await Vehicle.all().orderBy('id')).map(({ label }) => label)
    assert.deepEqual(labels, ['none', 'car 2', 'none', 'car 4'])
  })
})
