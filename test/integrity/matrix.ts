import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ConnectionPool, type SqlError } from 'offloop'
import { FakeClock } from 'offloop/testing'
import { closedAtEnd, folder, type Owner, unwatched } from '../databases.ts'
import { usable } from '../pool/expect.ts'
import type nodeSqlite from './fixtures/node-sqlite.ts'
import { type Operation, operations } from './operations.ts'
import { type End, type Stage, type State, states } from './states.ts'

function stageOn(driver: typeof nodeSqlite, owner: Owner): Stage {
  const filename = `${folder(owner)}/test.db`
  const clock = new FakeClock()
  const open = (connect: object) =>
    closedAtEnd(owner, new ConnectionPool(driver, connect, { ...unwatched, max: 2, clock }))
  const connect = { filename, busyTimeout: 1 }
  const pool = open(connect)
  const fresh = () => new ConnectionPool(driver, connect, { ...unwatched, max: 2, clock })
  return { pool, clock, other: open(connect), readOnly: open({ ...connect, readOnly: true }), fresh }
}

/** How a call ended. */
async function ended(call: () => Promise<unknown>): Promise<{ readonly error: unknown } | null> {
  try {
    await call()
    return null
  } catch (error) {
    return { error }
  }
}

function assertEnd(actual: { readonly error: unknown } | null, expected: End): void {
  if (expected === 'done') assert.deepEqual(actual, null)
  else {
    assert.ok(actual, 'it was to fail and did not')
    const { error } = actual as { error: SqlError }
    assert.equal(error.kind, expected.kind, String(error.stack))
    if (expected.kind !== 'rolledBack') assert.ok(error instanceof expected.error, String(error.stack))
  }
}

/** Nothing is half done, and what was answered is true. */
async function assertLedger({ pool }: Stage, expected: End, entries: number): Promise<void> {
  const [ledger] = await pool.runQuery<{ total: number; n: number }>(
    'SELECT coalesce(sum(cents), 0) AS total, count(*) AS n FROM ledger',
  )
  assert.equal(ledger?.total, 0, 'half of it was kept')
  if (expected === 'done') assert.equal(ledger.n, entries)
  else if (expected.kept !== 'unknown') assert.equal(ledger.n, 0)
  else assert.ok(ledger.n === 0 || ledger.n === entries)
}

async function check(stage: Stage, state: State, operation: Operation): Promise<void> {
  const { pool, other, readOnly, clock } = stage
  const expected = state.end(operation)
  assertEnd(await ended(() => state.run(stage, operation)), expected)
  // A connection that died before it was of any use is not opened again at once.
  await clock.advance(1000)
  await assertLedger(stage, expected, operation.entries)
  for (const each of [pool, other]) await usable(each)
  assert.equal(readOnly.stats().waiting, 0)
  // Nor does the housekeeper look again once it has seen that nothing is to be done.
  await clock.advance(10_000)
  assert.equal(clock.timers, 0)
  await pool.runOperation('DELETE FROM ledger')
}

/** Tests every operation in every state; the two drivers have a file each, so that they can be tested side by side. */
export function matrix(name: string, driver: typeof nodeSqlite): void {
  describe(`D8 D15 P3 ${name}`, () => {
    const stage = stageOn(driver, { after: (work) => after(work) })
    before(() => stage.pool.runOperation('CREATE TABLE ledger (id INTEGER PRIMARY KEY, cents INTEGER, pad BLOB)'))
    for (const [situation, state] of Object.entries(states)) {
      for (const [title, operation] of Object.entries(operations)) {
        if (state.meets && !state.meets(operation)) continue
        test(`${title}: ${situation}`, () => check(stage, state, operation))
      }
    }
  })
}
