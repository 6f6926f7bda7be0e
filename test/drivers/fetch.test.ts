import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tuple } from '../../src/contract/index.ts'
import { COUNT, drivers, failureOf, folder, ids, memory, one, open, run, withTable } from './databases.ts'

for (const driver of drivers) {
  test(`DBA-034 DBA-044 ${driver.name}: fetchMany gives up to so many rows, arraySize when not told`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute(COUNT, { count: 6 })
    assert.deepEqual(ids(cursor.fetchMany()), [1])
    assert.deepEqual(cursor.fetchMany(0), [])
    cursor.arraySize = 2
    assert.deepEqual(ids(cursor.fetchMany()), [2, 3])
    assert.deepEqual(ids(cursor.fetchMany(9)), [4, 5, 6])
    assert.deepEqual([cursor.fetchMany(), cursor.fetchMany(5)], [[], []])
  })

  test(`DBA-034 DBA-044 ${driver.name}: sizes that are none are refused`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute('SELECT 1', [])
    for (const size of [-1, 1.5, Number.NaN]) assert.throws(() => cursor.fetchMany(size), { kind: 'usage' })
    for (const size of [0, -1, 1.5]) {
      assert.throws(
        () => {
          cursor.arraySize = size
        },
        { kind: 'usage' },
      )
    }
    assert.deepEqual([cursor.arraySize, cursor.fetchAll()], [1, [[1n]]])
  })

  test(`DBA-043 DBA-045 DBA-046 ${driver.name}: the ways to fetch can be mixed, and end in nothing`, (t) => {
    const cursor = memory(t, driver).cursor()
    for (const whole of [false, true]) {
      cursor.execute(COUNT, { count: 7 }, { whole })
      assert.deepEqual(cursor.fetchOne(), [1n])
      assert.deepEqual(ids(cursor.fetchMany(2)), [2, 3])
      assert.deepEqual(cursor.fetchOne(), [4n])
      assert.deepEqual(ids(cursor.fetchAll()), [5, 6, 7])
      assert.deepEqual([cursor.fetchAll(), cursor.fetchAll(), cursor.fetchOne()], [[], [], null])
    }
  })

  test(`DBA-045 ${driver.name}: fetchAll gives rows that are the caller's own`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute(COUNT, { count: 0 })
    cursor.fetchAll().push([1])
    assert.deepEqual(cursor.fetchAll(), [])
    cursor.execute(COUNT, { count: 2 }, { whole: true })
    cursor.fetchAll().push([1])
    assert.deepEqual(cursor.fetchAll(), [])
  })

  test(`DBA-043 DBA-044 DBA-045 ${driver.name}: fetching without a result set is refused`, (t) => {
    const connection = withTable(t, driver)
    const cursor = connection.cursor()
    const refused = () => {
      for (const fetch of [() => cursor.fetchOne(), () => cursor.fetchMany(2), () => cursor.fetchAll()]) {
        assert.throws(fetch, { name: 'ProgrammingError', code: 'NO_RESULT_SET', message: /no result set/i })
      }
    }
    refused()
    for (const sql of ["INSERT INTO t VALUES (1, 'a')", 'CREATE TABLE u (a)']) {
      cursor.execute(sql, [])
      refused()
    }
    assert.throws(() => cursor.execute('SELECT * FROM nowhere', []))
    refused()
  })

  test(`DBA-047 ${driver.name}: another execute drops what was left to fetch`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute(COUNT, { count: 9 })
    cursor.fetchOne()
    cursor.execute('SELECT 100 UNION ALL SELECT 200', [])
    assert.deepEqual(ids(cursor.fetchAll()), [100, 200])
    cursor.execute(COUNT, { count: 9 })
    assert.throws(() => cursor.execute('SELEC', []))
    assert.throws(() => cursor.fetchOne(), { code: 'NO_RESULT_SET' })
    assert.equal(cursor.description, null)
  })

  test(`DBA-056 ${driver.name}: a cursor is iterated, and goes on where that stopped`, (t) => {
    const cursor = memory(t, driver).cursor()
    cursor.execute(COUNT, { count: 5 })
    const seen: Tuple[] = []
    for (const row of cursor) {
      seen.push(row)
      if (seen.length === 2) break
    }
    assert.deepEqual(ids(seen), [1, 2])
    assert.deepEqual(ids([...cursor]), [3, 4, 5])
    assert.deepEqual([...cursor], [])
  })

  test(`DBA-038 ${driver.name}: two cursors read by the same statement`, (t) => {
    const connection = withTable(t, driver, 4)
    const [first, second] = [connection.cursor(), connection.cursor()]
    first.execute('SELECT id FROM t', [])
    second.execute('SELECT id FROM t', [])
    assert.deepEqual([first.fetchOne(), second.fetchOne(), first.fetchOne()], [[1n], [1n], [2n]])
    assert.deepEqual(
      [ids(first.fetchAll()), ids(second.fetchAll())],
      [
        [3, 4],
        [2, 3, 4],
      ],
    )
  })

  test(`F45 ${driver.name}: everything can be done while rows are still to be fetched`, (t) => {
    const { connection } = open(t, driver, `${folder(t)}/app.db`)
    run(connection, 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)')
    run(
      connection,
      'INSERT INTO t WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT i, i FROM n',
    )
    const cursor = connection.cursor()
    cursor.execute('SELECT id FROM t WHERE id < 10 ORDER BY id', [])
    run(connection, 'INSERT INTO t VALUES (100, 1)')
    run(connection, 'INSERT INTO t VALUES (101, 1) RETURNING id')
    const many = connection.cursor()
    many.executeMany('INSERT INTO t VALUES (?, ?)', [
      [102, 1],
      [103, 1],
    ])
    connection.begin('write')
    connection.savepoint('s')
    run(connection, 'UPDATE t SET name = 2 WHERE id = 100')
    connection.releaseSavepoint('s')
    connection.commit()
    connection.begin('write')
    run(connection, 'DELETE FROM t WHERE id = 101')
    connection.rollback()
    run(connection, 'CREATE TABLE u (a)')
    run(connection, 'PRAGMA user_version = 2')
    assert.deepEqual(ids(cursor.fetchAll()), [1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 13n)
  })

  test(`${driver.name}: an error among the first rows belongs to execute, a later one to the fetch`, (t) => {
    const connection = withTable(t, driver, 3)
    const cursor = connection.cursor()
    const at = (id: number) => `SELECT CASE id WHEN ${id} THEN abs(-9223372036854775807 - 1) ELSE id END FROM t`
    assert.equal(failureOf(driver, () => cursor.execute(at(1), [])).kind, 'value')
    cursor.execute(at(3), [])
    assert.deepEqual(ids(cursor.fetchMany(2)), [1, 2])
    assert.equal(failureOf(driver, () => cursor.fetchOne()).kind, 'value')
    assert.equal(cursor.fetchOne(), null)
    assert.deepEqual(run(connection, 'SELECT 1'), [[1n]])
  })

  test(`${driver.name}: a half-read result holds no lock once it was dropped`, (t) => {
    const connection = withTable(t, driver, 9)
    const cursor = connection.cursor()
    cursor.execute('SELECT * FROM t', [])
    assert.equal(failureOf(driver, () => run(connection, 'DROP TABLE t')).code, 'SQLITE_LOCKED')
    cursor.close()
    run(connection, 'DROP TABLE t')
  })

  test(`DBA-037 ${driver.name}: INSERT with RETURNING runs whole, whoever fetches`, (t) => {
    const connection = withTable(t, driver)
    const cursor = connection.cursor()
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b') RETURNING id, name", [])
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 2n)
    assert.equal(cursor.rowCount, 2)
    assert.deepEqual(
      cursor.description?.map((column) => column.name),
      ['id', 'name'],
    )
    assert.deepEqual(cursor.fetchAll(), [
      [1n, 'a'],
      [2n, 'b'],
    ])
  })
}
