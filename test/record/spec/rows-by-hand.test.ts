import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntegrityError } from 'offloop'
import { column as c, connect, like, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { prepare, rows, run, sqlFor } from '../tables.ts'

onTunedAndServers((database) => {
  test('TWI-149 TWI-160 TWI-157 rows, one row and counts come as objects by the names of their columns', async (t) => {
    const pool = openPool(t, database)
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)')
    await pool.insertMany('users', [
      { name: 'ann', age: 3 },
      { name: 'bob', age: null },
    ])
    assert.deepEqual(await rows(pool, 'SELECT * FROM users WHERE age > ? ORDER BY age LIMIT 1', [2]), [
      { id: 1, name: 'ann', age: 3 },
    ])
    assert.deepEqual(await rows(pool, 'SELECT * FROM users WHERE id = ?', [99]), [])
    const one = await pool.runInteraction(async (txn) => {
      await txn.execute(sqlFor(pool, 'SELECT name FROM users WHERE id = ?'), 2)
      return [await txn.fetchOne(), await txn.fetchOne()]
    })
    assert.deepEqual(one, [{ name: 'bob' }, null])
    assert.deepEqual(
      await pool.runQuery('SELECT age, count(*) AS count FROM users GROUP BY age ORDER BY count(*), age IS NOT NULL'),
      [
        { age: null, count: 1 },
        { age: 3, count: 1 },
      ],
    )
  })

  test('TWI-150 what a query by hand selects changes nothing of what a model knows of the table', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}
    const pool = openPool(t, database)
    connect(pool, [User])
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
    assert.deepEqual(await pool.runQuery('SELECT count(*) FROM users', [], { rowMode: 'array' }), [[0]])
    assert.deepEqual(await pool.runQuery("SELECT 'x' AS id, 1 AS name FROM users"), [])
    const ann = await User.create({ name: 'ann' })
    assert.deepEqual([ann.id, (await User.find(1))?.name], [1, 'ann'])
  })

  test('TWI-151 TWI-155 TWI-156 a row by hand: its key, how many were changed, how many deleted', async (t) => {
    const pool = openPool(t, database)
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
    const insert = (name: string) => run(pool, 'INSERT INTO users (name) VALUES (?)', [name])
    // PostgreSQL tells no key that is not asked for.
    const key = (told: number) => (database.dialect.can.lastRowId ? told : null)
    assert.deepEqual(await insert('ann'), { rowCount: 1, lastRowId: key(1) })
    const inside = await pool.runInteraction(async (txn) => {
      await txn.execute(sqlFor(pool, 'INSERT INTO users (name) VALUES (?)'), 'bob')
      return txn.lastRowId
    })
    assert.equal(inside, key(2))
    assert.equal((await run(pool, "UPDATE users SET name = 'x' WHERE id < ?", [9])).rowCount, 2)
    assert.equal((await run(pool, 'DELETE FROM users WHERE id = ?', [1])).rowCount, 1)
    assert.equal((await run(pool, 'DELETE FROM users WHERE id = ?', [1])).rowCount, 0)
  })

  test('TWI-152 many rows are inserted as one: all of them or none', async (t) => {
    const pool = openPool(t, database)
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
    const count = database.dialect.name === 'sqlite' ? 5000 : 50
    const names = Array.from({ length: count }, (_, i) => ({ name: `user ${i}` }))
    assert.equal((await pool.insertMany('users', names)).rowCount, count)
    const more = [{ name: 'new' }, { name: 'user 7' }, { name: 'newer' }]
    await assert.rejects(pool.insertMany('users', more), IntegrityError)
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM users'), [{ n: count }])
  })

  test('TWI-153 D051 rows go in by the names of their columns, in whatever order these stand', async (t) => {
    const pool = openPool(t, database)
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, city TEXT)')
    await pool.insertMany('users', [
      { name: 'ann', city: 'Bonn' },
      { city: 'Rome', name: 'bob' },
    ])
    assert.deepEqual(await pool.runQuery('SELECT name, city FROM users ORDER BY id'), [
      { name: 'ann', city: 'Bonn' },
      { name: 'bob', city: 'Rome' },
    ])
  })

  test('TWI-154 D051 no rows are no statement', async (t) => {
    const pool = openPool(t, database)
    assert.deepEqual(await pool.insertMany('there is no such table', []), { rowCount: 0 })
  })

  test('TWI-159 D053 a question mark or a percent sign inside of a literal, a comment or a value is nothing but that', async (t) => {
    class Note extends Model('notes', { id: c.integer().primaryKey(), text: c.text() }) {}
    const pool = openPool(t, database)
    connect(pool, [Note])
    await prepare(pool, 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)')
    const odd = ['why?', '100%', '%s %d %%', "it's ?", '?1 :a @b $c', '-- ?', '/* ? */']
    for (const text of odd) await Note.create({ text })
    for (const text of odd) assert.equal(await Note.where({ text }).count(), 1)
    assert.deepEqual(
      await pool.runQuery(
        `SELECT id, '?' AS mark, '%s' AS percent /* ? */ FROM notes WHERE text = ${database.dialect.placeholder(1)} -- ?`,
        '100%',
      ),
      [{ id: 2, mark: '?', percent: '%s' }],
    )
    assert.equal(await Note.where({ text: like('%?') }).count(), 3)
  })
})
