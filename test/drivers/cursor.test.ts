import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COUNT, drivers, failureOf, ids, memory, one, run, withTable } from './databases.ts'

for (const driver of drivers) {
  test(`DBA-024 DBA-028 DBA-032 DBA-034 ${driver.name}: a new cursor has nothing`, (t) => {
    const cursor = memory(t, driver).cursor()
    assert.deepEqual([cursor.description, cursor.rowCount, cursor.lastRowId, cursor.arraySize], [null, -1, null, 1])
  })

  test(`DBA-028 DBA-030 ${driver.name}: the description names columns and declared types`, (t) => {
    const cursor = withTable(t, driver, 1).cursor()
    cursor.execute('SELECT id, name AS n, id + 1 AS next FROM t', [])
    const rest = { displaySize: null, internalSize: null, precision: null, scale: null, nullOk: null }
    assert.deepEqual(cursor.description, [
      { name: 'id', typeCode: 'INTEGER', ...rest },
      { name: 'n', typeCode: 'TEXT', ...rest },
      { name: 'next', typeCode: null, ...rest },
    ])
  })

  test(`DBA-029 ${driver.name}: zero rows have a description too, and DDL has none`, (t) => {
    const cursor = withTable(t, driver).cursor()
    for (const whole of [false, true]) {
      cursor.execute('SELECT * FROM t', [], { whole })
      assert.deepEqual(
        cursor.description?.map((column) => column.name),
        ['id', 'name'],
      )
      assert.deepEqual([cursor.fetchOne(), cursor.fetchMany(3), cursor.fetchAll()], [null, [], []])
    }
    cursor.execute('CREATE TABLE u (a)', [])
    assert.equal(cursor.description, null)
  })

  test(`DBA-031 ${driver.name}: columns of one name keep their values`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute('SELECT 1 AS a, 2 AS a, 3 AS "__proto__"', [])
    assert.deepEqual(
      cursor.description?.map((column) => column.name),
      ['a', 'a', '__proto__'],
    )
    assert.deepEqual(cursor.fetchAll(), [[1n, 2n, 3n]])
  })

  test(`DBA-032 DBA-033 ${driver.name}: rowCount of every kind of statement`, (t) => {
    const cursor = withTable(t, driver, 4).cursor()
    const counts: [sql: string, count: number][] = [
      ['SELECT * FROM t', -1],
      ['CREATE TABLE u (a)', -1],
      ['INSERT INTO u VALUES (1), (2), (3)', 3],
      ['UPDATE t SET name = name', 4],
      ['UPDATE t SET name = 1 WHERE id > 9', 0],
      ['WITH d AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM d)', 1],
      ["INSERT OR IGNORE INTO t VALUES (2, 'x')", 0],
      ["REPLACE INTO t VALUES (2, 'x')", 1],
      ['UPDATE t SET name = id RETURNING id', 3],
      ['DELETE FROM t WHERE id > 9 RETURNING id', 0],
      ['PRAGMA user_version = 4', -1],
      ['PRAGMA user_version', -1],
      ['EXPLAIN DELETE FROM t', -1],
      ['SAVEPOINT s', -1],
      ['RELEASE s', -1],
      ['DROP TABLE u', -1],
      ['DELETE FROM t', 3],
    ]
    for (const [sql, count] of counts) {
      cursor.execute(sql, [])
      assert.equal(cursor.rowCount, count, sql)
    }
  })

  test(`DBA-057 ${driver.name}: lastRowId after an INSERT that inserted, and only then`, (t) => {
    const connection = withTable(t, driver, 3)
    run(connection, 'CREATE TABLE other (id INTEGER PRIMARY KEY, n UNIQUE, c DEFAULT 0)')
    const cursor = connection.cursor()
    const expected: [sql: string, id: number | bigint | null][] = [
      ["INSERT INTO t (name) VALUES ('a')", 4],
      ["INSERT INTO t VALUES (9007199254740993, 'big')", 9007199254740993n],
      ["INSERT INTO t VALUES (-5, 'negative')", -5],
      ["INSERT OR IGNORE INTO t VALUES (1, 'x')", null],
      ["REPLACE INTO t VALUES (2, 'b')", 2],
      ['UPDATE t SET name = 1', null],
      ['DELETE FROM t WHERE id = 3', null],
      ['SELECT 1', null],
      ["INSERT INTO t VALUES (50, 'r') RETURNING name", 50],
      ["INSERT INTO t SELECT 51, 'r' WHERE 0 RETURNING name", null],
      ['WITH a AS (SELECT 60 AS id) INSERT INTO t SELECT id, 1 FROM a', 60],
      ['INSERT INTO other (id, n) VALUES (7, 1) ON CONFLICT (n) DO UPDATE SET c = c + 1', 7],
      ['INSERT INTO other (id, n) VALUES (8, 1) ON CONFLICT (n) DO UPDATE SET c = c + 1', null],
      ['INSERT INTO other (id, n) VALUES (8, 1) ON CONFLICT (n) DO UPDATE SET c = c + 1 RETURNING id', null],
      ['INSERT INTO other (id, n) VALUES (8, 2) ON CONFLICT DO NOTHING', 8],
      ['CREATE TABLE more (a)', null],
    ]
    for (const [sql, id] of expected) {
      cursor.execute(sql, [])
      assert.equal(cursor.lastRowId, id, sql)
    }
  })

  test(`DBA-036 DBA-013 ${driver.name}: a closed cursor is refused, and closes again in silence`, (t) => {
    const connection = memory(t, driver)
    const cursor = connection.cursor()
    cursor.execute(COUNT, { count: 5 })
    cursor.close()
    cursor.close()
    const calls = [
      () => cursor.execute('SELECT 1', []),
      () => cursor.executeMany('SELECT 1', []),
      () => cursor.fetchOne(),
      () => cursor.fetchAll(),
      () => [...cursor],
    ]
    for (const call of calls) assert.throws(call, { name: 'InterfaceError', code: 'CURSOR_CLOSED' })
    assert.deepEqual(run(connection, 'SELECT 1'), [[1n]])
  })

  test(`DBA-025 ${driver.name}: a change through one cursor is seen at once by another`, (t) => {
    const connection = withTable(t, driver)
    connection.cursor().execute("INSERT INTO t VALUES (1, 'a')", [])
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 1n)
  })

  test(`DBA-040 ${driver.name}: executeMany runs once per set and counts all`, (t) => {
    const connection = withTable(t, driver)
    const cursor = connection.cursor()
    cursor.executeMany('INSERT INTO t VALUES (?, ?)', [
      [1, 'a'],
      [2, 'b'],
      [3, null],
    ])
    assert.deepEqual([cursor.rowCount, cursor.lastRowId, cursor.description], [3, null, null])
    cursor.executeMany(
      'UPDATE t SET name = :n WHERE id >= :id',
      new Set([
        { n: 'x', id: 2 },
        { n: 'y', id: 1 },
      ]),
    )
    assert.equal(cursor.rowCount, 5)
    cursor.executeMany('DELETE FROM t WHERE id = ?', [])
    assert.equal(cursor.rowCount, 0)
    assert.deepEqual(run(connection, 'SELECT * FROM t'), [
      [1n, 'y'],
      [2n, 'y'],
      [3n, 'y'],
    ])
  })

  test(`DBA-041 ${driver.name}: executeMany refuses a statement that gives rows, before it runs`, (t) => {
    const connection = withTable(t, driver)
    const cursor = connection.cursor()
    for (const sql of ['SELECT ?', 'INSERT INTO t (id) VALUES (?) RETURNING id']) {
      assert.throws(() => cursor.executeMany(sql, [[1]]), { name: 'ProgrammingError', code: 'ROWS_IN_EXECUTE_MANY' })
    }
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 0n)
  })

  test(`DBA-042 ${driver.name}: executeMany says which set failed, and keeps those before it`, (t) => {
    const connection = withTable(t, driver)
    connection.begin('write')
    const cursor = connection.cursor()
    const insert = (sets: (number | string)[][]) => () => cursor.executeMany('INSERT INTO t VALUES (?, ?)', sets)
    const record = failureOf(
      driver,
      insert([
        [1, 'a'],
        [2, 'b'],
        [1, 'c'],
        [3, 'd'],
      ]),
    )
    assert.partialDeepStrictEqual(record, { type: 'IntegrityError', kind: 'unique', index: 2, table: 't' })
    assert.equal(failureOf(driver, insert([[5, 'a'], [6]])).index, 1)
    assert.equal(failureOf(driver, insert([[true as never, 'a']])).index, 0)
    assert.deepEqual(ids(run(connection, 'SELECT id FROM t')), [1, 2, 5])
    connection.rollback()
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 0n)
  })

  test(`${driver.name}: an error of the sets' own source is not made to look like the database's`, (t) => {
    const connection = withTable(t, driver)
    function* sets() {
      yield [1, 'a']
      throw new RangeError('mine')
    }
    assert.throws(() => connection.cursor().executeMany('INSERT INTO t VALUES (?, ?)', sets()), {
      name: 'RangeError',
      message: 'mine',
    })
  })
}
