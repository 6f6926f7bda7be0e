import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bounds, type LoopDelay, measure, sizes } from '../../scripts/promises.ts'

/** Whatever else the machine does can only add to a delay, so of some measurements the least is nearest to the truth. */
const ATTEMPTS = 3

/** Measures until the bounds are kept; gives the last figures. */
async function keptWithin(
  t: TestContext,
  name: 'longQuery' | 'largeResult' | 'bulkInsert',
  size: number,
  worst: (delay: LoopDelay) => { p99: number; max: number },
): Promise<void> {
  let last = { p99: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const delay = await measure(name, size)
    t.diagnostic(JSON.stringify(delay))
    last = worst(delay)
    if (last.p99 < bounds.p99 && last.max < bounds.max) return
  }
  assert.fail(`p99 is ${last.p99} ms and the longest delay ${last.max} ms`)
}

test('NOD-001 P10 the event loop goes on while one query runs for seconds', async (t) => {
  await keptWithin(t, 'longQuery', sizes.short.longQuery, ({ p99, max, seconds }) => {
    assert.ok(seconds > sizes.short.longQuery / 4, `the query took ${seconds} s`)
    return { p99, max }
  })
})

// A process that keeps a million rows pays for that in pauses of the collector, whoever made the rows: on a machine
// that is busy with other tests these are what they are. The delays that are left are those that offloop can cause.
test('NOD-001 P10 the event loop goes on while a million rows come in', async (t) => {
  const { largeResult } = sizes.short
  await keptWithin(t, 'largeResult', largeResult, ({ ownP99, ownMax }) => ({ p99: ownP99, max: ownMax }))
})

test('NOD-001 P10 the event loop goes on while an array of many rows is inserted', async (t) => {
  const { bulkInsert } = sizes.short
  await keptWithin(t, 'bulkInsert', bulkInsert, ({ ownP99, ownMax }) => ({ p99: ownP99, max: ownMax }))
})

test('the measure sees a loop that is blocked', async (t) => {
  const delay = await measure('blockedLoop', 0.5)
  t.diagnostic(JSON.stringify(delay))
  assert.ok(delay.max > 450 && delay.ownMax > 450, `it was blocked for 0.5 s, and the longest delay is ${delay.max} ms`)
})
