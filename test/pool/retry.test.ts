import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  AbortError,
  CommitUnknownError,
  ConnectionLostError,
  ConnectionPool,
  IntegrityError,
  OperationalError,
  TimeoutError,
} from 'offloop'
import { FakeClock } from 'offloop/testing'
import { noDeadlines } from '../../src/pool/deadlines.ts'
import { closedAtEnd, onTunedDatabases, openPool, unwatched } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'
import gates from './fixtures/gate-driver.ts'

const busy = () => new OperationalError('busy', { code: 'SQLITE_BUSY', kind: 'busy', retryable: true })

function gatePool(t: Parameters<typeof closedAtEnd>[0], options = {}): ConnectionPool {
  return closedAtEnd(t, new ConnectionPool(gates, { layout: 'one' }, { ...unwatched, ...noDeadlines, ...options }))
}

async function logOf(pool: ConnectionPool): Promise<string[]> {
  return (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
}

describe('retry', () => {
  test('ADB-092 F85 P6 runs the whole callback again, as often as told, and tells the callback which time it is', async (t) => {
    const pool = gatePool(t)
    const seen: number[] = []
    const result = await pool.runInteraction(
      { retry: { attempts: 3, delay: 0 } },
      async (txn, word: string) => {
        seen.push(txn.attempt)
        await pool.runInteraction(async (inner) => assert.equal(inner.attempt, txn.attempt))
        if (txn.attempt < 3) throw busy()
        return word
      },
      'done',
    )
    assert.equal(result, 'done')
    assert.deepEqual(seen, [1, 2, 3])
    const log = (await logOf(pool)).filter((entry) => !entry.includes('offloop_1'))
    assert.deepEqual(log, ['begin write', 'rollback', 'begin write', 'rollback', 'begin write', 'commit', 'LOG'])
  })

  test('ADB-092 the last error is the caller’s, the very object, and has the earlier ones', async (t) => {
    const pool = gatePool(t)
    const thrown = [busy(), busy(), busy()]
    const error = await rejectionOf(() =>
      pool.runInteraction({ retry: { attempts: 3, delay: 0 } }, (txn) => {
        throw thrown[txn.attempt - 1]
      }),
    )
    assert.equal(error, thrown[2])
    assert.deepEqual((error as { attempts?: unknown }).attempts, thrown.slice(0, 2))
  })

  test('ADB-092 D007 is off unless asked for, by the pool or by the call', async (t) => {
    for (const [ofPool, ofCall, expected] of [
      [undefined, undefined, 1],
      [2, undefined, 2],
      [2, 1, 1],
      [1, { attempts: 3 }, 3],
      [{ attempts: 3 }, 2, 2],
    ] as const) {
      const clock = new FakeClock()
      const pool = gatePool(t, { retry: ofPool, clock })
      let count = 0
      const call = rejectionOf(() =>
        pool.runInteraction(ofCall === undefined ? {} : { retry: ofCall }, () => {
          count++
          throw busy()
        }),
      )
      await pool.runQuery('ECHO ?', 1)
      for (let i = 0; i < 3; i++) {
        await clock.advance(2000)
        await pool.runQuery('ECHO ?', 1)
      }
      await call
      assert.equal(count, expected)
    }
  })

  test('P6 other errors are not tried again, unless `on` says so', async (t) => {
    const pool = gatePool(t)
    const attempts = async (on: ((error: unknown) => boolean) | undefined, thrown: unknown) => {
      let count = 0
      const error = await rejectionOf(() =>
        pool.runInteraction({ retry: { attempts: 2, delay: 0, on } }, () => {
          count++
          throw thrown
        }),
      )
      assert.equal(error, thrown)
      return count
    }
    assert.equal(await attempts(undefined, new Error('mine')), 1)
    assert.equal(await attempts(undefined, new IntegrityError('twice', { kind: 'unique' })), 1)
    assert.equal(await attempts(undefined, undefined), 1)
    for (const kind of ['busy', 'serialization', 'deadlock', 'connectionLost'] as const) {
      assert.equal(await attempts(undefined, new OperationalError('passing', { kind })), 2)
    }
    assert.equal(await attempts((error) => error === 'text', 'text'), 2)
    assert.equal(await attempts(() => false, busy()), 1)
    const mistake = new Error('in on')
    const mine = busy()
    const throwing = () => {
      throw mistake
    }
    assert.equal(await attempts(throwing, mine), 1)
    assert.equal((mine as { suppressed?: unknown }).suppressed, mistake)
  })

  test('P6 a connection lost before COMMIT is tried again, a commit of unknown outcome never', async (t) => {
    const pool = gatePool(t)
    let count = 0
    const lost = await pool.runInteraction({ retry: { attempts: 2, delay: 0 } }, async (txn) => {
      count++
      if (txn.attempt === 1) await txn.query('EXIT')
      return txn.query('ECHO ?', [5])
    })
    assert.deepEqual([lost, count], [[{ echo: 5 }], 2])
    const swallowed = await pool.runInteraction({ retry: { attempts: 2, delay: 0 } }, async (txn) => {
      if (txn.attempt === 1) await rejectionOf(() => txn.query('EXIT'))
      return txn.attempt
    })
    assert.equal(swallowed, 2)
    count = 0
    const unknown = () =>
      pool.runInteraction({ retry: { attempts: 5, delay: 0, on: () => true } }, async (txn) => {
        count++
        await txn.query('ARM commit exit')
      })
    await refused(unknown, CommitUnknownError, { code: 'COMMIT_UNKNOWN', kind: 'commitUnknown' })
    assert.equal(count, 1)
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  })

  test('P6 an inner interaction is not run again by itself: the outermost is', async (t) => {
    const pool = gatePool(t)
    const seen: string[] = []
    await pool.runInteraction({ retry: { attempts: 2, delay: 0 } }, async (txn) => {
      seen.push(`outer ${txn.attempt}`)
      await pool.runInteraction({ retry: 5 }, async (inner) => {
        seen.push(`inner ${inner.attempt}`)
        if (inner.attempt === 1) throw busy()
      })
    })
    assert.deepEqual(seen, ['outer 1', 'inner 1', 'outer 2', 'inner 2'])
  })

  test('ADB-092 waits longer and longer, by the pool’s clock, with jitter, and never more than two seconds', async (t) => {
    const waits: number[] = []
    class Listening extends FakeClock {
      override setTimer(callback: () => void, milliseconds: number) {
        waits.push(milliseconds)
        return super.setTimer(callback, 0)
      }
    }
    const clock = new Listening()
    const pool = gatePool(t, { clock })
    const last = rejectionOf(() =>
      pool.runInteraction({ retry: 9 }, () => {
        throw busy()
      }),
    )
    for (let i = 0; i < 9; i++) {
      await clock.advance(0)
      await pool.runQuery('ECHO ?', 1)
    }
    await last
    const full = [50, 100, 200, 400, 800, 1600, 2000, 2000]
    assert.equal(waits.length, full.length)
    for (const [i, wait] of waits.entries()) assert.ok(wait <= full[i]! && wait >= full[i]! / 2, `${i}: ${wait}`)
    assert.equal(clock.timers, 0)
  })

  test('ADB-092 an abort ends the wait at once, a deadline when it comes, and neither leaves a timer', async (t) => {
    const clock = new FakeClock()
    const pool = gatePool(t, { clock })
    const failing = () => {
      throw busy()
    }
    const controller = new AbortController()
    const aborted = rejectionOf(() => pool.runInteraction({ retry: 5, signal: controller.signal }, failing))
    while (clock.timers === 0) await pool.runQuery('ECHO ?', 1)
    controller.abort(new Error('enough'))
    const abortion = await aborted
    assert.ok(abortion instanceof AbortError)
    assert.equal((abortion as { attempts?: unknown[] }).attempts?.length, 1)
    assert.equal(clock.timers, 0)
    const late = rejectionOf(() => pool.runInteraction({ retry: { attempts: 5, delay: 1000 }, timeout: 100 }, failing))
    while (clock.timers < 2) await pool.runQuery('ECHO ?', 1)
    await clock.advance(100)
    assert.ok((await late) instanceof TimeoutError)
    assert.equal(clock.timers, 0)
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  })

  test('wrong values are refused by name', async (t) => {
    const pool = gatePool(t)
    const invalid = [0, -1, 1.5, 1e9, '3', null, { attempts: 2, on: 5 }, { attempts: 2, delay: -1 }, { tries: 3 }, {}]
    for (const retry of invalid) {
      const options = { retry } as unknown as { retry: number }
      for (const make of [
        () => pool.runInteraction(options, () => 1),
        () => new ConnectionPool(gates, { layout: 'one' }, options),
      ]) {
        const error = (await rejectionOf(make)) as { code?: unknown; message: string }
        assert.equal(error.code, 'INVALID_OPTION')
        assert.match(error.message, /retry/)
      }
    }
    const lend = pool.runWithConnection as unknown as (options: object, work: () => void) => Promise<void>
    const error = (await rejectionOf(() => lend.call(pool, { retry: 2 }, () => undefined))) as { code?: unknown }
    assert.equal(error.code, 'INVALID_OPTION')
    assert.equal(pool.stats().waiting, 0)
  })

  test('a lost connection is told with the earlier attempts when all are used up', async (t) => {
    const pool = gatePool(t)
    const calls = () => pool.runInteraction({ retry: { attempts: 2, delay: 0 } }, (txn) => txn.query('EXIT'))
    const error = await refused(calls, ConnectionLostError, { code: 'THREAD_DIED', kind: 'connectionLost' })
    assert.equal((error as { attempts?: unknown[] }).attempts?.length, 1)
  })
})

onTunedDatabases((database) => {
  test('P6 F24 transfers that get into the way of another pool’s: each ledger row is there exactly once', async (t) => {
    const url = `${database.url(t)}?busyTimeout=1`
    const setup = closedAtEnd(t, new ConnectionPool(url))
    await setup.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, cents INTEGER)')
    await setup.runOperation('CREATE TABLE ledger (id INTEGER PRIMARY KEY, attempt INTEGER)')
    await setup.insertMany(
      'accounts',
      [1, 2, 3].map((id) => ({ id, cents: 1000 })),
    )
    let retried = 0
    const pools = [1, 2].map(() =>
      closedAtEnd(t, new ConnectionPool(url, { max: 2, retry: { attempts: 1000, delay: 1 } })),
    )
    const transfer = (pool: ConnectionPool, id: number) =>
      pool.runInteraction(async (txn) => {
        if (txn.attempt > 1) retried++
        await txn.execute('UPDATE accounts SET cents = cents - 1 WHERE id = ?', (id % 3) + 1)
        await txn.execute('UPDATE accounts SET cents = cents + 1 WHERE id = ?', ((id + 1) % 3) + 1)
        await txn.execute('INSERT INTO ledger VALUES (?, ?)', [id, txn.attempt])
      })
    const ids = Array.from({ length: 200 }, (_, i) => i)
    await Promise.all(ids.map((id) => transfer(pools[id % 2]!, id)))
    const ledger = await setup.runQuery<{ id: number }>('SELECT id FROM ledger ORDER BY id')
    assert.deepEqual(
      ledger.map(({ id }) => id),
      ids,
    )
    assert.deepEqual(await setup.runQuery('SELECT sum(cents) AS total FROM accounts'), [{ total: 3000 }])
    for (const pool of pools) await usable(pool)
    t.diagnostic(`${retried} attempts were further ones`)
  })

  test('F25 a busy database is told when nobody asked for another attempt', async (t) => {
    const url = `${database.url(t)}?busyTimeout=1`
    const [one, other] = [1, 2].map(() => closedAtEnd(t, new ConnectionPool(url, { max: 1 }))) as [
      ConnectionPool,
      ConnectionPool,
    ]
    await one.runOperation('CREATE TABLE t (a)')
    await one.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO t VALUES (1)')
      const write = () => other.runInteraction((stranger) => stranger.execute('INSERT INTO t VALUES (2)'))
      const error = await refused(write, OperationalError, { code: 'SQLITE_BUSY', kind: 'busy' })
      assert.equal(error.retryable, true)
    })
    await usable(openPool(t, database))
    await usable(other)
  })
})
