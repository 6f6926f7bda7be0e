import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { ConnectionPool, SqlError } from 'offloop'
import { unwatched } from '../databases.ts'
import { FakeClock } from './fake-clock.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

/*
 * Deadlines of every kind under load: whatever callers do, and however long statements hang and in whatever order they
 * come back, each call settles in time, and the pool is whole when everything has come back.
 */

type Kind = 'read' | 'write' | 'transaction' | 'snapshot' | 'lent' | 'many' | 'stream' | 'lease' | 'destroyed'
type Step =
  | { readonly call: Kind; readonly hangs: boolean; readonly timeout: number | null }
  | { readonly pass: number }
  | { readonly block: number }
  | { readonly open: number }

const KINDS = ['read', 'write', 'transaction', 'snapshot', 'lent', 'many', 'stream', 'lease', 'destroyed'] as const
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      call: fc.constantFrom(...KINDS),
      hangs: fc.integer({ max: 3, min: 0 }).map((n) => n === 0),
      timeout: fc.option(fc.integer({ min: 50, max: 1500 }), { freq: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 1, arbitrary: fc.record({ block: fc.integer({ min: 300, max: 20_000 }) }) },
  { weight: 2, arbitrary: fc.record({ open: fc.nat() }) },
)

/** What calls may fail with here, and nothing else. */
const EXPECTED = new Set([
  'TIMEOUT',
  'ABORTED',
  'ACQUIRE_TIMEOUT',
  'STATEMENT_TIMEOUT',
  'INTERACTION_TIMEOUT',
  'COMMIT_UNKNOWN',
  'NOT_STARTED',
  'QUEUE_FULL',
  'POOL_CLOSED',
  'TRANSACTION_ENDED',
])

class Load {
  readonly clock = new FakeClock()
  readonly pool: ConnectionPool
  readonly shut: Gate[] = []
  readonly strange: unknown[] = []
  #pending = 0

  constructor(layout: string, max: number) {
    this.pool = new ConnectionPool(
      gates,
      { layout },
      {
        ...unwatched,
        clock: this.clock,
        max,
        maxWaiting: 20,
        acquireTimeout: 1000,
        statementTimeout: 600,
        interactionTimeout: 1200,
        closeTimeout: 500,
      },
    )
  }

  async take(next: Step): Promise<void> {
    if ('call' in next) this.#call(next.call, this.#sql(next), next.timeout === null ? {} : { timeout: next.timeout })
    else if ('pass' in next) await this.pass(next.pass)
    else if ('block' in next) this.clock.block(next.block)
    else this.shut.splice(next.open % Math.max(1, this.shut.length), 1)[0]?.open()
    await turn()
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 100) {
      this.clock.advance(Math.min(100, left))
      await turn()
    }
  }

  /** Lets time pass until it is so; the threads take the time that they need, but not for ever. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    for (const started = performance.now(); !isSo(); await this.pass(100)) {
      assert.ok(performance.now() - started < 30_000, `${what}: ${JSON.stringify(this.pool.stats())}`)
    }
  }

  /** Lets time pass until no call is left that has not settled. */
  settle(): Promise<void> {
    return this.until(() => this.#pending === 0, 'calls never settled')
  }

  #sql({ call, hangs }: { call: Kind; hangs: boolean }): string {
    const writes = call === 'write' || call === 'transaction' || call === 'many'
    if (!hangs) return call === 'stream' ? this.#rows() : writes ? 'CHANGE 1' : 'ECHO 1'
    const gate = new Gate()
    this.shut.push(gate)
    if (call === 'stream') return `ROWS ${gate.number}`
    return writes ? `WRITE ${gate.number}` : `WAIT ${gate.number}`
  }

  #rows(): string {
    const gate = new Gate()
    gate.open()
    return `ROWS ${gate.number}`
  }

  #call(kind: Kind, sql: string, limit: { timeout?: number }): void {
    this.#pending++
    void this.#run(kind, sql, limit)
      .catch((error: unknown) => {
        if (!(error instanceof SqlError && EXPECTED.has(String(error.code)))) this.strange.push(error)
      })
      .finally(() => this.#pending--)
  }

  async #run(kind: Kind, sql: string, limit: { timeout?: number }): Promise<unknown> {
    const { pool } = this
    switch (kind) {
      case 'read':
        return await pool.runQuery(sql, [], limit)
      case 'write':
        return await pool.runOperation(sql, [], limit)
      case 'transaction':
      case 'snapshot':
        return await pool.runInteraction({ ...limit, readOnly: kind === 'snapshot' }, async (txn) => {
          await txn.query('ROLE')
          await txn.execute(sql)
        })
      case 'lent':
        return await pool.runWithConnection(limit, (connection) => connection.query(sql))
      case 'many':
        return await pool.executeMany(sql, [[], []], limit)
      case 'stream': {
        let rows = 0
        for await (const _ of pool.stream(sql, [], { ...limit, pageSize: 50 })) if (++rows === 500) break
        return rows
      }
      default: {
        const lease = await pool.acquire(limit)
        try {
          return await lease.query(sql)
        } finally {
          await (kind === 'lease' ? lease.release() : lease.destroy())
        }
      }
    }
  }
}

