import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { collected } from './fixtures.ts'

onTunedAndServers((database) => {
  test('a model without columns of its own is asked in the same ways', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation(
      `CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, weight ${database.dialect.types.real})`,
    )
    await pool.insertMany('things', [
      { id: 1, name: 'a', size: 3, weight: 1.5 },
      { id: 2, name: 'b', size: 5, weight: 2 },
    ])
    class Thing extends Model<{ id: number; name: string; size: number; weight: number }>('things') {}
    connect(pool, [Thing])
    assert.deepEqual(
      await Thing.group('name').max('size'),
      new Map([
        ['a', 3],
        ['b', 5],
      ]),
    )
    assert.equal((await Thing.last())?.name, 'b')
    assert.deepEqual(
      (await Thing.where({ size: 5 }).orderBy('-id')).map(({ name }) => name),
      ['b'],
    )
    assert.equal((await Thing.get(1)).name, 'a')
    assert.equal((await Thing.findMany([2]))[0]?.name, 'b')
    assert.equal(await Thing.count(), 2)
    assert.deepEqual([await Thing.sum('size'), await Thing.sum('weight')], [8, 3.5])
    assert.deepEqual(await Thing.ids(), [1, 2])
    assert.deepEqual((await collected(Thing.inBatches({ size: 1 }))).length, 2)
    assert.equal((await collected(Thing.orderBy('id'))).length, 2)
  })

  test('records are read right after the columns of the table have changed', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, size INTEGER)')
    await pool.runOperation("INSERT INTO things VALUES (1, 'a', 3)")
    class Thing extends Model<{ id: number; name: string; size: number; color?: string }>('things') {}
    connect(pool, [Thing])
    const before = await Thing.get(1)
    await pool.runOperation('ALTER TABLE things RENAME TO old_things')
    await pool.runOperation('CREATE TABLE things (color TEXT, size INTEGER, id INTEGER PRIMARY KEY)')
    await pool.runOperation("INSERT INTO things VALUES ('red', 4, 1)")
    Thing.clearSchema()
    const after = await Thing.get(1)
    assert.deepEqual([after.color, after.size, after.id], ['red', 4, 1])
    assert.equal(before.size, 3)
  })
})
