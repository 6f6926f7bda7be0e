import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drivers, failureOf, folder, memory, one, open, run } from './databases.ts'

for (const driver of drivers) {
  test(`DBA-020 DBA-022 ${driver.name}: a closed connection refuses everything, and closes again in silence`, (t) => {
    const connection = memory(t, driver)
    const cursor = connection.cursor()
    cursor.execute('SELECT 1 UNION SELECT 2', [])
    connection.close()
    connection.close()
    const calls = [
      () => connection.cursor(),
      () => connection.begin('write'),
      () => connection.commit(),
      () => connection.rollback(),
      () => connection.savepoint('s'),
      () => connection.rollbackToSavepoint('s'),
      () => cursor.execute('SELECT 1', []),
      () => cursor.fetchOne(),
    ]
    for (const call of calls) assert.throws(call, { name: 'InterfaceError', code: 'CONNECTION_CLOSED', kind: 'closed' })
    assert.equal(connection.inTransaction, false)
    assert.doesNotThrow(() => cursor.close())
  })

  test(`DBA-020 ${driver.name}: closing rolls back what was not committed`, (t) => {
    const file = `${folder(t)}/app.db`
    const connection = open(t, driver, file).connection
    run(connection, 'CREATE TABLE t (a)')
    connection.begin('write')
    run(connection, 'INSERT INTO t VALUES (1)')
    connection.close()
    assert.equal(one(open(t, driver, file).connection, 'SELECT count(*) FROM t'), 0n)
  })

  test(`DBA-021 DBA-023 ${driver.name}: commit and rollback do nothing without a transaction`, (t) => {
    const connection = memory(t, driver)
    connection.commit()
    connection.rollback()
    assert.equal(connection.inTransaction, false)
  })

  test(`DBA-021 DBA-023 DBA-026 ${driver.name}: what is committed stays, what is rolled back is gone`, (t) => {
    const file = `${folder(t)}/app.db`
    const connection = open(t, driver, file).connection
    const other = open(t, driver, file, { role: 'reader' }).connection
    const count = () => one(other, 'SELECT count(*) FROM t')
    run(connection, 'CREATE TABLE t (a)')
    connection.begin('write')
    assert.equal(connection.inTransaction, true)
    run(connection, 'INSERT INTO t VALUES (1)')
    assert.equal(count(), 0n, 'not seen before it is committed')
    connection.commit()
    assert.deepEqual([connection.inTransaction, count()], [false, 1n])
    connection.begin('write')
    run(connection, 'DELETE FROM t')
    connection.rollback()
    assert.deepEqual([connection.inTransaction, count()], [false, 1n])
  })

  test(`DBA-026 ${driver.name}: a read transaction sees one state to its end`, (t) => {
    const file = `${folder(t)}/app.db`
    const connection = open(t, driver, file).connection
    run(connection, 'CREATE TABLE t (a)')
    const reader = open(t, driver, file, { role: 'reader' }).connection
    reader.begin('read')
    assert.equal(one(reader, 'SELECT count(*) FROM t'), 0n)
    run(connection, 'INSERT INTO t VALUES (1)')
    assert.equal(one(reader, 'SELECT count(*) FROM t'), 0n)
    reader.commit()
    assert.equal(one(reader, 'SELECT count(*) FROM t'), 1n)
  })

  test(`${driver.name}: a write transaction takes the lock at once, a read transaction none`, (t) => {
    const file = `${folder(t)}/app.db`
    const options = { busyTimeout: 0 }
    const first = open(t, driver, file, { options }).connection
    const second = open(t, driver, file, { options }).connection
    first.begin('write')
    assert.equal(failureOf(driver, () => second.begin('write')).kind, 'busy')
    second.begin('read')
    second.rollback()
    first.rollback()
    second.begin('write')
  })

  test(`F27 ${driver.name}: a violated constraint leaves the transaction open`, (t) => {
    const connection = memory(t, driver)
    run(connection, 'CREATE TABLE t (a UNIQUE)')
    connection.begin('write')
    run(connection, 'INSERT INTO t VALUES (1)')
    assert.equal(failureOf(driver, () => run(connection, 'INSERT INTO t VALUES (1)')).kind, 'unique')
    run(connection, 'INSERT INTO t VALUES (2)')
    connection.commit()
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 2n)
  })

  test(`${driver.name}: a transaction inside a transaction is refused, and the outer one stays`, (t) => {
    const connection = memory(t, driver)
    connection.begin('write')
    assert.equal(failureOf(driver, () => connection.begin('write')).type, 'ProgrammingError')
    assert.equal(connection.inTransaction, true)
  })

  test(`${driver.name}: savepoints nest, and their names may hold anything`, (t) => {
    const connection = memory(t, driver)
    run(connection, 'CREATE TABLE t (a)')
    connection.begin('write')
    for (const name of ['a', 'select', 'x"; DROP TABLE t; --', 'é 😀']) {
      connection.savepoint(name)
      run(connection, 'INSERT INTO t VALUES (1)')
      connection.savepoint('inner')
      run(connection, 'INSERT INTO t VALUES (2)')
      connection.rollbackToSavepoint('inner')
      connection.releaseSavepoint('inner')
      connection.releaseSavepoint(name)
    }
    connection.commit()
    assert.equal(one(connection, 'SELECT count(*) || total(a) FROM t'), '44.0')
    assert.equal(failureOf(driver, () => connection.releaseSavepoint('nowhere')).kind, 'missing')
    assert.throws(() => connection.savepoint(''), { kind: 'syntax' })
  })

  test(`${driver.name}: the end of a transaction ends the results that were opened in it`, (t) => {
    const connection = memory(t, driver)
    const ends = [() => connection.commit(), () => connection.rollback(), () => connection.rollbackToSavepoint('s')]
    for (const end of ends) {
      connection.begin('write')
      connection.savepoint('s')
      const cursor = connection.cursor()
      cursor.execute('SELECT 1 UNION ALL SELECT 2', [])
      end()
      assert.throws(() => cursor.fetchAll(), { name: 'InterfaceError', code: 'RESULT_LOST', kind: 'transactionEnded' })
      cursor.execute('SELECT 3', [])
      assert.deepEqual(cursor.fetchAll(), [[3n]])
      connection.rollback()
    }
  })

  test(`${driver.name}: a result that was read whole outlives its transaction`, (t) => {
    const connection = memory(t, driver)
    connection.begin('read')
    const cursor = connection.cursor()
    cursor.execute('SELECT 1 UNION ALL SELECT 2', [], { whole: true })
    connection.commit()
    assert.deepEqual(cursor.fetchAll(), [[1n], [2n]])
  })

  test(`${driver.name}: foreign keys are enforced at commit when they are deferred`, (t) => {
    const connection = memory(t, driver)
    run(connection, 'CREATE TABLE p (id INTEGER PRIMARY KEY)')
    run(connection, 'CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)')
    connection.begin('write')
    run(connection, 'INSERT INTO c VALUES (1)')
    assert.equal(failureOf(driver, () => connection.commit()).kind, 'foreignKey')
    assert.equal(connection.inTransaction, true, 'it can still be mended')
    run(connection, 'INSERT INTO p VALUES (1)')
    connection.commit()
  })
}