/** When everything has come back the pool is as it was: nobody waits, nothing is lost, and each kind of call works. */
async function isWhole(load: Load): Promise<void> {
  const { pool } = load
  for (const gate of load.shut.splice(0)) gate.open()
  await load.settle()
  await load.until(() => pool.stats().lanes.every(({ state }) => state === 'idle'), 'connections never came back')
  const { lanes, waiting, max } = pool.stats()
  assert.ok(lanes.length <= max, `${lanes.length} connections`)
  assert.equal(waiting, 0)
  assert.deepEqual(await pool.runQuery('ECHO ?', 7), [{ echo: 7 }])
  await pool.runInteraction((txn) => txn.execute('CHANGE 1'))
  const log = await pool.runWithConnection((connection) => connection.query<string[]>('LOG', [], { rowMode: 'array' }))
  assertInOrder(log.flat())
}

/** On a connection nothing is committed that was not begun, and no transaction begins in another. */
function assertInOrder(log: readonly string[]): void {
  let open = false
  for (const entry of log) {
    if (entry.startsWith('begin')) {
      assert.equal(open, false, `a transaction began in another: ${log.join(', ')}`)
      open = true
    } else if (entry === 'commit' || entry === 'rollback') open = false
  }
}

async function tryOut(layout: string, max: number, steps: readonly Step[], closesAtOnce: boolean): Promise<void> {
  const load = new Load(layout, max)
  try {
    for (const next of steps) await load.take(next)
    if (!closesAtOnce) await isWhole(load)
    let closed = false
    void load.pool.close().then(() => {
      closed = true
    })
    await load.until(() => closed, 'close never ended')
    const { state, lanes, waiting } = load.pool.stats()
    assert.deepEqual({ state, lanes, waiting }, { state: 'closed', lanes: [], waiting: 0 })
    for (const gate of load.shut.splice(0)) gate.open()
    await load.settle()
    assert.deepEqual(load.strange, [])
    assert.equal(load.clock.pending, 0)
  } finally {
    for (const gate of load.shut) gate.open()
    await load.pass(2000)
  }
}

for (const [layout, max] of [
  ['one', 1],
  ['equal', 2],
  ['writer-readers', 3],
] as const) {
  const steps = fc.array(step, { minLength: 10, maxLength: 40 })
  const property = fc.asyncProperty(steps, fc.boolean(), (...given) => tryOut(layout, max, ...given))

  test(`P1 P13 F89 F95 ${layout}: whatever hangs and comes back, each call settles and the pool is whole`, async () => {
    await fc.assert(property, { numRuns: 12, seed: 1, endOnFailure: true })
  })
}
