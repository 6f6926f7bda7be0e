import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, linkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ConnectionPool, DriverError, OperationalError } from 'offloop'
import { closedAtEnd, folder, onTunedDatabases, tunedDatabases } from '../databases.ts'
import { refused, usable } from '../pool/expect.ts'

const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']

function program(name: string, ...args: string[]): ChildProcess {
  const path = join(import.meta.dirname, 'fixtures', name)
  return spawn(process.execPath, [...FLAGS, path, ...args], { stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000 })
}

const busy = { code: 'SQLITE_BUSY', kind: 'busy' }

onTunedDatabases((database, suite) => {
  test('F24 a lock of another process is busy once busyTimeout is over, and what waited less is done', async (t) => {
    const url = database.url(t)
    const patient = closedAtEnd(t, new ConnectionPool(url))
    await patient.runOperation('CREATE TABLE t (i)')
    const holder = program('holder.ts', url)
    const ended = once(holder, 'close')
    const lines = createInterface({ input: holder.stdout! })
    await once(lines, 'line')
    const hasty = closedAtEnd(t, new ConnectionPool(`${url}?busyTimeout=300`))
    await hasty.start()
    const started = performance.now()
    const error = await refused(() => hasty.runOperation('INSERT INTO t VALUES (1)'), OperationalError, busy)
    assert.equal(error.retryable, true)
    assert.ok(performance.now() - started > 290, 'it did not wait for busyTimeout')
    const interaction = () => hasty.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (1)'))
    await refused(interaction, OperationalError, busy)
    // Readers are not concerned.
    assert.deepEqual(await hasty.runQuery('SELECT * FROM t'), [])
    const waiting = patient.runOperation('INSERT INTO t VALUES (2)')
    holder.stdin!.end()
    await waiting
    await ended
    await hasty.runOperation('INSERT INTO t VALUES (3)')
    assert.deepEqual(await hasty.runQuery('SELECT i FROM t ORDER BY i'), [{ i: -1 }, { i: 2 }, { i: 3 }])
    await usable(hasty)
  })

  test('F25 an interaction that reads before it writes never has a snapshot that is too old', async (t) => {
    const url = database.url(t)
    const [one, other] = [1, 2].map(() => closedAtEnd(t, new ConnectionPool(url))) as [ConnectionPool, ConnectionPool]
    await one.runOperation('CREATE TABLE counter (n)')
    await one.runOperation('INSERT INTO counter VALUES (0)')
    const increment = (pool: ConnectionPool) =>
      pool.runInteraction(async (txn) => {
        const [row] = await txn.query<{ n: number }>('SELECT n FROM counter')
        await txn.execute('UPDATE counter SET n = ?', [row!.n + 1])
      })
    await Promise.all(Array.from({ length: 100 }, (_, i) => increment(i % 2 ? one : other)))
    assert.deepEqual(await one.runQuery('SELECT n FROM counter'), [{ n: 100 }])
  })

  test('F26 200 writes at once on a pool of four wait in the pool, and none is busy', async (t) => {
    const url = `${database.url(t)}?busyTimeout=0`
    const pool = closedAtEnd(t, new ConnectionPool(url, { max: 4 }))
    await pool.runOperation('CREATE TABLE t (i)')
    const write = (i: number) =>
      i % 10 === 0
        ? pool.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (?)', [i]))
        : pool.runOperation('INSERT INTO t VALUES (?)', [i])
    await Promise.all(Array.from({ length: 200 }, (_, i) => write(i)))
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM t'), [{ n: 200 }])
  })

  const mount = 'mount -t tmpfs -o size=512k none "$0" && exec "$@"'
  const mounts = spawnSync('unshare', ['-rm', 'sh', '-c', mount, folder(suite), 'true']).status === 0
  const skip = mounts ? false : 'this system mounts no small file system for its users'

  test('F30 a full file system is told, keeps nothing by half, and is written again when there is room', {
    skip,
  }, async (t) => {
    const place = folder(t)
    const path = join(import.meta.dirname, 'fixtures/full-disk.ts')
    const args = ['-rm', 'sh', '-c', mount, place, process.execPath, ...FLAGS, path, database.driver, place]
    const run = spawnSync('unshare', args, { encoding: 'utf8', timeout: 60_000 })
    const met = ['SQLITE_FULL full', 'ok nothing by half']
    assert.equal(run.stdout, [...met, ...met, 'written again', ''].join('\n'), run.stderr)
    assert.equal(run.status, 0)
  })

  test('F100 a process that was forked has a pool of its own on the same file', async (t) => {
    const url = database.url(t)
    const pool = closedAtEnd(t, new ConnectionPool(url))
    await pool.runOperation('CREATE TABLE t (i)')
    const child = program('holder.ts', url)
    child.stdin!.end()
    const [code] = await once(child, 'close')
    assert.equal(code, 0)
    assert.deepEqual(await pool.runQuery('SELECT i FROM t'), [{ i: -1 }])
    await usable(pool)
  })

  test('F103 two copies of offloop in one process use the same file side by side', async (t) => {
    const copy = join(folder(t), 'src')
    cpSync(join(import.meta.dirname, '../../src'), copy, { recursive: true })
    const peer = join(import.meta.dirname, '../../node_modules')
    symlinkSync(peer, join(copy, '../node_modules'))
    const second: typeof import('offloop') = await import(pathToFileURL(join(copy, 'index.ts')).href)
    assert.notEqual(second.ConnectionPool, ConnectionPool)
    const url = database.url(t)
    const pools = [new ConnectionPool(url), new second.ConnectionPool(url)] as const
    for (const pool of pools) closedAtEnd(t, pool)
    await pools[0].runOperation('CREATE TABLE t (i)')
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => pools[i % 2]!.runOperation('INSERT INTO t VALUES (?)', [i])),
    )
    for (const pool of pools) assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM t'), [{ n: 100 }])
  })
})

