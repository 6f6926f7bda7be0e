import assert from 'node:assert/strict'
import { it } from 'node:test'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedDatabases, openPool } from '../../databases.ts'

onTunedDatabases((database, suite) => {
  it('SQO-231 SQO-232 SQO-233 SQO-235 a table is described as it is', async () => {
    const pool = openPool(suite, database)
    const db = connect(pool)
    await pool.runOperation('CREATE TABLE groups (a INT, b INT, PRIMARY KEY (a, b))')
    await pool.runOperation(`CREATE TABLE people (
      id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL DEFAULT 'it''s', "group" INT, part INT, size DOUBLE DEFAULT -1.5,
      big BIGINT DEFAULT 9223372036854775807, price DECIMAL(10,2) DEFAULT 0, amount NUMERIC, born DATE, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      open BOOLEAN DEFAULT TRUE, pic BLOB DEFAULT x'00ff', any_ DEFAULT NULL, calc INT AS (part + 1), j JSON, u UUID DEFAULT (lower('X')),
      UNIQUE (name, part), FOREIGN KEY ("group", part) REFERENCES groups ON DELETE CASCADE ON UPDATE SET NULL
    )`)
    await pool.runOperation('CREATE UNIQUE INDEX lower_name ON people (lower(name), size)')
    const table = await db.describeTable('people')
    const short = table?.columns.map(({ name, storage, nullable, default: given, generated, keyPosition }) => [
      name,
      storage,
      nullable,
      given,
      generated,
      keyPosition,
    ])
    const value = (given: unknown) => ({ value: given })
    assert.deepEqual(short, [
      ['id', 'integer', false, null, false, 1],
      ['name', 'text', false, value("it's"), false, 0],
      ['group', 'integer', true, null, false, 0],
      ['part', 'integer', true, null, false, 0],
      ['size', 'real', true, value(-1.5), false, 0],
      ['big', 'bigint', true, value(9223372036854775807n), false, 0],
      ['price', 'decimal', true, value(0), false, 0],
      ['amount', null, true, null, false, 0],
      ['born', 'date', true, null, false, 0],
      ['at', 'datetime', true, { expression: 'CURRENT_TIMESTAMP' }, false, 0],
      ['open', 'boolean', true, value(true), false, 0],
      ['pic', 'blob', true, value(new Uint8Array([0, 255])), false, 0],
      ['any_', null, true, null, false, 0],
      ['calc', 'integer', true, null, true, 0],
      ['j', 'json', true, null, false, 0],
      ['u', 'uuid', true, { expression: "lower('X')" }, false, 0],
    ])
    assert.deepEqual(table?.columns.find(({ name }) => name === 'price')?.limits, { precision: 10, scale: 2 })
    assert.deepEqual(table?.columns.find(({ name }) => name === 'name')?.limits, { length: 80 })
    assert.deepEqual(table?.primaryKey, ['id'])
    assert.deepEqual(table?.indexes, [
      { name: 'sqlite_autoindex_people_1', columns: ['name', 'part'], unique: true, implied: true },
      { name: 'lower_name', columns: [null, 'size'], unique: true, implied: false },
    ])
    assert.deepEqual(table?.foreignKeys, [
      { columns: ['group', 'part'], table: 'groups', references: [], onDelete: 'cascade', onUpdate: 'set null' },
    ])
    assert.deepEqual((await db.describeTable('groups'))?.primaryKey, ['a', 'b'])
    assert.equal(await db.describeTable('nope'), null)
    assert.equal(await db.describeTable(''), null)
  })

  it('what a table was created with is found again in it', async () => {
    const columns = {
      id: c.integer().primaryKey(),
      bigint: c.bigint(),
      real: c.real(),
      decimal: c.decimal({ precision: 12, scale: 3 }).nullable(),
      text: c.text('text', { length: 9 }),
      boolean: c.boolean(),
      date: c.date(),
      datetime: c.datetime(),
      time: c.time(),
      json: c.json(),
      blob: c.blob(),
      uuid: c.uuid(),
    }
    class Every extends Model('every', columns) {}
    const pool = openPool(suite, database)
    const db = connect(pool, [Every], { replace: true })
    await db.createTables()
    const described = (await db.describeTable('every'))?.columns ?? []
    assert.deepEqual(
      described.map(({ name, storage }) => [name, storage]),
      Object.entries(columns).map(([name, { settings }]) => [name, settings.type.storage]),
    )
    assert.deepEqual(described.find(({ name }) => name === 'decimal')?.limits, { precision: 12, scale: 3 })
    assert.deepEqual(
      described.filter(({ nullable }) => nullable).map(({ name }) => name),
      ['decimal'],
    )
  })
})
