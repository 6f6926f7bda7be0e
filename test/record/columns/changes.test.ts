import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, jsonNull, Model } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { withTables } from '../schema/fixtures.ts'

class Note extends Model('notes', {
  id: c.integer().primaryKey(),
  data: c.json<{ tags: string[] } | null>().nullable(),
  at: c.datetime().nullable(),
  bytes: c.blob().nullable(),
  price: c.decimal({ precision: 10, scale: 2 }).nullable(),
}) {}

onTunedAndServers((database, suite) => {
  it('JSON with other spaces and a point in time in other words are no changes', async () => {
    const pool = await withTables(suite, database, [Note])
    await pool.runOperation(
      `INSERT INTO notes (id, data, at, price) VALUES (1, '{ "tags" : ["a"] }', '2026-01-31 12:00:00.123456', '5')`,
    )
    const note = await Note.find(1)
    assert.ok(note)
    assert.deepEqual(note.toObject(), {
      id: 1,
      data: { tags: ['a'] },
      at: new Date('2026-01-31T12:00:00.123Z'),
      bytes: null,
      price: '5.00',
    })
    assert.equal(note.isChanged(), false)
    note.assign({ data: { tags: ['a'] }, at: new Date('2026-01-31T12:00:00.123Z'), price: '5.0' })
    assert.equal(note.isChanged(), false)
    note.price = '5.01'
    assert.deepEqual({ ...note.changes }, { price: ['5.00', '5.01'] })
  })

  it('SQO-076 what is changed inside of JSON, a Date or bytes is noticed and saved', async () => {
    await withTables(suite, database, [Note])
    const given = { data: { tags: ['a'] }, at: new Date(0), bytes: new Uint8Array([1, 2]) }
    const note = await Note.create(given)
    given.data.tags.push('b')
    given.at.setUTCFullYear(1999)
    given.bytes[0] = 9
    assert.deepEqual(Object.keys(note.changes), ['data', 'at', 'bytes'])
    await note.save()
    const found = await Note.find(note.id)
    assert.deepEqual(found?.toObject(), { id: note.id, ...given, price: null })
    found?.data?.tags.push('c')
    found?.bytes?.set([7], 1)
    assert.deepEqual(Object.keys(found?.changes ?? {}), ['data', 'bytes'])
    await found?.save()
    assert.equal(found?.isChanged(), false)
    const again = await Note.find(note.id)
    assert.deepEqual(again?.data, { tags: ['a', 'b', 'c'] })
    assert.deepEqual(again?.bytes, new Uint8Array([9, 7]))
  })

  it("SQO-076 SQO-077 null is SQL's NULL, and the null of JSON can be told from it", async () => {
    const pool = await withTables(suite, database, [Note])
    const sqlNull = await Note.create({ data: null })
    const other = await Note.create({ data: jsonNull })
    const stored = () => pool.runQuery('SELECT data FROM notes ORDER BY id')
    assert.deepEqual(await stored(), [{ data: null }, { data: 'null' }])
    assert.deepEqual([sqlNull.data, other.data], [null, null])
    assert.equal((await Note.find(other.id))?.data, null)
    sqlNull.data = jsonNull
    assert.ok(sqlNull.isChanged('data'))
    await sqlNull.save()
    other.data = null
    await other.save()
    assert.deepEqual(await stored(), [{ data: 'null' }, { data: null }])
  })
})
