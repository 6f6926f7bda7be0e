import assert from 'node:assert/strict'
import { basename, join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { ConnectionPool, type Driver, DriverError, InterfaceError, type PoolOptions } from 'offloop'
import { closedAtEnd, onTunedDatabases, openPool } from '../databases.ts'
import { refused, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'

const gateModule = join(import.meta.dirname, 'fixtures/gate-driver.ts')

onTunedDatabases((database) => {
  test('ADB-001 SQO-001 SEE-003 a URL names the driver', async (t) => {
    const pool = openPool(t, database)
    assert.equal(pool.stats().driver, database.driver)
    await usable(pool)
  })

  test('ADB-001 ADB-002 a driver is found by its name, and takes its own options', async (t) => {
    const connect = database.connect(t)
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, connect, { max: 2 }))
    assert.match(pool.stats().database, new RegExp(basename(String(connect.filename))))
    await usable(pool)
  })

  test('ADB-003 an unknown option of the driver is refused at construction, by name', async (t) => {
    const connect = { ...database.connect(t), bogus: 1 }
    await refused(() => new ConnectionPool(database.driver, connect), TypeError, {
      code: 'INVALID_OPTION',
      message: /"bogus"/,
    })
    await refused(() => new ConnectionPool(`${database.url(t)}?bogus=1`), TypeError, {
      code: 'INVALID_OPTION',
      message: /"bogus"/,
    })
  })

  test('ADB-003 an unknown option of the pool is refused at construction, by name', async (t) => {
    const options = { maximum: 4 } as PoolOptions
    await refused(() => new ConnectionPool(database.url(t), options), TypeError, {
      code: 'INVALID_OPTION',
      message: /the pool has no option "maximum"/,
    })
  })

  test('a pool is made without opening anything', (t) => {
    const pool = openPool(t, database)
    assert.deepEqual(pool.stats().lanes, [])
    assert.equal(pool.stats().state, 'idle')
  })
})

describe('a driver that is no part of offloop', () => {
  test('ADB-001 is found by the path of its module', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gateModule, {}))
    assert.deepEqual(await pool.runQuery('ECHO ?', 5), [{ echo: 5 }])
  })

  test('ADB-001 is found by a path relative to the folder the program was started in', (t) => {
    const path = `./${relative(process.cwd(), gateModule)}`
    const pool = closedAtEnd(t, new ConnectionPool(path, {}))
    assert.equal(pool.stats().driver, 'gates')
  })

  test('ADB-001 is taken as an object', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool(gates as Driver, {}))
    assert.deepEqual(await pool.runQuery('ROLE'), [{ role: 'any' }])
  })

  test('ADB-004 is checked at construction', async () => {
    const { connect: _, ...incomplete } = gates
    const expected = { code: 'INVALID_DRIVER', kind: 'driver' }
    await refused(() => new ConnectionPool(incomplete as Driver, {}), InterfaceError, {
      ...expected,
      message: /no connect\(\)/,
    })
    const old = { ...gates, apilevel: '1.0' } as unknown as Driver
    await refused(() => new ConnectionPool(old, {}), InterfaceError, { ...expected, message: /apilevel/ })
    const exportless = join(import.meta.dirname, 'fixtures/gate-memory.ts')
    await refused(() => new ConnectionPool(exportless, {}), InterfaceError, { ...expected, message: /gate-memory/ })
  })

  test('ADB-005 with a threadsafety of 0 never has more than one connection', async (t) => {
    const pool = closedAtEnd(t, new ConnectionPool({ ...gates, threadsafety: 0 } as Driver, {}, { max: 4, min: 4 }))
    await pool.start()
    await Promise.all(Array.from({ length: 20 }, (_, i) => pool.runQuery('ECHO ?', i)))
    assert.equal(pool.stats().opened, 1)
  })
})

