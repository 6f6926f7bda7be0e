import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedAndServers, onTunedDatabases, openPool } from '../../databases.ts'
import { run } from '../tables.ts'

class Person extends Model({ id: c.integer().primaryKey(), name: c.text() }) {
  groups = this.hasAndBelongsToMany(() => Group)
}
class Group extends Model({ id: c.bigint().primaryKey(), name: c.text() }) {
  people = this.hasAndBelongsToMany(() => Person)
}

onTunedAndServers((database, suite) => {
  it('SQO-095 a table of links knows each pair once, and goes with either of its rows', async () => {
    const pool = openPool(suite, database)
    const db = connect(pool, [Group, Person], { replace: true })
    await db.createTables()
    await db.createTables({ ifNotExists: true })
    assert.deepEqual(await db.tableNames(), ['groups', 'groups_people', 'people'])
    const links = await db.describeTable('groups_people')
    assert.deepEqual([...(links?.primaryKey ?? [])].sort(), ['group_id', 'person_id'])
    assert.deepEqual(links?.foreignKeys.map(({ table, onDelete }) => [table, onDelete]).sort(), [
      ['groups', 'cascade'],
      ['people', 'cascade'],
    ])
    assert.equal(links?.indexes.filter(({ implied }) => !implied).length, 1)
    const ann = await Person.create({ name: 'ann' })
    const group = await Group.create({ name: 'g' })
    await run(pool, 'INSERT INTO groups_people (group_id, person_id) VALUES (?, ?)', [group.id, ann.id])
    assert.deepEqual(
      (await ann.groups.get()).map(({ name }) => name),
      ['g'],
    )
    const again = () => run(pool, 'INSERT INTO groups_people (group_id, person_id) VALUES (?, ?)', [group.id, ann.id])
    await assert.rejects(again(), { kind: 'unique' })
    await assert.rejects(pool.runOperation('INSERT INTO groups_people (group_id, person_id) VALUES (99, 99)'), {
      kind: 'foreignKey',
    })
    await pool.runOperation('DELETE FROM people')
    assert.deepEqual(await pool.runQuery('SELECT * FROM groups_people'), [])
  })
})

// Elsewhere a table of links needs both others first.
onTunedDatabases((database, suite) => {
  it('SQO-084 SQO-085 SQO-088 SQO-093 it is created, emptied and dropped with the table of a model', async () => {
    const pool = openPool(suite, database)
    const db = connect(pool, [Group, Person], { replace: true })
    await Group.createTable()
    await Person.createTable({ joinTables: false })
    await db.dropTables({ ifExists: true })
    await Group.createTable({ joinTables: false })
    assert.deepEqual(await db.tableNames(), ['groups'])
    await Person.createTable()
    await Group.createTable({ ifNotExists: true })
    assert.deepEqual(await db.tableNames(), ['groups', 'groups_people', 'people'])
    const ann = await Person.create({ name: 'ann' })
    const group = await Group.create({ name: 'g' })
    await run(pool, 'INSERT INTO groups_people (group_id, person_id) VALUES (?, ?)', [group.id, ann.id])
    await Person.clearTable()
    assert.deepEqual(await pool.runQuery('SELECT * FROM groups_people'), [])
    await Person.dropTable()
    assert.deepEqual(await db.tableNames(), ['groups'])
  })
})
