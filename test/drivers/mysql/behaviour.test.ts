import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { Value } from '../../../src/contract/index.ts'
import mysql from '../../../src/drivers/mysql/index.ts'
import { failed, onMysqlServers, run, statement, succeeded } from './fixtures.ts'

const inside = { inTransaction: true } as const

test('P19 0.16 the password is seen by nobody who prints the options or the plan', () => {
  const password = 'canary-2f7'
  for (const plan of [
    mysql.plan({ host: 'db.example', user: 'joe', password }),
    mysql.plan(`//joe:${password}@db.example/shop`),
  ]) {
    const seen = [inspect(plan, { depth: 9, showHidden: true }), JSON.stringify(plan), plan.label, String(plan.options)]
    assert.ok(!seen.join().includes(password))
  }
  const wrong = () => mysql.plan(`//joe:${password}@db.example/shop?nonsense=1`)
  assert.throws(wrong, (error: Error) => /nonsense/.test(error.message) && !error.message.includes(password))
})

test('the server of another machine is spoken to with TLS unless that is refused in so many words', () => {
  const tls = (options: Record<string, unknown>) => mysql.plan({ user: 'joe', ...options }).options.tls?.mode ?? null
  assert.equal(tls({ host: 'db.example' }), 'verify-full')
  assert.equal(tls({ host: 'db.example', tls: false }), null)
  assert.equal(tls({ host: '127.0.0.1' }), null)
})

