import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AbortError,
  type CallOptions,
  type ConnectionPool,
  PoolClosedError,
  type PooledConnection,
  ProgrammingError,
} from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

type Call = (pool: ConnectionPool, sql: string, options?: CallOptions) => Promise<unknown>

/** Every public way to run a statement, each in a function of its own, so that stacks can be told apart. */
const calls: Record<string, Call> = {
  runQuery: async (pool, sql, options) => await pool.runQuery(sql, [], options),
  runOperation: async (pool, sql, options) => await pool.runOperation(sql, [], options),
  executeMany: async (pool, sql, options) => await pool.executeMany(sql, [[]], options),
  stream: async (pool, sql, options) => await collect(pool.stream(sql, [], options)),
  runInteraction: async (pool, sql, options = {}) =>
    await pool.runInteraction(options, async (txn) => await txn.execute(sql)),
  'runInteraction, query': async (pool, sql, options = {}) =>
    await pool.runInteraction(options, async (txn) => await txn.query(sql)),
  runWithConnection: async (pool, sql, options = {}) => {
    return await pool.runWithConnection(options, async (c: PooledConnection) => await c.query(sql))
  },
}

const statements: [name: string, sql: unknown, code: string, kind: string, message: RegExp][] = [
  ['F115 empty', '', 'EMPTY_SQL', 'syntax', /the SQL is empty/],
  ['F115 white space', ' \n\t', 'EMPTY_SQL', 'syntax', /the SQL is empty/],
  ['F115 only a comment', '-- SELECT 1\n/* SELECT 2 */', 'EMPTY_SQL', 'syntax', /the SQL is empty/],
  ['F115 only a semicolon', ';', 'EMPTY_SQL', 'syntax', /the SQL is empty/],
  ['F115 two statements', 'SELECT 1; SELECT 2', 'SEVERAL_STATEMENTS', 'syntax', /2 statements/],
  [
    'F115 a statement behind a comment',
    'SELECT 1 /* ; */; --\nDROP TABLE t',
    'SEVERAL_STATEMENTS',
    'syntax',
    /2 statements/,
  ],
  ['F115 NUL', 'SELECT 1\0; DROP TABLE t', 'NUL_IN_SQL', 'syntax', /U\+0000/],
  ['F115 a lone surrogate', "SELECT '\ud800'", 'LONE_SURROGATE_IN_SQL', 'syntax', /surrogate/],
  ['undefined', undefined, 'INVALID_SQL', 'usage', /must be a string, not undefined/],
  ['null', null, 'INVALID_SQL', 'usage', /must be a string, not null/],
  ['a number', 5, 'INVALID_SQL', 'usage', /must be a string, not a number/],
  ['a boxed string', new String('SELECT 1'), 'INVALID_SQL', 'usage', /must be a string, not an object of String/],
  ['a template', ['SELECT 1'], 'INVALID_SQL', 'usage', /must be a string, not an array/],
  ['nonsense', 'SELEKT 1', 'SQLITE_ERROR', 'syntax', /near "SELEKT": syntax error/],
  ['unfinished', "SELECT 'a", 'SQLITE_ERROR', 'syntax', /unrecognized token/],
  ['a missing table', 'SELECT * FROM missing', 'SQLITE_ERROR', 'missing', /no such table: missing/],
  ['a missing column', 'SELECT missing', 'SQLITE_ERROR', 'missing', /no such column: missing/],
]

