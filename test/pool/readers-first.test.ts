import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConnectionPool, OperationalError, type PoolOptions } from 'offloop'
import { closedAtEnd, folder, type Owner, onTunedDatabases } from '../databases.ts'
import { FakeDriver } from './fixtures/fake-driver.ts'

const plan = { layout: 'writer-readers', afterReaders: {} } as const
const roleOf = ({ role }: { role: string }) => role

test('what a writer could not mend is thrown at once', async (t) => {
  const driver = new FakeDriver(plan)
  driver.always = new OperationalError('locked', { code: 'LOCKED', kind: 'busy' })
  const pool = closedAtEnd(t, new ConnectionPool(driver, {}))
  await assert.rejects(pool.runQuery('SELECT'), { code: 'LOCKED' })
  assert.deepEqual(driver.contexts.map(roleOf), ['reader'])
})

test('the reason is the one of the writer, and the first attempt leaves nothing open', async (t) => {
  const driver = new FakeDriver(plan)
  driver.next.push(new OperationalError('no file', { code: 'NONE', kind: 'cannotOpen' }))
  driver.next.push(new OperationalError('a bad file', { code: 'BAD', kind: 'notADatabase' }))
  const pool = closedAtEnd(t, new ConnectionPool(driver, {}))
  await assert.rejects(pool.runQuery('SELECT'), { code: 'BAD' })
  assert.deepEqual(driver.contexts.map(roleOf).slice(0, 2), ['reader', 'writer'])
  assert.deepEqual(driver.open, [])
})

test('one connection clears away after readers that had no writer, and none after a writer', async () => {
  const driver = new FakeDriver(plan)
  const reading = new ConnectionPool(driver, {})
  await reading.runQuery('SELECT')
  await reading.close()
  assert.deepEqual(driver.contexts.map(roleOf), ['reader', 'writer'])
  const writing = new ConnectionPool(driver, {})
  await Promise.all([writing.runOperation('INSERT'), writing.runQuery('SELECT')])
  await writing.close()
  await new ConnectionPool(driver, {}).close()
  assert.deepEqual(driver.contexts.map(roleOf).slice(2).toSorted(), ['reader', 'writer'])
  assert.deepEqual(driver.open, [])
})

onTunedDatabases(({ driver }) => {
  const poolOn = (owner: Owner, filename: string, connect: object = {}, options: PoolOptions = {}) =>
    closedAtEnd(owner, new ConnectionPool(driver, { filename, ...connect }, options))

  /** A file in WAL mode with one row, that nobody has open. */
  async function prepared(owner: Owner): Promise<string> {
    const filename = join(folder(owner), 'app.db')
    const pool = poolOn(owner, filename)
    await pool.runOperation('CREATE TABLE t AS SELECT 1 AS a')
    await pool.close()
    return filename
  }

  const roles = (pool: ConnectionPool) =>
    pool
      .stats()
      .lanes.map(({ role }) => role)
      .toSorted()

  test('the first read of a file in WAL mode opens no writer, the first write does', async (t) => {
    const pool = poolOn(t, await prepared(t))
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }])
    assert.deepEqual(roles(pool), ['reader'])
    await pool.runOperation('INSERT INTO t VALUES (2)')
    assert.deepEqual(roles(pool), ['reader', 'writer'])
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }, { a: 2 }])
  })

  test('a first statement that turns out to write goes to a writer, and is run once', async (t) => {
    const pool = poolOn(t, await prepared(t))
    assert.deepEqual(await pool.runQuery('INSERT INTO t VALUES (2) RETURNING a'), [{ a: 2 }])
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM t'), [{ n: 2 }])
  })

  test('the first read of a file that does not exist makes it', async (t) => {
    const filename = join(folder(t), 'new.db')
    const pool = poolOn(t, filename)
    const start = pool.runQuery('SELECT 1 AS a')
    assert.deepEqual(await Promise.all([start, pool.start()]), [[{ a: 1 }], undefined])
    assert.ok(existsSync(filename))
    assert.deepEqual(roles(pool), ['reader', 'writer'])
    assert.deepEqual(await pool.runQuery('PRAGMA journal_mode'), [{ journal_mode: 'wal' }])
  })

  test('the first read of a file in another mode waits until it is in WAL mode', async (t) => {
    const filename = await prepared(t)
    const other = poolOn(t, filename, { pragmas: { journal_mode: 'delete' } })
    await other.start()
    await other.close()
    const pool = poolOn(t, filename)
    assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }])
    assert.deepEqual(roles(pool), ['reader', 'writer'])
    assert.deepEqual(await pool.runQuery('PRAGMA journal_mode'), [{ journal_mode: 'wal' }])
  })

  test('a file that must not be made is refused with the reason of the writer, and the pool is usable later', async (t) => {
    const filename = await prepared(t)
    const place = folder(t)
    const pool = poolOn(t, join(place, 'none.db'), { create: false })
    const expected = { name: 'OperationalError', code: 'SQLITE_CANTOPEN' }
    await assert.rejects(pool.runQuery('SELECT 1'), expected)
    await assert.rejects(pool.runQuery('SELECT 1'), OperationalError)
    assert.deepEqual(readdirSync(place), [])
    assert.deepEqual(await poolOn(t, filename).runQuery('SELECT a FROM t'), [{ a: 1 }])
  })

  test('a pool that only read leaves nothing beside the file', async (t) => {
    const filename = await prepared(t)
    const pool = poolOn(t, filename)
    await pool.runQuery('SELECT a FROM t')
    assert.deepEqual(roles(pool), ['reader'])
    await pool.close()
    assert.deepEqual(readdirSync(join(filename, '..')), ['app.db'])
  })

  test('a pool that only read does not make its file anew when it closes', async (t) => {
    const filename = await prepared(t)
    const pool = poolOn(t, filename)
    await pool.runQuery('SELECT a FROM t')
    for (const ending of ['', '-wal', '-shm']) rmSync(filename + ending, { force: true })
    await pool.close()
    assert.equal(pool.stats().state, 'closed')
    assert.deepEqual(readdirSync(join(filename, '..')), [])
  })

  test('where onOpen may make what is read, the writer comes first', async (t) => {
    const filename = await prepared(t)
    const made: string[] = []
    const onOpen: PoolOptions['onOpen'] = async (connection) => {
      const [row] = await connection.query<{ n: number }>("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'u'")
      made.push(row?.n ? 'found' : 'made')
      if (!row?.n) await connection.query('CREATE TABLE u AS SELECT 2 AS b')
    }
    const pool = poolOn(t, filename, {}, { onOpen })
    assert.deepEqual(await pool.runQuery('SELECT b FROM u'), [{ b: 2 }])
    assert.deepEqual(made, ['made', 'found'])
  })

  test('a mode other than WAL is set before anybody reads', async (t) => {
    const pool = poolOn(t, await prepared(t), { pragmas: { journal_mode: 'delete' } })
    assert.deepEqual(await pool.runQuery('PRAGMA journal_mode'), [{ journal_mode: 'delete' }])
  })
})
