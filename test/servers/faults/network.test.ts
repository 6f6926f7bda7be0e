import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitUnknownError, ConnectionLostError, type ConnectionPool, SqlError, TimeoutError } from 'offloop'
import { seededRandom } from '../../../bench/harness/random.ts'
import { collect, rejectionOf, usable } from '../../pool/expect.ts'
import { says } from '../network.ts'
import { comesBack, networked, onServers, poolOn } from './setting.ts'

const kindOf = (error: unknown) => (error instanceof SqlError ? error.kind : String(error))

async function rowsIn(pool: ConnectionPool): Promise<number> {
  return Number((await pool.runQuery('SELECT count(*) AS n FROM t'))[0]?.n)
}

/** Answers that are changed on the way. */
const FLIPS = Number(process.env.FLIPS ?? 5)
/** Milliseconds that a busy machine may be late. */
const BUSY = 750

/** Where the messages begin that an answer is made of. */
function partsOf(bytes: Buffer, isPostgres: boolean): number[] {
  const parts: number[] = []
  for (let at = 0; at + 5 <= bytes.length; ) {
    parts.push(at)
    at += isPostgres ? 1 + bytes.readUInt32BE(at + 1) : 4 + bytes.readUIntLE(at, 3)
  }
  return parts
}

onServers((name) => {
  /** A table, a pool through the network, and one that goes straight. */
  async function setting(t: { after(work: () => unknown): void }, options = {}) {
    const { network, url, through } = await networked(t, name)
    const direct = poolOn(t, url)
    await direct.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    const pool = poolOn(t, through, options)
    return { network, direct, pool, through }
  }

  test('F53 a connection that is cut before COMMIT arrives leaves the outcome unknown, and nothing is there', async (t) => {
    const { network, direct, pool } = await setting(t)
    await usable(pool)
    network.onRequest = (bytes, link) => {
      if (!says(bytes, 'commit')) return bytes
      link.cut()
      return null
    }
    const error = await rejectionOf(() => pool.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (1)')))
    assert.ok(error instanceof CommitUnknownError, String(error))
    network.onRequest = (bytes) => bytes
    assert.equal(await rowsIn(direct), 0)
    await usable(pool)
  })

  test('F54 a connection whose answer to COMMIT is lost leaves the outcome unknown, and all is there', async (t) => {
    const { network, direct, pool } = await setting(t)
    await usable(pool)
    network.onRequest = (bytes, committing) => {
      if (says(bytes, 'commit')) {
        network.onAnswer = (answer, link) => {
          if (link !== committing) return answer
          link.reset()
          return null
        }
      }
      return bytes
    }
    let runs = 0
    const work = pool.runInteraction({ retry: 5 }, (txn) => {
      runs++
      return txn.execute('INSERT INTO t VALUES (1)')
    })
    const error = await rejectionOf(() => work)
    assert.ok(error instanceof CommitUnknownError, String(error))
    assert.equal(runs, 1, 'what may be committed is never run again')
    network.onRequest = (bytes) => bytes
    network.onAnswer = (bytes) => bytes
    assert.equal(await rowsIn(direct), 1)
    await usable(pool)
  })

  test('F55 a connection that is cut in its ROLLBACK leaves the caller its own error, and nothing behind', async (t) => {
    const { network, direct, pool } = await setting(t, { max: 1 })
    await usable(pool)
    const mine = new Error('mine')
    network.onRequest = (bytes, link) => {
      if (!says(bytes, 'rollback')) return bytes
      link.cut()
      return null
    }
    const error = await rejectionOf(() =>
      pool.runInteraction(async (txn) => {
        await txn.execute('INSERT INTO t VALUES (1)')
        throw mine
      }),
    )
    assert.equal(error, mine)
    network.onRequest = (bytes) => bytes
    await usable(pool)
    assert.equal(await rowsIn(direct), 0)
  })

  test('F52 a server that never says a word is given up after connectTimeout', async (t) => {
    const { network, through } = await setting(t)
    network.isSilent = true
    const pool = poolOn(t, through, { connectTimeout: 300, acquireTimeout: 1000 })
    const began = performance.now()
    const error = await rejectionOf(() => pool.runQuery('SELECT 1'))
    assert.ok(error instanceof TimeoutError, String(error))
    assert.ok(performance.now() - began < 2500)
    network.isSilent = false
    await usable(pool)
  })

  test('F51 a connection that fell silent while it was idle is found out, and another one answers', async (t) => {
    const { network, pool } = await setting(t, { max: 1, validateAfterIdle: 1, connectTimeout: 500 })
    await usable(pool)
    for (const link of network.links) link.isSilent = true
    await new Promise((resolve) => setTimeout(resolve, 200))
    const began = performance.now()
    await usable(pool)
    assert.ok(performance.now() - began < 5000)
  })

  test('F56 a deadline covers all of an answer, however slowly it comes', async (t) => {
    const { network, pool } = await setting(t, { max: 1 })
    await usable(pool)
    const timers: NodeJS.Timeout[] = []
    const stop = () => {
      for (const timer of timers) clearInterval(timer)
    }
    network.onAnswer = (bytes, link) => {
      let at = 0
      const drip = () => {
        if (at < bytes.length && link.isOpen) link.client.write(bytes.subarray(at, ++at))
      }
      timers.push(setInterval(drip, 50))
      return null
    }
    t.after(stop)
    const began = performance.now()
    const error = await rejectionOf(() =>
      pool.runQuery("SELECT 'a long answer, byte by byte' AS a", [], { timeout: 300 }),
    )
    assert.equal(kindOf(error), 'timeout')
    assert.ok(performance.now() - began < 2000)
    stop()
    network.onAnswer = (bytes) => bytes
    await usable(pool)
  })

  test('F57 half an answer and then the end is a failure, never a result', async (t) => {
    const { network, pool } = await setting(t, { max: 1 })
    await usable(pool)
    network.onAnswer = (bytes, link) => {
      link.client.end(bytes.subarray(0, bytes.length >> 1))
      link.server.destroy()
      return null
    }
    const error = await rejectionOf(() => pool.runQuery('SELECT 1 AS a UNION SELECT 2 UNION SELECT 3'))
    assert.ok(error instanceof ConnectionLostError, String(error))
    network.onAnswer = (bytes) => bytes
    await usable(pool)
  })

  test('F58 an answer whose lengths are nonsense ends its connection with a typed error', async (t) => {
    const { network, pool } = await setting(t, { max: 1 })
    await usable(pool)
    const lengthAt = (bytes: Buffer, part: number) => partsOf(bytes, name === 'postgres').at(part) ?? 0
    const [first, ...others] = name === 'postgres' ? [1, 2, 3, 4] : [2, 1, 0]
    for (const [part, at] of [[0, first], ...others.map((at) => [-1, at])] as [number, number][]) {
      network.onAnswer = (bytes) => {
        const changed = Buffer.from(bytes)
        changed[lengthAt(bytes, part) + at] = 0x7f
        return changed
      }
      const began = performance.now()
      const error = await rejectionOf(() => pool.runQuery(`SELECT 'text' AS a${at}`, [], { timeout: 200 }))
      assert.ok(error instanceof SqlError, `byte ${at} of ${part}: ${String(error)}`)
      assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
      network.onAnswer = (bytes) => bytes
      await usable(pool)
    }
  })

  test('F58 whatever is flipped on the way: a typed error or an answer, in time, and the pool goes on', async (t) => {
    const { network, pool } = await setting(t, { max: 2, connectTimeout: 300 })
    await usable(pool)
    const next = seededRandom(Number(process.env.SEED ?? 1))
    for (let run = 0; run < FLIPS; run++) {
      network.onAnswer = (bytes) => {
        const changed = Buffer.from(bytes)
        const at = next(changed.length)
        changed[at] = (changed[at] as number) ^ (1 << next(8))
        return changed
      }
      const began = performance.now()
      const calls = Array.from({ length: 3 }, (_, i) =>
        pool.runQuery(`SELECT ${i} AS n, 'some text' AS a UNION SELECT 7, NULL`, [], { timeout: 100 }),
      )
      for (const end of await Promise.allSettled(calls)) {
        if (end.status === 'rejected') assert.ok(end.reason instanceof SqlError, String(end.reason))
      }
      assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
      network.onAnswer = (bytes) => bytes
      await comesBack(pool)
    }
  })

  test('P1 on a network that swallows everything every call settles by its deadline, and the pool comes back', async (t) => {
    const { network, direct, pool } = await setting(t, { max: 4, acquireTimeout: 1000, connectTimeout: 500 })
    const insert = 'INSERT INTO t VALUES (1)'
    await usable(pool)
    network.isSilent = true
    const options = { timeout: 300 }
    const calls: Promise<unknown>[] = [
      pool.runQuery('SELECT 1', [], options),
      pool.runOperation(insert, [], options),
      pool.executeMany(insert, [[]], options),
      pool.runInteraction(options, (txn) => txn.execute(insert)),
      pool.runInteraction(options, async () => 1),
      pool.runWithConnection(options, (connection) => connection.cursor().execute(insert)),
      collect(pool.stream('SELECT 1', [], options)),
      ...Array.from({ length: 100 }, () => pool.runQuery('SELECT 2', [], options)),
      pool.runQuery('SELECT 3'),
    ]
    const began = performance.now()
    const ends = await Promise.all(
      calls.map((call) => call.then(String, (error: unknown) => ({ error, took: performance.now() - began }))),
    )
    for (const [i, end] of ends.entries()) {
      if (typeof end === 'string') assert.fail(`call ${i} gave ${end}`)
      assert.ok(end.error instanceof SqlError, String(end.error))
      assert.ok(['timeout', 'commitUnknown'].includes(end.error.kind), `${i}: ${end.error}`)
      const most = i === ends.length - 1 ? 1000 : 300
      assert.ok(end.took < most + 250 + BUSY, `${i}: ${end.took} ms`)
    }
    network.isSilent = false
    await comesBack(pool)
    assert.equal(await rowsIn(direct), 0)
  })
})
