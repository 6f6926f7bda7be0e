import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConnectionPool, InternalError, OperationalError } from 'offloop'
import { closedAtEnd, folder, onTunedDatabases, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

type Case = [name: string, make: (place: string) => string, code: string, kind: string, message: RegExp]

const cases: Case[] = [
  ['a directory', (place) => place, 'SQLITE_CANTOPEN', 'cannotOpen', /is a directory/],
  [
    'a missing directory',
    (place) => join(place, 'no/app.db'),
    'SQLITE_CANTOPEN',
    'cannotOpen',
    /directory does not exist/,
  ],
  ['a file in the place of a directory', belowFile, 'SQLITE_CANTOPEN', 'cannotOpen', /Cannot open the database/],
  ['a link that leads in a circle', circle, 'SQLITE_CANTOPEN', 'cannotOpen', /Cannot open the database/],
  ['another kind of file', otherKind, 'SQLITE_NOTADB', 'notADatabase', /file is not a database/],
]

/** Every way to ask for a connection. */
function callers(pool: ConnectionPool) {
  return {
    runQuery: async function theCaller() {
      await pool.runQuery('SELECT 1')
    },
    runOperation: async function theCaller() {
      await pool.runOperation('CREATE TABLE t (a)')
    },
    runInteraction: async function theCaller() {
      await pool.runInteraction(() => 1)
    },
    runWithConnection: async function theCaller() {
      await pool.runWithConnection((connection) => connection.query('SELECT 1'))
    },
    insertMany: async function theCaller() {
      await pool.insertMany('t', [[1]])
    },
    stream: async function theCaller() {
      for await (const _ of pool.stream('SELECT 1')) assert.fail()
    },
    start: async function theCaller() {
      await pool.start()
    },
  }
}

function belowFile(place: string): string {
  writeFileSync(join(place, 'file'), '')
  return join(place, 'file/app.db')
}

function circle(place: string): string {
  symlinkSync(join(place, 'b'), join(place, 'a'))
  symlinkSync(join(place, 'a'), join(place, 'b'))
  return join(place, 'a')
}

function otherKind(place: string): string {
  writeFileSync(join(place, 'text'), 'This is no database. '.repeat(100))
  return join(place, 'text')
}

onTunedDatabases((database) => {
  for (const [name, make, code, kind, message] of cases) {
    test(`ADB-061 ${name} cannot be opened, and every call is told what and where`, async (t) => {
      const filename = make(folder(t))
      const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
      for (const call of name === 'a directory' ? Object.values(callers(pool)) : [callers(pool).runQuery]) {
        const error = await refused(call, OperationalError, { code, kind, message })
        assert.ok(error.message.includes(JSON.stringify(filename)), error.message)
        assert.match(String(error.stack), /theCaller/)
      }
      assert.deepEqual(pool.stats().lanes, [])
    })
  }

  test('ADB-061 once the place is there, the same pool works', async (t) => {
    const filename = join(folder(t), 'later/app.db')
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
    const expected = { code: 'SQLITE_CANTOPEN', kind: 'cannotOpen' }
    for (let i = 0; i < 4; i++) await refused(() => pool.runQuery('SELECT 1'), OperationalError, expected)
    mkdirSync(join(filename, '..'))
    await usable(pool)
  })

  test('a file that is not there is not created where that is forbidden', async (t) => {
    const filename = join(folder(t), 'app.db')
    for (const options of [{ create: false }, { readOnly: true }]) {
      const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename, ...options }))
      const expected = { code: 'SQLITE_CANTOPEN', kind: 'cannotOpen' }
      await refused(() => pool.runQuery('SELECT 1'), OperationalError, expected)
    }
  })

  test('a damaged file is told as such, by each call that meets the damage', async (t) => {
    const filename = join(folder(t), 'app.db')
    const whole = new ConnectionPool(database.driver, { filename })
    await whole.runOperation('CREATE TABLE t (a)')
    await whole.insertMany(
      't',
      Array.from({ length: 2000 }, () => ['x'.repeat(100)]),
    )
    await whole.close()
    const file = openSync(filename, 'r+')
    writeSync(file, new Uint8Array(20 * 4096).fill(255), 0, 20 * 4096, 10 * 4096)
    closeSync(file)
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
    const expected = { code: 'SQLITE_CORRUPT', kind: 'corrupt', message: /malformed.*integrity_check/ }
    for (const call of [
      () => pool.runQuery('SELECT * FROM t'),
      () => pool.runOperation("UPDATE t SET a = 'y'"),
      () => pool.runInteraction((txn) => txn.query('SELECT max(a) FROM t')),
      () => collect(pool.stream('SELECT * FROM t')),
    ]) {
      await refused(call, InternalError, expected)
      await usable(pool)
    }
    await pool.close()
    truncateSync(filename, 3 * 4096)
    const cut = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
    await refused(() => cut.runQuery('SELECT * FROM t'), InternalError, expected)
  })

  test('a database that only reads has readers only, and refuses to write', async (t) => {
    const filename = join(folder(t), 'app.db')
    const writing = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
    await writing.runOperation('CREATE TABLE t (a)')
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename, readOnly: true }))
    assert.deepEqual(await pool.runQuery('SELECT * FROM t'), [])
    const expected = { code: 'SQLITE_READONLY', kind: 'readOnly' }
    await refused(() => pool.runOperation('INSERT INTO t VALUES (1)'), OperationalError, expected)
    await refused(() => pool.runQuery('INSERT INTO t VALUES (1)'), OperationalError, expected)
    await usable(pool)
    assert.deepEqual(new Set(pool.stats().lanes.map(({ role }) => role)), new Set(['reader']))
  })

  test('F43 a database in memory has one connection, whatever was asked for', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename: ':memory:' }, { min: 3, max: 5 }))
    await pool.start()
    await pool.runOperation('CREATE TABLE t (a)')
    await Promise.all([1, 2, 3].map((a) => pool.runOperation('INSERT INTO t VALUES (?)', a)))
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM t'), [{ n: 3 }])
    assert.equal(pool.stats().opened, 1)
  })

  test('two pools on one file see what the other commits', async (t) => {
    const connect = database.connect(t)
    const one = closedAtEnd(t, new ConnectionPool(database.driver, connect))
    const two = closedAtEnd(t, new ConnectionPool(database.driver, connect))
    await one.runOperation('CREATE TABLE t (a)')
    for (let i = 1; i <= 20; i++) {
      const [writer, reader] = i % 2 ? [one, two] : [two, one]
      await writer.runOperation('INSERT INTO t VALUES (?)', i)
      assert.deepEqual(await reader.runQuery('SELECT count(*) AS n FROM t'), [{ n: i }])
    }
  })

  test('what is written is seen by every read that is asked for afterwards', async (t) => {
    const pool = openPool(t, database, { max: 3 })
    await pool.runOperation('CREATE TABLE t (n INTEGER)')
    await pool.runOperation('INSERT INTO t VALUES (0)')
    for (let n = 1; n <= 200; n++) {
      await pool.runOperation('UPDATE t SET n = ?', n)
      const reads = await Promise.all([1, 2, 3].map(() => pool.runQuery('SELECT n FROM t')))
      assert.deepEqual(reads, [[{ n }], [{ n }], [{ n }]])
    }
  })
})