test('what would change how SQL is read, or what the driver relies on, is no variable of the session', () => {
  for (const session of [
    { sql_mode: 'ANSI_QUOTES' },
    { sql_mode: 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES' },
    { autocommit: 0 },
    { character_set_results: 'latin1' },
    { 'a b': 1 },
    { lc_messages: "x' , y = '" },
  ]) {
    assert.throws(() => mysql.plan({ user: 'joe', session }), { code: 'INVALID_OPTION' }, JSON.stringify(session))
  }
})

onMysqlServers('behaviour', (server) => {
  test('P19 0.16 errors hold no value, and say which constraint it was', async () => {
    const connection = await server.connect()
    await run(
      connection,
      'CREATE TABLE secrets (id INT PRIMARY KEY, mail VARCHAR(50), n INT, UNIQUE KEY mail_key (mail))',
    )
    const insert = 'INSERT INTO secrets (id, mail, n) VALUES (?, ?, ?)'
    await run(connection, insert, [1, "canary'value", 1])
    const taken = await failed(connection.query(statement(insert, [2, "canary'value", 1])))
    assert.equal(taken.record.kind, 'unique')
    assert.equal(taken.record.constraint, 'mail_key')
    const wrong = await failed(connection.query(statement(insert, [3, 'x', "canary'value"])))
    assert.equal(wrong.record.kind, 'value')
    for (const { record } of [taken, wrong]) {
      assert.ok(!record.message.includes('canary'), record.message)
      assert.ok(record.cause?.message.includes('canary'))
    }
  })

  test('F66 a statement that the server would not take is refused before it is sent', async () => {
    const connection = await server.connect()
    const [most] = (await run(connection, 'SELECT @@max_allowed_packet')).rows[0] as [number]
    const { record } = await failed(connection.query(statement('SELECT LENGTH(?)', [new Uint8Array(most)])))
    assert.deepEqual([record.kind, record.code], ['tooBig', 'PACKET_TOO_LARGE'])
    assert.deepEqual((await run(connection, 'SELECT 1')).rows, [[1]])
  })

  test('F116 a result, and a value, of more bytes than may be is a failure, and the connection goes on', async () => {
    const connection = await server.connect({ maxResultBytes: 100_000 })
    const value = await failed(connection.query(statement("SELECT REPEAT('x', 200000)")))
    assert.deepEqual([value.record.kind, value.record.code], ['tooBig', 'RESULT_TOO_LARGE'])
    const ten = `(SELECT 1${' UNION ALL SELECT 1'.repeat(9)})`
    const rows = await failed(connection.query(statement(`SELECT REPEAT('x', 1000) FROM ${ten} a, ${ten} b, ${ten} c`)))
    assert.equal(rows.record.kind, 'tooBig')
    assert.deepEqual((await run(connection, 'SELECT 1')).rows, [[1]])
  })

  test('F82 what would commit the transaction is not run in it', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE TABLE kept_out (id INT PRIMARY KEY)')
    succeeded(await connection.begin('write'))
    await run(connection, 'INSERT INTO kept_out VALUES (1)', [], inside)
    const { record } = await failed(connection.query(statement('ALTER TABLE kept_out ADD n INT', [], inside)))
    assert.equal(record.code, 'IMPLICIT_COMMIT')
    succeeded(await connection.rollback())
    assert.deepEqual((await run(connection, 'SELECT * FROM kept_out')).rows, [])
  })

  test('F82 a commit in the middle that nobody could foresee is found out', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE PROCEDURE commits() COMMIT')
    succeeded(await connection.begin('write'))
    const { record } = await failed(connection.query(statement('CALL commits()', [], inside)))
    assert.equal(record.code, 'IMPLICIT_COMMIT')
    assert.equal((await failed(connection.commit())).record.kind, 'rolledBack')
    assert.deepEqual((await run(connection, 'SELECT 1')).rows, [[1]])
  })

  test('F81 a transaction that a procedure leaves behind is rolled back, and its caller told', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE TABLE left_behind (id INT PRIMARY KEY)')
    await run(connection, 'CREATE PROCEDURE leaves() BEGIN START TRANSACTION; INSERT INTO left_behind VALUES (1); END')
    const { record } = await failed(connection.query(statement('CALL leaves()')))
    assert.equal(record.code, 'TRANSACTION_BY_HAND')
    assert.deepEqual((await run(connection, 'SELECT * FROM left_behind')).rows, [])
  })

  test('F59 a deadlock is a failure that may be tried again, and the transaction is known to be gone', async () => {
    const [one, two] = [await server.connect(), await server.connect()]
    await run(one, 'CREATE TABLE locked (id INT PRIMARY KEY, n INT)')
    await run(one, 'INSERT INTO locked VALUES (1, 0), (2, 0)')
    for (const connection of [one, two]) succeeded(await connection.begin('write'))
    const update = 'UPDATE locked SET n = n + 1 WHERE id = ?'
    await run(one, update, [1], inside)
    await run(two, update, [2], inside)
    const answers = await Promise.all([
      one.query(statement(update, [2], inside)),
      two.query(statement(update, [1], inside)),
    ])
    const loser = answers.findIndex((answer) => 'record' in answer)
    const { record } = await failed(Promise.resolve(answers[loser]))
    assert.deepEqual([record.kind, record.retryable], ['deadlock', true])
    const connection = loser === 0 ? one : two
    assert.equal((await failed(connection.query(statement('SELECT 1', [], inside)))).record.kind, 'rolledBack')
    assert.equal((await failed(connection.commit())).record.kind, 'rolledBack')
    succeeded(await (loser === 0 ? two : one).commit())
  })

  test('F62 a lock that is waited for too long fails the statement, and the transaction can be rolled back', async () => {
    const one = await server.connect()
    const two = await server.connect({ session: { innodb_lock_wait_timeout: 1 } })
    await run(one, 'CREATE TABLE waited (id INT PRIMARY KEY, n INT)')
    await run(one, 'INSERT INTO waited VALUES (1, 0)')
    succeeded(await one.begin('write'))
    succeeded(await two.begin('write'))
    await run(one, 'UPDATE waited SET n = 1', [], inside)
    const { record } = await failed(two.query(statement('UPDATE waited SET n = 2', [], inside)))
    assert.deepEqual([record.kind, record.retryable], ['busy', true])
    succeeded(await two.rollback())
    succeeded(await one.commit())
  })

  test('P12 stopping a statement hurts none of those behind it, which are done or say that they never began', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE TABLE innocent (id INT PRIMARY KEY)')
    const insert = 'INSERT INTO innocent VALUES (?)'
    await run(connection, insert, [-1])
    await run(connection, 'SELECT SLEEP(?)', [0])
    const stored: number[] = [-1]
    for (let round = 0; round < 40; round++) {
      const controller = new AbortController()
      const slow = connection.query(
        statement('SELECT SLEEP(?)', [round % 2 ? 5 : 0.001], { signal: controller.signal }),
      )
      const behind = Array.from({ length: 5 }, (_, i) => round * 5 + i)
      const inserted = behind.map((id) => connection.query(statement(insert, [id])))
      await new Promise((go) => setImmediate(go))
      controller.abort()
      const stopped = await slow
      if ('record' in stopped) assert.equal(stopped.record.kind, 'aborted')
      for (const [i, answer] of (await Promise.all(inserted)).entries()) {
        if (!('record' in answer)) stored.push(behind[i] as number)
        else assert.equal(answer.record.code, 'NOT_BEGUN')
      }
    }
    const { rows } = await run(connection, 'SELECT id FROM innocent ORDER BY id')
    assert.deepEqual(
      rows,
      stored.map((id) => [id]),
    )
  })

  test('F65 a connection that the server ends says so, and so do calls on it', async () => {
    const [one, two] = [await server.connect(), await server.connect()]
    const [id] = (await run(one, 'SELECT CONNECTION_ID()')).rows[0] as [number]
    const running = one.query(statement('SELECT SLEEP(5)'))
    await run(two, `KILL ${id}`)
    assert.equal((await failed(running)).record.kind, 'connectionLost')
    assert.equal((await one.closed)?.record.kind, 'connectionLost')
    assert.equal((await failed(one.query(statement('SELECT 1')))).record.kind, 'connectionLost')
  })

  test('kill ends the connection at once, and on the server what ran on it', async () => {
    const [one, two] = [await server.connect(), await server.connect()]
    const [id] = (await run(one, 'SELECT CONNECTION_ID()')).rows[0] as [number]
    const running = one.query(statement('SELECT SLEEP(60)'))
    assert.equal(one.kill?.(), true)
    assert.equal(one.kill?.(), false)
    assert.equal((await failed(running)).record.code, 'CONNECTION_KILLED')
    assert.equal((await one.closed)?.record.code, 'CONNECTION_KILLED')
    const seen = 'SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?'
    let left: Value = 1
    while (left !== 0) [left] = (await run(two, seen, [id])).rows[0] as [Value]
  })

  test('F64 a wrong password, and a database that is not there, are failures for good', async () => {
    const wrong = await server.connect({ database: 'offloop_no_such_database' }).catch((error) => error)
    assert.deepEqual([wrong.kind, wrong.retryable], ['missing', false])
    const refused = await server.connect({ user: 'nobody', password: 'canary' }).catch((error) => error)
    assert.deepEqual([refused.kind, refused.retryable], ['permission', false])
    assert.ok(!refused.message.includes('canary'))
  })

  test('F67 a connection that only reads refuses to write, with the kind readOnly', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE TABLE read_only (id INT PRIMARY KEY)')
    const reader = await server.connect({ readOnly: true })
    assert.equal((await failed(reader.query(statement('INSERT INTO read_only VALUES (1)')))).record.kind, 'readOnly')
  })

  test('DBA-042 of many sets the one that fails is named, and outside a transaction none is stored', async () => {
    const connection = await server.connect()
    await run(connection, 'CREATE TABLE sets (id INT PRIMARY KEY, n INT)')
    const query = { sql: 'INSERT INTO sets VALUES (?, ?)', names: null, inTransaction: false }
    const sets = Array.from({ length: 3000 }, (_, id) => [id === 2500 ? 7 : id, id])
    const { record } = await failed(connection.queryMany(query, sets))
    assert.deepEqual([record.kind, record.index], ['unique', 2500])
    assert.deepEqual((await run(connection, 'SELECT COUNT(*) FROM sets')).rows, [[0]])
    const update = { ...query, sql: 'UPDATE sets SET n = ? WHERE id = ?' }
    assert.equal(succeeded(await connection.queryMany(query, sets.slice(0, 10))).rowCount, 10)
    assert.equal(
      succeeded(
        await connection.queryMany(update, [
          [1, 1],
          [null, 2],
          ['3', 3],
        ]),
      ).rowCount,
      3,
    )
  })

  test('a cache of statements that is full, or that there is none, changes nothing', async () => {
    for (const statementCache of [0, 1, 3]) {
      const connection = await server.connect({ statementCache })
      for (let round = 0; round < 3; round++) {
        const asked = Array.from({ length: 8 }, (_, i) => run(connection, `SELECT ${i} + ?`, [round]))
        const answers = (await Promise.all(asked)).map(({ rows }) => (rows[0] as Value[])[0])
        assert.deepEqual(
          answers,
          Array.from({ length: 8 }, (_, i) => i + round),
        )
      }
    }
  })
})
