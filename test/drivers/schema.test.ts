import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { BlockingConnection, BlockingDriver } from '../../src/contract/index.ts'
import { Lru } from '../../src/drivers/sqlite/lru.ts'
import type { SqliteOptions } from '../../src/drivers/sqlite/options.ts'
import { drivers, folder, memory, open, run } from './databases.ts'

function columns(connection: BlockingConnection, sql: string, whole: boolean = false): string[] {
  const cursor = connection.cursor()
  cursor.execute(sql, [], { whole })
  const found = cursor.description?.map((column) => `${column.name} ${column.typeCode}`) ?? []
  const width = cursor.fetchAll()[0]?.length ?? found.length
  assert.equal(width, found.length)
  cursor.close()
  return found
}

function pair(t: TestContext, driver: BlockingDriver<SqliteOptions>): [BlockingConnection, BlockingConnection] {
  const file = `${folder(t)}/app.db`
  const ours = open(t, driver, file).connection
  run(ours, 'CREATE TABLE t (a INTEGER)')
  run(ours, 'INSERT INTO t VALUES (1)')
  return [ours, open(t, driver, file).connection]
}

for (const driver of drivers) {
  test(`${driver.name}: the description is the same object as long as the columns are the same`, (t) => {
    const connection = memory(t, driver)
    run(connection, 'CREATE TABLE t (a)')
    const cursor = connection.cursor()
    const describe = (whole: boolean) => {
      cursor.execute('SELECT * FROM t', [], { whole })
      return cursor.description
    }
    const first = describe(false)
    assert.equal(describe(true), first)
    run(connection, 'CREATE TABLE u (a)')
    connection.beginBatch?.()
    assert.equal(describe(false), first)
    assert.ok(Object.isFrozen(first))
    run(connection, 'ALTER TABLE t RENAME a TO b')
    assert.notEqual(describe(false), first)
  })

  test(`${driver.name}: a change of the schema by this connection is seen at once`, (t) => {
    const connection = memory(t, driver)
    for (const schema of ['main', 'temp']) {
      run(connection, `CREATE TABLE ${schema}.t_${schema} (a INTEGER)`)
      const sql = `SELECT * FROM t_${schema}`
      assert.deepEqual(columns(connection, sql), ['a INTEGER'])
      run(connection, `ALTER TABLE ${schema}.t_${schema} ADD COLUMN b TEXT`)
      assert.deepEqual(columns(connection, sql), ['a INTEGER', 'b TEXT'])
      run(connection, `ALTER TABLE ${schema}.t_${schema} RENAME COLUMN b TO c`)
      assert.deepEqual(columns(connection, sql, true), ['a INTEGER', 'c TEXT'])
    }
  })

  test(`${driver.name}: a change of the schema by another connection is seen from the next batch on`, (t) => {
    const [ours, theirs] = pair(t, driver)
    for (const whole of [false, true]) {
      assert.deepEqual(columns(ours, 'SELECT * FROM t', whole).slice(0, 1), ['a INTEGER'])
      run(theirs, `ALTER TABLE t ADD COLUMN b${whole} TEXT`)
      ours.beginBatch?.()
      assert.equal(columns(ours, 'SELECT * FROM t', whole).at(-1), `b${whole} TEXT`)
    }
    run(theirs, 'ALTER TABLE t RENAME COLUMN a TO z')
    ours.beginBatch?.()
    assert.equal(columns(ours, 'SELECT * FROM t')[0], 'z INTEGER')
    run(theirs, 'DROP TABLE t')
    run(theirs, 'CREATE TABLE t (only REAL)')
    ours.beginBatch?.()
    assert.deepEqual(columns(ours, 'SELECT * FROM t'), ['only REAL'], 'without rows')
  })

  test(`${driver.name}: a statement prepared for the first time after another's change has the new columns`, (t) => {
    const [ours, theirs] = pair(t, driver)
    run(ours, 'SELECT 1')
    run(theirs, 'ALTER TABLE t RENAME COLUMN a TO z')
    ours.beginBatch?.()
    assert.deepEqual(columns(ours, 'SELECT * FROM t WHERE 0'), ['z INTEGER'])
  })

  test(`${driver.name}: columns that another connection adds in the middle of a batch fit the rows`, (t) => {
    const [ours, theirs] = pair(t, driver)
    columns(ours, 'SELECT * FROM t')
    run(theirs, 'ALTER TABLE t ADD COLUMN b TEXT')
    assert.deepEqual(columns(ours, 'SELECT * FROM t'), ['a INTEGER', 'b TEXT'])
  })

  test(`${driver.name}: a rolled back change of the schema is forgotten`, (t) => {
    for (const schema of ['main', 'temp']) {
      const connection = memory(t, driver)
      run(connection, `CREATE TABLE ${schema}.t (a)`)
      columns(connection, 'SELECT * FROM t')
      connection.begin('write')
      run(connection, 'ALTER TABLE t ADD COLUMN b')
      assert.equal(columns(connection, 'SELECT * FROM t').length, 2)
      connection.rollback()
      assert.equal(columns(connection, 'SELECT * FROM t').length, 1)
      connection.begin('write')
      connection.savepoint('s')
      run(connection, 'ALTER TABLE t ADD COLUMN b')
      columns(connection, 'SELECT * FROM t')
      connection.rollbackToSavepoint('s')
      assert.equal(columns(connection, 'SELECT * FROM t').length, 1)
      run(connection, 'ALTER TABLE t ADD COLUMN b')
      columns(connection, 'SELECT * FROM t')
      run(connection, 'ROLLBACK')
      assert.equal(columns(connection, 'SELECT * FROM t').length, 1)
      run(connection, 'CREATE TABLE once (id INTEGER PRIMARY KEY)')
      run(connection, 'INSERT INTO once VALUES (1)')
      connection.begin('write')
      run(connection, 'ALTER TABLE t ADD COLUMN b')
      columns(connection, 'SELECT * FROM t')
      assert.throws(() => run(connection, 'INSERT OR ROLLBACK INTO once VALUES (1)'))
      assert.equal(columns(connection, 'SELECT * FROM t').length, 1)
    }
  })

  test(`DBA-038 ${driver.name}: more statements than are kept prepared`, (t) => {
    const connection = memory(t, driver)
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 600; n++) assert.deepEqual(run(connection, `SELECT ${n}`), [[BigInt(n)]])
    }
  })
}

test('DBA-038 the least recently used entry goes first', () => {
  const lru = new Lru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  assert.equal(lru.get('a'), 1)
  lru.set('c', 3)
  assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c'), lru.size], [1, undefined, 3, 2])
})
