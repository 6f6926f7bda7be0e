import assert from 'node:assert/strict'
import { test } from 'node:test'
import mysql from '../../src/drivers/mysql/index.ts'
import pg from '../../src/drivers/pg/index.ts'

const plans = {
  pg: (source: string | Record<string, unknown>) => pg.plan(source).options,
  mysql: (source: string | Record<string, unknown>) => mysql.plan(source).options,
}

for (const [name, options] of Object.entries(plans)) {
  test(`SQO-002 ${name}: a user and a password of a URL may hold any character, percent-encoded`, async () => {
    const { user, password } = options('//us%3Aer%40:p%40ss%2Fw%25%3F%23%20%C3%BC@db.example/app')
    assert.equal(user, 'us:er@')
    assert.equal(typeof password === 'function' ? await password() : password?.reveal(), 'p@ss/w%?# ü')
  })

  test(`SQO-005 ${name}: a Unix socket is written as a host`, () => {
    const path = '/run/server/db.sock'
    assert.deepEqual(
      options(`//joe@${encodeURIComponent(path)}/app`).addresses.map(({ host }) => host),
      [path],
    )
    assert.deepEqual(
      options({ host: path, user: 'joe' }).addresses.map(({ host }) => host),
      [path],
    )
  })

  test(`SQO-006 ${name}: a port is a whole number from 1 to 65535`, () => {
    for (const port of ['0', '65536', '-1', '1.5', 'x', '0x10']) {
      assert.throws(() => options(`//joe@db.example:${port}/app`), { code: 'INVALID_OPTION' }, port)
    }
    for (const port of [0, 65_536, -1, 1.5, Number.NaN, '5432']) {
      assert.throws(() => options({ host: 'db.example', user: 'joe', port }), { code: 'INVALID_OPTION' }, String(port))
    }
    assert.equal(options('//joe@db.example:65535/app').addresses[0]?.port, 65_535)
  })
}
