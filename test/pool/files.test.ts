import assert from 'node:assert/strict'
import { cpSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ConnectionPool, OperationalError } from 'offloop'
import { FakeClock } from 'offloop/testing'
import { closedAtEnd, folder, onTunedDatabases } from '../databases.ts'
import { refused, usable } from './expect.ts'

const elsewhere = { code: 'TWO_DRIVERS', kind: 'driver', message: /open in this process through/ }

test('F103 of two copies of the package both are usable, and each knows what the other has open', async (t) => {
  const place = folder(t)
  cpSync(join(import.meta.dirname, '../../src'), join(place, 'src'), { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  const copy = (await import(pathToFileURL(join(place, 'src/index.ts')).href)) as typeof import('offloop')
  assert.notEqual(copy.ConnectionPool, ConnectionPool)
  const filename = join(place, 'app.db')
  const mine = closedAtEnd(t, new ConnectionPool('node-sqlite', { filename }))
  const theirs = closedAtEnd(t, new copy.ConnectionPool('node-sqlite', { filename }))
  await Promise.all([usable(mine), usable(theirs)])
  const other = closedAtEnd(t, new copy.ConnectionPool('better-sqlite3', { filename }))
  await refused(() => other.runQuery('SELECT 1'), copy.DriverError, elsewhere)
})

onTunedDatabases((database) => {
  for (const [what, change] of [
    ['removed', (filename: string) => rmSync(filename)],
    ['replaced', (filename: string) => renameSync(join(filename, '../other.db'), filename)],
  ] as const) {
    test(`F36 a file that is ${what} while it is open is noticed, and the pool refuses to go on`, async (t) => {
      const place = folder(t)
      const filename = join(place, 'app.db')
      writeFileSync(join(place, 'other.db'), '')
      const clock = new FakeClock()
      const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }, { clock }))
      await usable(pool)
      await clock.advance(5000)
      await usable(pool)
      change(filename)
      const replaced = { code: 'DATABASE_REPLACED', kind: 'io' }
      const until = AbortSignal.timeout(10_000)
      // The file's number is asked for beside the loop.
      while (!until.aborted && !(await noticed(pool))) await clock.advance(5000)
      const error = await refused(() => pool.runOperation('CREATE TABLE t (a)'), OperationalError, replaced)
      assert.ok(error.message.includes(filename))
      await pool.close()
      await pool.start()
      await usable(pool)
    })
  }

  test('a checkpoint, VACUUM and a second name change nothing', async (t) => {
    const filename = join(folder(t), 'app.db')
    const clock = new FakeClock()
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }, { clock }))
    await pool.runOperation('CREATE TABLE t (a)')
    linkSync(filename, `${filename}.2`)
    await pool.runOperation('PRAGMA wal_checkpoint(TRUNCATE)')
    await pool.runOperation('VACUUM')
    for (let i = 0; i < 5; i++) {
      await clock.advance(5000)
      await usable(pool)
    }
  })

  test('F32 NOTADB causes no storm of openings', async (t) => {
    const filename = join(folder(t), 'app.db')
    writeFileSync(filename, 'A'.repeat(8192))
    const pool = closedAtEnd(t, new ConnectionPool(database.driver, { filename }))
    for (let i = 0; i < 10; i++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => pool.runQuery('SELECT 1')))
      for (const each of outcomes) assert.ok(each.status === 'rejected' && each.reason.kind === 'notADatabase')
    }
    assert.ok(pool.stats().failedOpenings <= 10, `${pool.stats().failedOpenings} openings`)
  })
})

async function noticed(pool: ConnectionPool): Promise<boolean> {
  return await pool.runQuery('SELECT 1').then(
    () => false,
    ({ code }) => code === 'DATABASE_REPLACED',
  )
}
