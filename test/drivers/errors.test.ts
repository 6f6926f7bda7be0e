import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorRecord, ProgrammingError } from '../../src/contract/index.ts'
import { classify } from '../../src/drivers/sqlite/classes.ts'
import { codeName } from '../../src/drivers/sqlite/codes.ts'
import { drivers, failureOf, folder, memory, open, run } from './databases.ts'

const names: [number, string][] = [
  [1, 'SQLITE_ERROR'],
  [5, 'SQLITE_BUSY'],
  [261, 'SQLITE_BUSY_RECOVERY'],
  [517, 'SQLITE_BUSY_SNAPSHOT'],
  [516, 'SQLITE_ABORT_ROLLBACK'],
  [1544, 'SQLITE_READONLY_DIRECTORY'],
  [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
  [3091, 'SQLITE_CONSTRAINT_DATATYPE'],
  [3338, 'SQLITE_IOERR_ACCESS'],
  [8714, 'SQLITE_IOERR_IN_PAGE'],
  [26, 'SQLITE_NOTADB'],
  [283, 'SQLITE_NOTICE_RECOVER_WAL'],
  [4 | (1 << 8), 'SQLITE_ABORT'],
  [13 | (99 << 8), 'SQLITE_FULL'],
  [200, 'SQLITE_ERROR'],
]
for (const [code, name] of names) test(`result code ${code} is ${name}`, () => assert.equal(codeName(code), name))

const classes: [code: string, type: string, kind: string, retryable: boolean][] = [
  ['SQLITE_BUSY', 'OperationalError', 'busy', true],
  ['SQLITE_BUSY_SNAPSHOT', 'OperationalError', 'busy', true],
  ['SQLITE_LOCKED', 'OperationalError', 'busy', false],
  ['SQLITE_IOERR_FSYNC', 'OperationalError', 'io', false],
  ['SQLITE_FULL', 'OperationalError', 'full', false],
  ['SQLITE_CANTOPEN_ISDIR', 'OperationalError', 'cannotOpen', false],
  ['SQLITE_READONLY_DBMOVED', 'OperationalError', 'readOnly', false],
  ['SQLITE_NOMEM', 'OperationalError', 'memory', false],
  ['SQLITE_CORRUPT_INDEX', 'InternalError', 'corrupt', false],
  ['SQLITE_INTERNAL', 'InternalError', 'internal', false],
  ['SQLITE_NOTADB', 'OperationalError', 'notADatabase', false],
  ['SQLITE_MISMATCH', 'DataError', 'value', false],
  ['SQLITE_TOOBIG', 'DataError', 'tooBig', false],
  ['SQLITE_RANGE', 'ProgrammingError', 'parameters', false],
  ['SQLITE_AUTH', 'ProgrammingError', 'permission', false],
  ['SQLITE_CONSTRAINT_ROWID', 'IntegrityError', 'unique', false],
  ['SQLITE_CONSTRAINT_VTAB', 'IntegrityError', 'constraint', false],
]
for (const [code, type, kind, retryable] of classes) {
  test(`DBA-014 DBA-015 DBA-016 DBA-017 ${code} is ${type}, kind ${kind}`, () => {
    assert.deepEqual(classify(code, 'whatever'), { type, kind, retryable })
  })
}

const SCHEMA = [
  'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
  `CREATE TABLE t (
    id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER, c INTEGER CONSTRAINT positive CHECK (c > 0),
    parent INTEGER REFERENCES parent, UNIQUE (a, b))`,
  'CREATE TABLE strict_table (n INTEGER) STRICT',
  'CREATE TABLE "odd.name" ("x, y" INTEGER UNIQUE)',
  'CREATE UNIQUE INDEX lower_a ON t (lower(a), id + 0)',
  "CREATE TRIGGER no_seven BEFORE INSERT ON t WHEN new.b = 7 BEGIN SELECT RAISE(ABORT, 'no seven'); END",
  "INSERT INTO t (id, a, b) VALUES (1, 'x', 1)",
  'INSERT INTO "odd.name" VALUES (1)',
]

// Real errors of the database: the statement, and what the record says at least.
const statements: [sql: string, record: Partial<ErrorRecord>][] = [
  [
    "INSERT INTO t (a, b) VALUES ('x', 1)",
    { type: 'IntegrityError', kind: 'unique', code: 'SQLITE_CONSTRAINT_UNIQUE', table: 't', columns: ['a', 'b'] },
  ],
  [
    "INSERT INTO t (id, a) VALUES (1, 'y')",
    { type: 'IntegrityError', kind: 'unique', code: 'SQLITE_CONSTRAINT_PRIMARYKEY', table: 't', columns: ['id'] },
  ],
  [
    'INSERT INTO t (id) VALUES (2)',
    { type: 'IntegrityError', kind: 'notNull', code: 'SQLITE_CONSTRAINT_NOTNULL', table: 't', columns: ['a'] },
  ],
  [
    "INSERT INTO t (a, c) VALUES ('y', 0)",
    { type: 'IntegrityError', kind: 'check', code: 'SQLITE_CONSTRAINT_CHECK', constraint: 'positive' },
  ],
  [
    "INSERT INTO t (a, parent) VALUES ('y', 9)",
    { type: 'IntegrityError', kind: 'foreignKey', code: 'SQLITE_CONSTRAINT_FOREIGNKEY' },
  ],
  [
    "INSERT INTO t (a, b) VALUES ('y', 7)",
    { type: 'IntegrityError', kind: 'constraint', code: 'SQLITE_CONSTRAINT_TRIGGER', message: 'no seven' },
  ],
  [
    "INSERT INTO strict_table VALUES ('text')",
    { type: 'IntegrityError', kind: 'constraint', code: 'SQLITE_CONSTRAINT_DATATYPE', table: 'strict_table' },
  ],
  ['INSERT INTO "odd.name" VALUES (1)', { kind: 'unique', message: 'UNIQUE constraint failed: odd.name.x, y' }],
  ["INSERT INTO t (id, a) VALUES ('one', 'z')", { type: 'DataError', kind: 'value', code: 'SQLITE_MISMATCH' }],
  ['SELEC 1', { type: 'ProgrammingError', kind: 'syntax', code: 'SQLITE_ERROR' }],
  ['SELECT', { type: 'ProgrammingError', kind: 'syntax' }],
  ["SELECT 'open", { type: 'ProgrammingError', kind: 'syntax' }],
  ['SELECT * FROM nowhere', { type: 'ProgrammingError', kind: 'missing', message: 'no such table: nowhere' }],
  ['SELECT nought FROM t', { type: 'ProgrammingError', kind: 'missing' }],
  ['SELECT nofunction(1)', { type: 'ProgrammingError', kind: 'missing' }],
  ['INSERT INTO t (nought) VALUES (1)', { type: 'ProgrammingError', kind: 'missing' }],
  ['CREATE TABLE t (a)', { type: 'ProgrammingError', kind: 'other' }],
  ['SELECT ?0', { type: 'ProgrammingError', kind: 'parameters' }],
  ['SELECT abs(-9223372036854775807 - 1)', { type: 'DataError', kind: 'value' }],
  ["SELECT json('{')", { type: 'DataError', kind: 'value' }],
  ['SELECT zeroblob(2147483647)', { type: 'DataError', kind: 'tooBig', code: 'SQLITE_TOOBIG' }],
  ['', { type: 'ProgrammingError', kind: 'syntax', code: 'EMPTY_STATEMENT' }],
  ['-- nothing', { type: 'ProgrammingError', kind: 'syntax', code: 'EMPTY_STATEMENT' }],
  ['SELECT 1; SELECT 2', { type: 'ProgrammingError', kind: 'syntax', code: 'MULTIPLE_STATEMENTS' }],
  ['SELECT 1\0', { type: 'ProgrammingError', kind: 'syntax', code: 'NUL_IN_SQL' }],
]

for (const driver of drivers) {
  for (const [sql, expected] of statements) {
    test(`DBA-016 DBA-018 F115 ${driver.name}: the error of ${JSON.stringify(sql)}`, (t) => {
      const connection = memory(t, driver)
      for (const statement of SCHEMA) run(connection, statement)
      const values = sql === 'SELECT ?0' ? [1] : []
      const record = failureOf(driver, () => run(connection, sql, values))
      assert.partialDeepStrictEqual(record, expected)
      assert.equal(record.retryable ?? false, false)
      assert.doesNotThrow(() => structuredClone(record))
      assert.equal(run(connection, 'SELECT count(*) FROM t')[0]?.[0], 1n, 'the connection works on')
    })
  }

  test(`${driver.name}: names that cannot be told apart in a message are not told`, (t) => {
    const connection = memory(t, driver)
    for (const statement of SCHEMA) run(connection, statement)
    const record = failureOf(driver, () => run(connection, 'INSERT INTO "odd.name" VALUES (1)'))
    assert.deepEqual([record.table, record.columns], [undefined, undefined])
  })

  test(`${driver.name}: the cause is the driver's own error`, (t) => {
    const { cause } = failureOf(driver, () => run(memory(t, driver), 'SELEC 1'))
    assert.match(cause?.message ?? '', /syntax error/)
    assert.ok(cause?.stack?.includes('databases.ts'), cause?.stack)
  })

  test(`F24 ${driver.name}: a lock that another connection holds is busy and may be tried again`, (t) => {
    const file = `${folder(t)}/app.db`
    const holder = open(t, driver, file).connection
    const other = open(t, driver, file, { options: { busyTimeout: 20 } }).connection
    holder.begin('write')
    const record = failureOf(driver, () => other.begin('write'))
    assert.partialDeepStrictEqual(record, {
      type: 'OperationalError',
      kind: 'busy',
      code: 'SQLITE_BUSY',
      retryable: true,
    })
    assert.match(record.message, /busyTimeout/)
    assert.equal(other.inTransaction, false)
  })

  test(`F25 ${driver.name}: a snapshot that became too old is busy and may be tried again`, (t) => {
    const file = `${folder(t)}/app.db`
    const first = open(t, driver, file).connection
    const second = open(t, driver, file).connection
    run(first, 'CREATE TABLE t (a)')
    // Such a transaction begins only by text: one that is begun to read cannot write at all.
    run(first, 'BEGIN')
    run(first, 'SELECT * FROM t')
    run(second, 'INSERT INTO t VALUES (1)')
    const record = failureOf(driver, () => run(first, 'INSERT INTO t VALUES (2)'))
    assert.partialDeepStrictEqual(record, { kind: 'busy', code: 'SQLITE_BUSY_SNAPSHOT', retryable: true })
  })

  test(`F28 ${driver.name}: a conflict with OR ROLLBACK ends the transaction`, (t) => {
    const connection = memory(t, driver)
    for (const statement of SCHEMA) run(connection, statement)
    connection.begin('write')
    const record = failureOf(driver, () => run(connection, "INSERT OR ROLLBACK INTO t (id, a) VALUES (1, 'y')"))
    assert.equal(record.kind, 'unique')
    assert.equal(connection.inTransaction, false)
    assert.doesNotThrow(() => connection.rollback())
  })

  test(`F29 ${driver.name}: a full disk is told, and the connection works on`, (t) => {
    const { connection } = open(t, driver, `${folder(t)}/app.db`)
    run(connection, 'CREATE TABLE t (a)')
    run(connection, 'PRAGMA max_page_count = 4')
    const fill = () => run(connection, 'INSERT INTO t VALUES (zeroblob(100000))')
    assert.partialDeepStrictEqual(failureOf(driver, fill), {
      type: 'OperationalError',
      kind: 'full',
      code: 'SQLITE_FULL',
    })
    assert.equal(run(connection, 'SELECT count(*) FROM t')[0]?.[0], 0n)
    run(connection, 'PRAGMA max_page_count = 1000')
    fill()
  })

  test(`F31 ${driver.name}: writing on a reader is refused as read-only`, (t) => {
    const file = `${folder(t)}/app.db`
    run(open(t, driver, file).connection, 'CREATE TABLE t (a)')
    const reader = open(t, driver, file, { role: 'reader' }).connection
    const record = failureOf(driver, () => run(reader, 'INSERT INTO t VALUES (1)'))
    assert.partialDeepStrictEqual(record, { type: 'OperationalError', kind: 'readOnly', code: 'SQLITE_READONLY' })
  })

  test(`${driver.name}: statements that no transaction takes are known`, (t) => {
    const { connection } = open(t, driver, `${folder(t)}/app.db`)
    connection.begin('write')
    for (const sql of ['VACUUM', 'PRAGMA synchronous = NORMAL', 'PRAGMA journal_mode = DELETE']) {
      assert.throws(
        () => run(connection, sql),
        (error) => driver.refusesTransaction?.(error) === true,
        sql,
      )
    }
    assert.throws(
      () => run(connection, 'SELEC'),
      (error) => driver.refusesTransaction?.(error) === false,
    )
  })

  test(`${driver.name}: what is no error of SQLite keeps its message and cause`, () => {
    const record = driver.failure(new TypeError('something else'))
    assert.partialDeepStrictEqual(record, { type: 'OperationalError', kind: 'driver', message: 'something else' })
    assert.equal(record.cause?.name, 'TypeError')
    assert.equal(driver.failure('text').message, 'text')
    assert.equal(driver.failure(undefined).message, 'undefined')
    const own = new ProgrammingError('mine', { code: 'MINE', kind: 'usage' })
    assert.partialDeepStrictEqual(driver.failure(own), { type: 'ProgrammingError', message: 'mine', code: 'MINE' })
  })
}
