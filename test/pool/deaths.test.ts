import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { ConnectionLostError, ConnectionPool, type PoolOptions, TimeoutError } from 'offloop'
import type { Toll } from '../../scripts/deaths.ts'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import deaths from './fixtures/death-driver.ts'

const script = join(import.meta.dirname, '../../scripts/deaths.ts')
const died = { code: 'THREAD_DIED', kind: 'connectionLost' }

function deathPool(owner: Owner, connect: object, options: PoolOptions = {}): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(deaths, { layout: 'one', ...connect }, options))
}

/** The threads that are started from now on. */
function watchThreads(owner: Owner): Worker[] {
  const seen: Worker[] = []
  const see = (worker: Worker) => void seen.push(worker)
  process.on('worker', see)
  owner.after(() => process.off('worker', see))
  return seen
}

test('P14 F1 F2 F3 F4 F5 F7 F8 each way for a thread to die costs the calls that were with it, and no other', async () => {
  const flags = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, '2', '--json'], {
    timeout: 120_000,
  })
  const tolls: Toll[] = JSON.parse(stdout)
  assert.equal(tolls.length, 9)
  for (const { how, deaths: count, fatal, told, hung, others } of tolls) {
    assert.deepEqual({ how, told, hung }, { how, told: fatal, hung: 0 })
    // Running out of stack is an error of the one statement; what else there is does not end a thread that is busy.
    assert.equal(others, how === 'stack' ? count : 0, how)
  }
  assert.equal(tolls.filter(({ fatal }) => fatal === 2).length, 5)
})

describe('a thread that dies', () => {
  test('P14 F1 tells its exit code, and what it died of', async (t) => {
    const pool = deathPool(t, {})
    for (const [how, message] of [
      ['exit0', /exit code 0/],
      ['exit3', /exit code 3/],
    ] as const) {
      await refused(() => pool.runQuery(`DIE ${how}`), ConnectionLostError, { ...died, message })
    }
    const error = await refused(() => pool.runQuery('DIE throw'), ConnectionLostError, { ...died, message: /code 1/ })
    assert.match(String(error.cause), /thrown out of the thread/)
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  })

  test('F9 idle, for instance ended by the application, is replaced without costing a call', async (t) => {
    const seen = watchThreads(t)
    const pool = deathPool(t, {})
    await pool.start()
    await seen[0]?.terminate()
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
    assert.equal(pool.stats().lost, 1)
    assert.equal(seen.length, 2)
  })

  test('F12 at its start is told, whatever it does there, and a crash loop stops', async (t) => {
    for (const start of ['exit', 'throw']) {
      const seen = watchThreads(t)
      const pool = deathPool(t, { start })
      await refused(() => pool.runQuery('ECHO ?', 1), ConnectionLostError, died)
      for (let i = 0; i < 100; i++) await refused(() => pool.runQuery('ECHO ?', 1), ConnectionLostError, died)
      assert.equal(seen.length, 5)
      assert.equal(pool.stats().failedOpenings, 5)
      await pool.close()
    }
  })

  test('F15 a thread that hangs at its start is given up after connectTimeout', async (t) => {
    const pool = deathPool(t, { start: 'hang' }, { connectTimeout: 50 })
    await refused(() => pool.runQuery('ECHO ?', 1), TimeoutError, { code: 'CONNECT_TIMEOUT', kind: 'timeout' })
    const closing = pool.close()
    await rejectionOf(() => pool.runQuery('ECHO ?', 1))
    await closing
  })
})