const twoDrivers = {
  code: 'TWO_DRIVERS',
  kind: 'driver',
  message: /test\.db.*is open in this process through the driver/,
}

test('F41 a file that is open through one driver is refused to the other, by whatever name', async (t) => {
  const [first, second] = tunedDatabases.map(({ driver }) => driver) as [string, string]
  const place = folder(t)
  const file = join(place, 'test.db')
  await using open = new ConnectionPool(first, { filename: file })
  await open.runOperation('CREATE TABLE t (i)')
  linkSync(file, join(place, 'hard test.db'))
  symlinkSync(file, join(place, 'soft test.db'))
  for (const name of ['test.db', 'hard test.db', 'soft test.db']) {
    const other = closedAtEnd(t, new ConnectionPool(second, { filename: join(place, name) }))
    await refused(() => other.runQuery('SELECT * FROM t'), DriverError, twoDrivers)
  }
  const same = closedAtEnd(t, new ConnectionPool(first, { filename: file }))
  assert.deepEqual(await same.runQuery('SELECT * FROM t'), [])
  const other = closedAtEnd(t, new ConnectionPool(second, { filename: file }))
  await refused(() => other.runQuery('SELECT 1'), DriverError, twoDrivers)
  await Promise.all([open.close(), same.close()])
  assert.deepEqual(await other.runQuery('SELECT * FROM t'), [], 'once it is closed, the other may have it')
  await refused(() => new ConnectionPool(first, { filename: file }).runQuery('SELECT 1'), DriverError, twoDrivers)
})

test('F41 of two drivers that make the same file at once one is refused', async (t) => {
  const filename = join(folder(t), 'test.db')
  const pools = tunedDatabases.map(({ driver }) => closedAtEnd(t, new ConnectionPool(driver, { filename })))
  const ends = await Promise.all(pools.map((pool) => pool.runQuery('SELECT 1').catch((error: unknown) => error)))
  assert.equal(ends.filter((end) => end instanceof DriverError && end.code === 'TWO_DRIVERS').length, 1)
})

test('F41 databases in memory are nobody else’s', async (t) => {
  for (const { driver } of tunedDatabases) {
    await usable(closedAtEnd(t, new ConnectionPool(driver, { filename: ':memory:' })))
  }
})
