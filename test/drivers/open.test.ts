import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { BlockingDriver, ErrorRecord } from '../../src/contract/index.ts'
import type { NativeDatabase } from '../../src/drivers/sqlite/native.ts'
import { openDatabase } from '../../src/drivers/sqlite/open.ts'
import { plan, type SqliteOptions } from '../../src/drivers/sqlite/options.ts'
import { drivers, failureOf, folder, type Opening, one, open, run } from './databases.ts'

function openFailure(
  driver: BlockingDriver<SqliteOptions>,
  filename: string,
  { role = 'writer', options = {} }: Opening = {},
): ErrorRecord {
  const plan = driver.plan({ filename, ...options })
  return failureOf(driver, () => driver.connect(plan.options, { role, name: 'test' }))
}

/** A database of several pages, closed, so that all of it is in its one file. */
function filled(driver: BlockingDriver<SqliteOptions>, file: string): string {
  const { connection } = driver.connect(driver.plan({ filename: file }).options, { role: 'writer', name: 'fill' })
  run(connection, 'CREATE TABLE t (a)')
  run(
    connection,
    'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 40) INSERT INTO t SELECT zeroblob(1000) FROM n',
  )
  connection.close()
  return file
}

test('a database that turns out to be unusable is closed again', () => {
  let closed = 0
  const native: NativeDatabase = {
    inTransaction: false,
    wantsGaps: false,
    prepare() {
      throw new Error('unusable')
    },
    close() {
      closed++
    },
  }
  const { options } = plan(':memory:')
  assert.throws(() => openDatabase(options, { role: 'any', name: 'test' }, () => native))
  assert.equal(closed, 1)
})

