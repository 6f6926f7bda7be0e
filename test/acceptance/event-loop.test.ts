import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bounds, type LoopDelay, measure, sizes } from '../../scripts/promises.ts'

/** Whatever else the machine does can only add to a delay, so of some measurements the least is nearest to the truth. */
const ATTEMPTS = 3

type Worst = Pick<LoopDelay, 'p99' | 'max'>

/**
 * Measures until the bounds are kept, or kept but for what this machine does to any loop at that moment: what a loop
 * that makes rows in plain JavaScript, a millisecond at a time, sees right afterwards.
 */
async function keptWithin(
  t: TestContext,
  name: 'longQuery' | 'largeResult' | 'bulkInsert',
  size: number,
  worst: (delay: LoopDelay) => Worst,
): Promise<void> {
  const seen: { delay: Worst; anyway: Worst }[] = []
  while (seen.length < ATTEMPTS) {
    const figures = await measure(name, size)
    t.diagnostic(JSON.stringify(figures))
    const delay = worst(figures)
    if (isWithin(delay, { p99: 0, max: 0 })) return
    const { ownP99, ownMax } = await measure('plainRows', sizes.short.largeResult)
    const anyway = { p99: ownP99, max: ownMax }
    t.diagnostic(`without offloop ${JSON.stringify(anyway)}`)
    if (isWithin(delay, anyway)) return
    seen.push({ delay, anyway })
  }
  assert.fail(`delays in milliseconds, and those without offloop: ${JSON.stringify(seen)}`)
}

function isWithin(delay: Worst, anyway: Worst): boolean {
  return delay.p99 < bounds.p99 + anyway.p99 && delay.max < bounds.max + anyway.max
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
