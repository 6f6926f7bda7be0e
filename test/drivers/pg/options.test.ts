import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { SqlError } from '../../../src/contract/index.ts'
import pg from '../../../src/drivers/pg/index.ts'
import { failed, run, site, statement } from './fixtures.ts'

const place = site()
const CANARY = 'canary-secret'

function optionsOf(text: string) {
  return pg.plan(text).options
}

test('a URL tells where the server is, who one is, and how', () => {
  const options = optionsOf('//joe:p%40ss@one,two:5433,[::1]:5434/my%20app?sslmode=disable&application_name=test')
  assert.deepEqual(options.addresses, [
    { host: 'one', port: 5432 },
    { host: 'two', port: 5433 },
    { host: '::1', port: 5434 },
  ])
  assert.deepEqual([options.user, options.database, options.tls], ['joe', 'my app', null])
  assert.equal(options.parameters.application_name, 'test')
  assert.equal(optionsOf('//%2Frun%2Fpostgresql/app').addresses[0]?.host, '/run/postgresql')
  assert.equal(optionsOf('//joe@db').database, 'joe')
})

test('C1 a URL sets what it may, and nothing else', () => {
  const wrong = [
    '//h/db?ssl=false',
    '//h/db?host=other',
    '//h/db?password=x',
    '//h/db?options=-c',
    '//h/db?sslmode=prefer',
  ]
  for (const text of [
    ...wrong,
    '//h/db?sslmode=disable&sslmode=disable',
    '//h:0/db',
    '//h:70000/',
    '//h/a/b',
    '//h/%zz',
    'h/db',
  ]) {
    assert.throws(() => optionsOf(text), { code: 'INVALID_OPTION' }, text)
  }
})

test('what is wrong with an option is said by its name', () => {
  const wrong: readonly [name: string, options: Record<string, unknown>][] = [
    ['host', { host: '' }],
    ['host', { host: [] }],
    ['host', { host: { host: 'a', port: 1, other: 1 } }],
    ['port', { port: '5432' }],
    ['user', { user: '' }],
    ['password', { password: 1 }],
    ['tls', { tls: 'maybe' }],
    ['tls.ca', { tls: { ca: 1 } }],
    ['tls.rejectUnauthorized', { tls: { rejectUnauthorized: false } }],
    ['maxResultBytes', { maxResultBytes: 1 }],
    ['statementCache', { statementCache: -1 }],
    ['parameters', { parameters: { client_encoding: 'LATIN1' } }],
    ['parameters', { parameters: { 'a b': 'c' } }],
    ['onNotice', { onNotice: 1 }],
    ['noSuch', { noSuch: 1 }],
  ]
  for (const [name, options] of wrong) {
    assert.throws(
      () => pg.plan(options),
      (error: Error) => error.message.includes(`"${name}"`),
      name,
    )
  }
})

test('F69 a server of another machine is spoken to with TLS that checks who it is, unless told otherwise', () => {
  const modeOf = (options: Record<string, unknown>) => pg.plan(options).options.tls?.mode ?? null
  assert.equal(modeOf({ host: 'db.example' }), 'verify-full')
  assert.equal(modeOf({ host: 'db.example', tls: false }), null)
  assert.equal(modeOf({ host: 'db.example', tls: 'no-verify' }), 'no-verify')
  for (const host of ['localhost', '127.0.0.1', '::1', '/run/postgresql', 'db.localhost'])
    assert.equal(modeOf({ host }), null)
  assert.equal(modeOf({ host: 'localhost', tls: true }), 'verify-full')
  assert.equal(modeOf({ host: ['localhost', 'db.example'] }), 'verify-full')
  assert.equal(optionsOf('//h/db?sslmode=require').tls?.mode, 'verify-full')
})

test('SQO-017 P19 no secret is shown by what holds it', async () => {
  const plans = [
    pg.plan(`//joe:${CANARY}@127.0.0.1:1/db`),
    pg.plan({ host: '127.0.0.1', port: 1, password: CANARY, tls: { key: CANARY, passphrase: CANARY } }),
  ]
  for (const { options, label } of plans) {
    const shown = [
      inspect(options, { depth: 9, showHidden: false }),
      JSON.stringify(options),
      label,
      `${options.password}`,
    ]
    assert.ok(!shown.join().includes(CANARY))
    await assert.rejects(pg.connect(options, { role: 'any', name: 'test' }), (error) => {
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(CANARY))
      return error instanceof SqlError && error.kind === 'connectionLost' && error.retryable
    })
  }
})

test('F64 P19 a wrong password is said so, at once, and is not shown', async () => {
  const connection = await place.connect()
  await run(connection, "CREATE ROLE stranger LOGIN PASSWORD 'right'")
  const wrong = pg.plan(place.options({ user: 'stranger', password: CANARY }))
  await assert.rejects(pg.connect(wrong.options, { role: 'any', name: 'test' }), (error) => {
    assert.ok(error instanceof SqlError)
    assert.deepEqual([error.kind, error.code, error.retryable], ['permission', '28P01', false])
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(CANARY))
    return true
  })
  for (const password of ['right', () => 'right', async () => 'right']) {
    const welcome = await place.connect({ user: 'stranger', password })
    assert.deepEqual(await run(welcome, 'SELECT current_user::text'), [['stranger']])
    const shown = inspect(welcome, { depth: 20, showHidden: true })
    assert.ok(!shown.includes('right'), 'a connection holds no password')
  }
})

test('the next server is tried when one is away', async () => {
  const { host: _, port, ...rest } = place.options()
  const connection = await place.connect({
    ...rest,
    host: [
      { host: '127.0.0.1', port: 1 },
      { host: '127.0.0.1', port: Number(port) },
    ],
  })
  assert.deepEqual(await run(connection, 'SELECT 1'), [[1]])
})

test('a session is set as it was asked to be', async () => {
  const connection = await place.connect({
    timeZone: 'Europe/Berlin',
    applicationName: 'mine',
    parameters: { search_path: 'a, b' },
  })
  const sql = "SELECT current_setting('TimeZone'), current_setting('application_name'), current_setting('search_path')"
  assert.deepEqual(await run(connection, sql), [['Europe/Berlin', 'mine', 'a, b']])
  const reader = await place.connect({ readOnly: true })
  assert.equal(failed(await reader.query(statement('CREATE TABLE t ()'))).record.kind, 'readOnly')
})

test('notices are given to whoever wants them', async () => {
  const heard: unknown[] = []
  const connection = await place.connect({ onNotice: (notice) => heard.push(notice) })
  await run(connection, "DO $$ BEGIN RAISE NOTICE 'hello' USING HINT = 'none'; END $$")
  assert.deepEqual(heard, [{ severity: 'NOTICE', code: '00000', message: 'hello', hint: 'none' }])
})