for (const driver of drivers) {
  test(`DBA-001 ${driver.name}: a connection has the settings that were promised`, (t) => {
    const { connection, layout } = open(t, driver, join(folder(t), 'app.db'))
    assert.equal(layout, 'writer-readers')
    assert.equal(one(connection, 'PRAGMA journal_mode'), 'wal')
    assert.equal(one(connection, 'PRAGMA synchronous'), 2n)
    assert.equal(one(connection, 'PRAGMA foreign_keys'), 1n)
    assert.equal(one(connection, 'PRAGMA trusted_schema'), 0n)
    assert.equal(one(connection, 'PRAGMA busy_timeout'), 5000n)
    assert.equal(one(connection, 'PRAGMA mmap_size'), 268435456n)
    assert.equal(one(connection, 'PRAGMA cache_size'), -16000n)
  })

  test(`${driver.name}: options change the settings`, (t) => {
    const options = { durability: 'crash', foreignKeys: false, busyTimeout: 7, mmapSize: 0, cacheSize: 512 } as const
    const { connection } = open(t, driver, join(folder(t), 'app.db'), {
      options: { ...options, pragmas: { temp_store: 'memory', user_version: 3 } },
    })
    assert.equal(one(connection, 'PRAGMA synchronous'), 1n)
    assert.equal(one(connection, 'PRAGMA foreign_keys'), 0n)
    assert.equal(one(connection, 'PRAGMA busy_timeout'), 7n)
    assert.equal(one(connection, 'PRAGMA mmap_size'), 0n)
    assert.equal(one(connection, 'PRAGMA cache_size'), -512n)
    assert.equal(one(connection, 'PRAGMA temp_store'), 2n)
    assert.equal(one(connection, 'PRAGMA user_version'), 3n)
  })

  test(`${driver.name}: readers have the settings too, and see what is committed`, (t) => {
    const file = join(folder(t), 'app.db')
    const writer = open(t, driver, file)
    run(writer.connection, 'CREATE TABLE t (a)')
    const reader = open(t, driver, file, { role: 'reader' })
    assert.equal(reader.layout, 'writer-readers')
    assert.equal(one(reader.connection, 'PRAGMA cache_size'), -2000n)
    assert.equal(one(reader.connection, 'PRAGMA foreign_keys'), 1n)
    run(writer.connection, 'INSERT INTO t VALUES (1)')
    assert.equal(one(reader.connection, 'SELECT count(*) FROM t'), 1n)
  })

  test(`F42 ${driver.name}: a database that is not WAL has one connection`, (t) => {
    const options = { pragmas: { journal_mode: 'delete' } }
    assert.equal(open(t, driver, join(folder(t), 'app.db'), { options }).layout, 'one')
    assert.equal(open(t, driver, ':memory:').layout, 'one')
  })

  test(`${driver.name}: a misspelt pragma is refused, although SQLite would say nothing`, (t) => {
    const record = openFailure(driver, join(folder(t), 'app.db'), { options: { pragmas: { chache_size: 1 } } })
    assert.partialDeepStrictEqual(record, { type: 'ProgrammingError', code: 'UNKNOWN_PRAGMA' })
    assert.match(record.message, /chache_size/)
  })

  const cannotOpen = { type: 'OperationalError', kind: 'cannotOpen', retryable: false } as const

  test(`F35 ${driver.name}: a directory, or a file in none, cannot be opened`, (t) => {
    const directory = folder(t)
    for (const file of [directory, join(directory, 'missing', 'app.db')]) {
      for (const role of ['writer', 'reader'] as const) {
        const record = openFailure(driver, file, { role })
        assert.partialDeepStrictEqual(record, cannotOpen)
        assert.match(record.code ?? '', /^SQLITE_CANTOPEN/)
        assert.ok(record.message.includes(JSON.stringify(file)), record.message)
      }
    }
  })

  test(`${driver.name}: a missing file is not created when it must not be`, (t) => {
    const file = join(folder(t), 'a b%20?#.db')
    assert.partialDeepStrictEqual(openFailure(driver, file, { options: { create: false } }), cannotOpen)
    assert.partialDeepStrictEqual(openFailure(driver, file, { options: { readOnly: true } }), cannotOpen)
    assert.partialDeepStrictEqual(openFailure(driver, file, { role: 'reader' }), cannotOpen)
    assert.equal(existsSync(file), false)
    filled(driver, file)
    assert.equal(one(open(t, driver, file, { options: { create: false } }).connection, 'SELECT count(*) FROM t'), 40n)
    assert.equal(existsSync(file), true)
  })

  test(`F31 ${driver.name}: nothing can be written with readOnly`, (t) => {
    const file = filled(driver, join(folder(t), 'app.db'))
    const { connection } = open(t, driver, file, { options: { readOnly: true } })
    assert.equal(failureOf(driver, () => run(connection, 'DELETE FROM t')).kind, 'readOnly')
  })

  test(`F35 ${driver.name}: a file that may not be read cannot be opened`, {
    skip: process.getuid?.() === 0 && 'root may read all',
  }, (t) => {
    const file = filled(driver, join(folder(t), 'app.db'))
    chmodSync(file, 0)
    assert.partialDeepStrictEqual(openFailure(driver, file), cannotOpen)
  })

  test(`F32 ${driver.name}: a file that is no database is found when it is opened`, (t) => {
    const file = join(folder(t), 'letter.txt')
    writeFileSync(file, 'A'.repeat(8192))
    for (const role of ['writer', 'reader'] as const) {
      const record = openFailure(driver, file, { role })
      assert.partialDeepStrictEqual(record, { type: 'OperationalError', kind: 'notADatabase', code: 'SQLITE_NOTADB' })
      assert.match(record.message, /letter\.txt.*another kind of file/)
    }
    assert.equal(readFileSync(file, 'utf8'), 'A'.repeat(8192))
  })

  test(`F34 ${driver.name}: a truncated file is corrupt`, (t) => {
    const file = filled(driver, join(folder(t), 'app.db'))
    truncateSync(file, 3 * 4096)
    const record = failureOf(driver, () => {
      const { connection } = open(t, driver, file)
      run(connection, 'SELECT sum(length(a)) FROM t')
    })
    assert.partialDeepStrictEqual(record, { type: 'InternalError', kind: 'corrupt', code: 'SQLITE_CORRUPT' })
    assert.match(record.message, /integrity_check/)
  })

  test(`F33 ${driver.name}: a damaged page is corrupt`, (t) => {
    const file = filled(driver, join(folder(t), 'app.db'))
    const content = readFileSync(file)
    content.fill(0xff, 4096, 2 * 4096)
    writeFileSync(file, content)
    const { connection } = open(t, driver, file)
    assert.equal(failureOf(driver, () => run(connection, 'SELECT * FROM t')).kind, 'corrupt')
  })

  test(`${driver.name}: WAL is waited for while another connection holds the file`, (t) => {
    const file = join(folder(t), 'app.db')
    const holder = open(t, driver, file, { options: { pragmas: { journal_mode: 'delete' } } }).connection
    run(holder, 'CREATE TABLE t (a)')
    holder.begin('write')
    const record = openFailure(driver, file, { options: { busyTimeout: 30 } })
    assert.partialDeepStrictEqual(record, { kind: 'busy', retryable: true })
    holder.rollback()
    assert.equal(open(t, driver, file).layout, 'writer-readers')
  })

  test(`${driver.name}: a file name may hold any character`, (t) => {
    const directory = join(folder(t), 'a b\'"%41?#;é😀')
    mkdirSync(directory)
    const file = join(directory, 'x?mode=ro.db')
    run(open(t, driver, file).connection, 'CREATE TABLE t (a)')
    assert.equal(existsSync(file), true)
  })

  test(`DBA-002 DBA-003 DBA-004 ${driver.name}: the module level`, () => {
    assert.equal(driver.apilevel, '2.0')
    assert.equal(driver.threadsafety, 1)
    assert.equal(driver.paramstyle, 'qmark')
    assert.equal(driver.quoteIdentifier('a"b; --'), '"a""b; --"')
    for (const name of ['', 'a\0', '\ud800']) assert.throws(() => driver.quoteIdentifier(name), { kind: 'syntax' })
  })
}
