import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConnectionPool } from 'offloop'
import { closedAtEnd, folder, type Owner } from '../databases.ts'
import { usable } from '../pool/expect.ts'
import betterSqlite3 from './fixtures/better-sqlite3.ts'
import nodeSqlite from './fixtures/node-sqlite.ts'

/** What must be in the database: ids that are, and ids of which nobody can know. */
interface Model {
  next: number
  readonly present: Set<number>
  readonly unknown: Set<number>
}

/** The pool, and calls that are still under way. */
interface Real {
  readonly pool: ConnectionPool
  readonly running: Promise<void>[]
}

type Act = (pool: ConnectionPool, id: number) => Promise<unknown>
type Kept = 'yes' | 'no' | 'perhaps'

const INSERT = 'INSERT INTO t VALUES (?)'

/** How many ids each uses: `id`, and perhaps `id + 0.5` for a second row that must never be there. */
const acts: Readonly<Record<string, readonly [Kept, Act]>> = {
  runOperation: ['yes', (pool, id) => pool.runOperation(INSERT, id)],
  'runQuery RETURNING': ['yes', (pool, id) => pool.runQuery(`${INSERT} RETURNING id`, id)],
  runQuery: ['no', (pool) => pool.runQuery('SELECT count(*) FROM t')],
  'a failing write': ['no', (pool, id) => pool.runOperation(`INSERT INTO t SELECT ? UNION ALL SELECT 'x'`, id)],
  interaction: [
    'yes',
    (pool, id) =>
      pool.runInteraction(async (txn) => {
        await txn.execute(INSERT, id)
        await pool.runQuery('SELECT count(*) FROM t')
      }),
  ],
  'an interaction that throws': [
    'no',
    (pool, id) =>
      pool.runInteraction(async (txn) => {
        await txn.execute(INSERT, id)
        throw new Error('no')
      }),
  ],
  'an interaction with inner ones': [
    'yes',
    (pool, id) =>
      pool.runInteraction(async () => {
        await pool.runInteraction((inner) => inner.execute(INSERT, id))
        await pool
          .runInteraction(async (inner) => {
            await inner.execute(INSERT, id + 0.5)
            throw new Error('undo')
          })
          .catch(() => undefined)
      }),
  ],
  'an interaction that waits for itself': [
    'no',
    (pool, id) => pool.runInteraction(() => pool.outside(() => pool.runOperation(INSERT, id))),
  ],
  'an aborted write': ['no', (pool, id) => pool.runOperation(INSERT, id, { signal: AbortSignal.abort() })],
  'a write that is aborted meanwhile': [
    'perhaps',
    async (pool, id) => {
      const controller = new AbortController()
      const call = pool.runOperation(INSERT, id, { signal: controller.signal })
      setImmediate(() => controller.abort())
      await call
    },
  ],
  'a death': ['no', (pool) => pool.runQuery('SELECT 1 /*before exit*/')],
  'a death of the writer': ['no', (pool, id) => pool.runOperation(`${INSERT} /*before exit*/`, id)],
}

class Command implements fc.AsyncCommand<Model, Real> {
  readonly #name: string
  readonly #awaited: boolean

  constructor(name: string, awaited: boolean) {
    this.#name = name
    this.#awaited = awaited
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { pool, running }: Real): Promise<void> {
    const [kept, act] = acts[this.#name] as readonly [Kept, Act]
    const id = model.next++
    const call = act(pool, id).then(
      () => void (kept === 'no' ? undefined : model.present.add(id)),
      (error: { kind?: unknown }) => {
        // The death of a thread takes with it what waited there; of a single write nobody knows then.
        if (error.kind === 'connectionLost' || error.kind === 'commitUnknown') model.unknown.add(id)
        else if (kept === 'yes') throw error
      },
    )
    running.push(call)
    if (this.#awaited) await call
  }

  toString(): string {
    return `${this.#name}${this.#awaited ? '' : ', not awaited'}`
  }
}

async function checkEnd(model: Model, { pool, running }: Real): Promise<void> {
  await Promise.all(running)
  await usable(pool)
  const there = new Set((await pool.runQuery<{ id: number }>('SELECT id FROM t')).map(({ id }) => id))
  for (const id of model.present) assert.ok(there.has(id), `${id} was acknowledged and is not there`)
  for (const id of there) assert.ok(model.present.has(id) || model.unknown.has(id), `${id} is there and was refused`)
  await pool.runOperation('DELETE FROM t')
}

const commands = fc.commands(
  Object.keys(acts).flatMap((name) => [fc.constant(new Command(name, false)), fc.constant(new Command(name, true))]),
  { maxCommands: 30 },
)

function poolOn(owner: Owner, driver: typeof nodeSqlite, max: number): ConnectionPool {
  const connect = { filename: `${folder(owner)}/test.db`, durability: 'crash' }
  return closedAtEnd(owner, new ConnectionPool(driver, connect, { max }))
}

for (const [name, driver] of Object.entries({ 'node-sqlite': nodeSqlite, 'better-sqlite3': betterSqlite3 })) {
  for (const max of [1, 3]) {
    test(`P3 P14 P22 ${name}, ${max} connections: the database holds what was acknowledged, nothing else, and nobody is left waiting`, async (t) => {
      const pool = poolOn(t, driver, max)
      await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
      const property = fc.asyncProperty(commands, async (list) => {
        const model: Model = { next: 1, present: new Set(), unknown: new Set() }
        const real: Real = { pool, running: [] }
        await fc.asyncModelRun(() => ({ model, real }), list)
        await checkEnd(model, real)
      })
      await fc.assert(property, { numRuns: 15, endOnFailure: true })
    })

    test(`P13 ${name}, ${max} connections: a close amid calls settles all of them, and keeps what was acknowledged`, async (t) => {
      const property = fc.asyncProperty(commands, async (list) => {
        const pool = poolOn(t, driver, max)
        await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
        const model: Model = { next: 1, present: new Set(), unknown: new Set() }
        const real: Real = { pool, running: [] }
        await fc.asyncModelRun(() => ({ model, real }), list)
        const settled = Promise.allSettled(real.running)
        await pool.close()
        for (const call of await settled) {
          if (call.status === 'rejected') assert.equal((call.reason as { kind?: unknown }).kind, 'closed')
        }
        assert.deepEqual([pool.stats().waiting, pool.stats().lanes], [0, []])
      })
      await fc.assert(property, { numRuns: 5, endOnFailure: true })
    })
  }
}
