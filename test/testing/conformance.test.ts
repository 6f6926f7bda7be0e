import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type ConformanceSetting, driverConformance, type Feature } from 'offloop/testing'
import { folder } from '../databases.ts'
import { SameThread, sameThreadDriver } from './same-thread.ts'
import * as wrong from './wrong-drivers.ts'

const files = folder({ after: (work) => after(work) })
let count = 0

/** Runs the suite on a driver whose connections are of this class; gives the message of each case that failed. */
async function faultsOf(Connection: wrong.Wrong, more: Partial<ConformanceSetting> = {}): Promise<Map<string, string>> {
  const faults = new Map<string, string>()
  for (const [name, run] of casesOf(Connection, more)) {
    await run().catch((error: Error) => faults.set(name.replace('wrong: ', ''), error.message))
  }
  return faults
}

function casesOf(Connection: wrong.Wrong, more: Partial<ConformanceSetting> = {}): [string, () => Promise<void>][] {
  const cases: [string, () => Promise<void>][] = []
  driverConformance({
    driver: sameThreadDriver('wrong', Connection),
    test: (name, run) => cases.push([name, run]),
    source: () => ({ filename: join(files, `${count++}.db`), durability: 'crash', busyTimeout: 0 }),
    unreachable: () => ({ filename: join(files, 'no such folder', 'file.db') }),
    ...more,
  })
  return cases
}

test('a right driver has no fault', async () => {
  assert.deepEqual(await faultsOf(SameThread), new Map())
})

/** Each wrong driver, and a piece of the name of every case that must find it out. No other may fail. */
const found: [name: string, Connection: wrong.Wrong, cases: RegExp[]][] = [
  ['loses what follows U+0000', wrong.LosesNul, [/^NOD-004 NOD-018 text/]],
  ['rounds large integers', wrong.RoundsBigints, [/^NOD-005 integers/, /^values of all kinds/]],
  [
    'runs statements of a transaction without one',
    wrong.IgnoresInTransaction,
    [/is refused when there is none/, /^calls of every kind/],
  ],
  [
    'runs statements out of order',
    wrong.RunsOutOfOrder,
    [/^DBA-050/, /^calls of every kind/, /^close answers what was asked/],
  ],
  [
    'commits on rollback',
    wrong.CommitsOnRollback,
    [
      /^DBA-042/,
      /^DBA-023 rollback undoes/,
      /cannot be begun inside/,
      /^a savepoint is undone/,
      /^calls of every kind/,
    ],
  ],
  ['confirms a commit of nothing', wrong.ConfirmsAnyCommit, [/^a commit is only confirmed/]],
  ['forgets the later pages of a result', wrong.ForgetsLaterPages, [/^DBA-046/]],
  ['describes a result only when it has rows', wrong.DescribesOnlyRows, [/^DBA-029/]],
  ['lets a reader write', wrong.WritesAsReader, [/^a reader reads/]],
  ['does not roll back to savepoints', wrong.ForgetsSavepoints, [/^a savepoint is undone/]],
]

for (const [name, Connection, cases] of found) {
  test(`a driver that ${name} is found out`, async () => {
    const faults = [...(await faultsOf(Connection)).keys()]
    const missed = cases.filter((pattern) => !faults.some((fault) => pattern.test(fault)))
    const others = faults.filter((fault) => !cases.some((pattern) => pattern.test(fault)))
    assert.deepEqual({ missed, others }, { missed: [], others: [] })
  })
}

test('a driver that ignores signals is found out', async () => {
  const faults = await faultsOf(wrong.IgnoresSignals, { features: { stopping: false } })
  assert.deepEqual([...faults.keys()], ['NOD-007 a call whose signal was aborted before is not run'])
})

test('a driver that never closes is found out, and hangs nobody', async () => {
  const faults = await faultsOf(wrong.NeverCloses, { patience: 20 })
  const closing = faults.get('DBA-020 DBA-022 every call after close is a Failure') ?? ''
  assert.match(closing, /not over after 20 ms; these calls never settled: close\(\)/)
  assert.ok(faults.has('DBA-020 close closes, and asked again it gives the same promise'))
  assert.ok(!faults.has('DBA-010 NULL is null both ways, in every column'))
})

test('a driver that rejects instead of answering with a Failure is told so', async () => {
  const faults = await faultsOf(wrong.Rejects)
  for (const [name, message] of faults) assert.match(message, /rejected\. A call .* must resolve to a Failure/, name)
  assert.ok(faults.has('DBA-018 a syntax error is a Failure of the class ProgrammingError and the kind syntax'))
})

test('a driver that cannot tell errors apart is told which it mistook', async () => {
  const faults = await faultsOf(wrong.CannotTellErrors)
  const unique = 'DBA-016 a primary key that is taken is a Failure of the class IntegrityError and the kind unique'
  assert.match(faults.get(unique) ?? '', /must be of kind unique, not other: UNIQUE constraint failed/)
})

test('a fault is told as the broken promise, with what came instead', async () => {
  const faults = await faultsOf(wrong.RoundsBigints)
  const message = faults.get('NOD-005 integers come back exact: as numbers where those are exact, as bigints beyond')
  assert.match(message ?? '', /^bigints must come back exact.*\n.*9007199254740993n/s)
})

test('cases of features that are missing are not registered, and each has the name of the driver', () => {
  const all = casesOf(SameThread).map(([name]) => name)
  const features: Partial<Record<Feature, boolean>> = {
    sharedDatabase: false,
    readers: false,
    savepoints: false,
    lastRowId: false,
    stopping: false,
  }
  const fewer = new Set(casesOf(SameThread, { features }).map(([name]) => name))
  const left = all.filter((name) => !fewer.has(name))
  assert.equal(new Set(all).size, all.length)
  assert.ok(all.every((name) => name.startsWith('wrong: ')))
  assert.equal(left.length, 7)
  for (const word of [/savepoint/, /lastRowId/, /reader/, /DBA-026/, /for ever/]) {
    assert.equal(left.filter((name) => word.test(name)).length, 1, String(word))
  }
})
