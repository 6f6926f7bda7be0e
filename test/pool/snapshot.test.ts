import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ConnectionPool } from 'offloop'
import { onEveryIsolation, openPool } from '../databases.ts'

const KEYS = 4

interface Step {
  readonly key: number
  /** Whether the client writes before it reads. */
  readonly writes: boolean
  /** How many turns of the event loop it lets pass before the step. */
  readonly turns: number
}

const step = fc.record({ key: fc.nat(KEYS - 1), writes: fc.boolean(), turns: fc.nat(2) })
const clients = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 8, maxLength: 32 })

/** Runs all clients at once; each read must see at least the writes that had been answered when it was sent. */
async function run(pool: ConnectionPool, schedule: readonly (readonly Step[])[]): Promise<void> {
  await pool.runOperation('UPDATE counters SET n = 0')
  const answered = new Array<number>(KEYS).fill(0)
  const client = async (steps: readonly Step[]) => {
    for (const { key, writes, turns } of steps) {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (writes) {
        await pool.runOperation('UPDATE counters SET n = n + 1 WHERE id = ?', [key])
        answered[key] = (answered[key] as number) + 1
      }
      const least = answered[key] as number
      const [row] = await pool.runQuery<{ n: number }>('SELECT n FROM counters WHERE id = ?', [key])
      assert.ok(row && row.n >= least, `key ${key}: ${row?.n} where ${least} writes had been answered`)
    }
  }
  await Promise.all(schedule.map(client))
}

onEveryIsolation((database, suite) => {
  test('P7 a query sent after a write was answered always sees it, whatever else is under way', async () => {
    const pool = openPool(suite, database)
    await pool.runOperation('CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER)')
    await pool.insertMany(
      'counters',
      Array.from({ length: KEYS }, (_, id) => ({ id, n: 0 })),
    )
    // Known to be fast, reads share transactions.
    for (let i = 0; i < 50; i++) await pool.runQuery('SELECT n FROM counters WHERE id = ?', [0])
    await fc.assert(
      fc.asyncProperty(clients, (schedule) => run(pool, schedule)),
      { numRuns: 60 },
    )
  })
})