describe('construction is refused', () => {
  test('ADB-001 SQO-001 for a scheme that nobody knows, naming those that are known', async () => {
    await refused(() => new ConnectionPool('oracle://db'), DriverError, {
      code: 'UNKNOWN_SCHEME',
      kind: 'driver',
      message: /"oracle".*sqlite.*better-sqlite3/,
    })
  })

  test('ADB-001 for a driver that nobody knows, naming those that are known', async () => {
    for (const name of ['no-such-driver', './no-such-driver.ts', '__proto__', 'constructor', '']) {
      await refused(() => new ConnectionPool(name, {}), DriverError, {
        code: 'UNKNOWN_DRIVER',
        kind: 'driver',
        message: /node-sqlite, better-sqlite3/,
      })
    }
  })

  test('ADB-001 for a module that cannot be loaded', async () => {
    const broken = join(import.meta.dirname, 'fixtures/broken-driver.ts')
    const error = await refused(() => new ConnectionPool(broken, {}), DriverError, {
      code: 'DRIVER_UNLOADABLE',
      kind: 'driver',
      message: /broken-driver/,
    })
    assert.match(String(error.cause), /broken on purpose/)
  })

  test('for what is no driver at all', async () => {
    for (const given of [undefined, null, 5, {}, []]) {
      await refused(() => new ConnectionPool(given as unknown as Driver, {}), InterfaceError, {
        code: 'INVALID_DRIVER',
        kind: 'driver',
      })
    }
  })

  test('for connect options that are no object', async () => {
    for (const connect of [undefined, null, 5, 'x']) {
      await refused(() => new ConnectionPool('node-sqlite', connect as unknown as object), InterfaceError, {
        code: 'INVALID_OPTION',
        kind: 'usage',
      })
    }
  })

  test('for a third argument beside a URL, which would be ignored', async () => {
    const make = ConnectionPool as unknown as new (...args: unknown[]) => ConnectionPool
    await refused(() => new make('sqlite::memory:', undefined, { max: 2 }), InterfaceError, {
      code: 'INVALID_OPTION',
      kind: 'usage',
    })
  })
})

describe('sizes', () => {
  const make = (options: object) => new ConnectionPool('sqlite::memory:', options as PoolOptions)

  test('ADB-009 ADB-010 a size that is no count of connections is refused', async () => {
    for (const max of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const expected = { code: 'INVALID_OPTION', message: /max must be a whole number of at least 1/ }
      await refused(() => make({ max }), RangeError, expected)
    }
    for (const min of [-1, 0.5, Number.NaN]) {
      const expected = { code: 'INVALID_OPTION', message: /min must be a whole number of at least 0/ }
      await refused(() => make({ min }), RangeError, expected)
    }
    for (const max of ['3', null, 3n, {}]) {
      await refused(() => make({ max }), TypeError, { code: 'INVALID_OPTION', message: /max must be a number/ })
    }
  })

  test('ADB-008 a minimum above the maximum is the maximum', () => {
    const { min, max } = new ConnectionPool('sqlite:app.db', { min: 9, max: 2 }).stats()
    assert.deepEqual({ min, max }, { min: 2, max: 2 })
  })

  test('the other options are checked too', async () => {
    const invalid = { name: 5, onOpen: 'x', rowMode: 'map', groupCommit: null, adaptiveWaking: 1 }
    for (const [option, value] of Object.entries(invalid)) {
      const message = new RegExp(`${option} must be`)
      await refused(() => make({ [option]: value }), TypeError, { code: 'INVALID_OPTION', message })
    }
  })
})

test('ADB-017 the name is seen in the statistics', () => {
  assert.equal(new ConnectionPool('sqlite::memory:', { name: 'orders' }).stats().name, 'orders')
})

test('ADB-012 nothing that a pool prints of itself tells its options', () => {
  const pool = new ConnectionPool('sqlite:/secret/app.db', { name: 'orders' })
  assert.equal(inspect(pool), 'ConnectionPool orders (sqlite:/secret/app.db) idle, 0 connections, 0 waiting')
  assert.deepEqual(JSON.parse(JSON.stringify(pool)), pool.stats())
  assert.ok(Object.isFrozen(pool.stats()))
})

test('what a stranger put on Object.prototype is no option', async (t) => {
  const pollution = { max: 0, min: -1, name: 5, rowMode: 'map', onOpen: 'x', clock: 1, timeout: -1 }
  const more = { readOnly: true, pageSize: -1, columns: [], onProgress: 1, filename: 5, create: 'x' }
  const names = Object.keys({ ...pollution, ...more })
  t.after(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  })
  Object.assign(Object.prototype, pollution, more)
  const pool = new ConnectionPool('sqlite::memory:', { name: 'clean' })
  await pool.runOperation('CREATE TABLE t (a)', undefined, {})
  await pool.insertMany('t', [[1], [2]], {})
  await pool.executeMany('INSERT INTO t VALUES (?)', [[3]])
  await pool.runInteraction({}, (txn) => txn.execute('INSERT INTO t VALUES (4)'))
  const rows: unknown[] = []
  for await (const row of pool.stream('SELECT a FROM t ORDER BY a')) rows.push({ ...row })
  assert.deepEqual(rows, [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }])
  await pool.close()
})