const options: [name: string, options: unknown, Class: typeof TypeError | typeof RangeError, message: RegExp][] = [
  ['an unknown one', { timeOut: 5 }, TypeError, /has no option "timeOut"; it knows signal, timeout/],
  ['null', null, TypeError, /options must be an object, not null/],
  ['a number', 500, TypeError, /options must be an object, not a number/],
  ['an array', [], TypeError, /options must be an object, not an array/],
  ['a timeout as text', { timeout: '500' }, TypeError, /timeout must be a number of milliseconds, not a string/],
  ['no time at all', { timeout: 0 }, RangeError, /timeout must be more than 0/],
  ['negative time', { timeout: -1 }, RangeError, /timeout must be more than 0/],
  ['NaN', { timeout: Number.NaN }, RangeError, /timeout must be more than 0.*NaN/],
  ['endless time', { timeout: Number.POSITIVE_INFINITY }, RangeError, /at most 2147483647 milliseconds/],
  ['a signal that is none', { signal: {} }, TypeError, /signal must be an AbortSignal, not an object of Object/],
  ['a controller', { signal: new AbortController() }, TypeError, /signal must be an AbortSignal/],
  ['null as signal', { signal: null }, TypeError, /signal must be an AbortSignal, not null/],
]

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database)

  for (const [name, call] of Object.entries(calls)) {
    test(`${name}: SQL that is not one statement is refused, and the next call works`, async () => {
      for (const [, sql, code, kind, message] of statements) {
        await refused(() => call(pool, sql as string), ProgrammingError, { code, kind, message })
        await usable(pool)
      }
    })

    test(`${name}: wrong options are refused by name, and the next call works`, async () => {
      for (const [what, given, Class, message] of options) {
        // Where a callback may stand first, what is no object is taken for one.
        if (name.startsWith('run') && !name.endsWith('ery') && !name.endsWith('ation') && typeof given !== 'object')
          continue
        await refused(() => call(pool, 'SELECT 1', given as CallOptions), Class, { code: 'INVALID_OPTION', message })
        await usable(pool)
        assert.ok(what)
      }
    })

    test(`F90 NOD-007 ${name}: a signal aborted before the start: nothing is sent, the reason is the cause`, async () => {
      await pool.runOperation('CREATE TABLE IF NOT EXISTS aborted (a)')
      const reason = new Error('mine')
      const aborted = { signal: AbortSignal.abort(reason) }
      const error = await refused(() => call(pool, 'INSERT INTO aborted VALUES (1)', aborted), AbortError, {
        code: 'ABORTED',
        kind: 'aborted',
      })
      assert.equal(error.cause, reason)
      assert.deepEqual(await pool.runQuery('SELECT * FROM aborted'), [])
      await usable(pool)
    })

    test(`ADB-030 F97 ${name}: a closed pool refuses at once`, async (t) => {
      const closed = openPool(t, database)
      await closed.close()
      async function theCaller(): Promise<unknown> {
        return await call(closed, 'SELECT 1')
      }
      const error = await refused(theCaller, PoolClosedError, { code: 'POOL_CLOSED', kind: 'closed' })
      assert.match(String(error.stack), /theCaller/)
    })
  }

  test('rowMode, readOnly and pageSize are checked', async () => {
    const wrong: [() => Promise<unknown>, typeof TypeError | typeof RangeError, RegExp][] = [
      [
        () => pool.runQuery('SELECT 1', [], { rowMode: 'map' as 'array' }),
        TypeError,
        /rowMode must be 'object' or 'array'/,
      ],
      [() => pool.runInteraction({ rowMode: 5 as never }, () => 1), TypeError, /rowMode must be/],
      [() => pool.runInteraction({ readOnly: 'yes' as never }, () => 1), TypeError, /readOnly must be true or false/],
      [() => pool.runInteraction((txn) => txn.cursor({ rowMode: 'x' as never }).close()), TypeError, /rowMode must be/],
      [
        () => pool.runInteraction((txn) => txn.cursor({ mode: 'x' } as never).close()),
        TypeError,
        /has no option "mode"/,
      ],
      [
        () => pool.runOperation('SELECT 1', [], { rowMode: 'array' } as CallOptions),
        TypeError,
        /has no option "rowMode"/,
      ],
      ...[0, -1, 1.5, 100_001, '5'].map((pageSize): [() => Promise<unknown>, typeof RangeError, RegExp] => [
        () => collect(pool.stream('SELECT 1', [], { pageSize: pageSize as number })),
        RangeError,
        /pageSize must be a whole number from 1 to 100000/,
      ]),
    ]
    for (const [call, Class, message] of wrong) {
      await refused(call, Class, { code: 'INVALID_OPTION', message })
      await usable(pool)
    }
  })

  test('columns and onProgress are checked', async () => {
    const insert = (given: object) => pool.insertMany('t', [[1]], given)
    for (const given of [{ columns: 'abc' }, { columns: [1] }, { columns: {} }, { onProgress: 5 }]) {
      const [name] = Object.keys(given)
      await refused(() => insert(given), TypeError, { code: 'INVALID_OPTION', message: new RegExp(`${name} must be`) })
      await usable(pool)
    }
  })
})
