import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closedLoop, inOrder, timed, warmUp } from '../../bench/harness/closed-loop.ts'
import { measure } from '../../bench/harness/figures.ts'
import { latencyOf } from '../../bench/harness/latency.ts'
import { openLoop } from '../../bench/harness/open-loop.ts'
import { seededRandom } from '../../bench/harness/random.ts'
import { rotated, sameHash } from '../../bench/harness/runner.ts'
import type { Trial } from '../../bench/harness/scenario.ts'
import { ratios, spread, summarize } from '../../bench/harness/summary.ts'
import { table } from '../../bench/harness/table.ts'
import type { PeerName } from '../../bench/peers/index.ts'

const figures = {
  operationsPerSecond: 100,
  loopMicroseconds: 4,
  loopCpuMicroseconds: 3,
  loopDelayP50: 1,
  loopDelayP99: 2,
  loopDelayMax: 3,
  cpuSecondsPerMillion: 5,
}

function trialWith(hash: string): Trial {
  return { hash, figures }
}

test('a spread is the median between the ends, for odd and even counts', () => {
  assert.deepEqual(spread([10, 9, 100]), { median: 10, min: 9, max: 100 })
  assert.deepEqual(spread([4, 1, 2, 100]), { median: 3, min: 1, max: 100 })
  assert.throws(() => spread([]), RangeError)
})

test('ratios are taken block by block', () => {
  const ours = [200, 30, 600].map((operationsPerSecond) => ({ ...figures, operationsPerSecond }))
  const theirs = [100, 10, 200].map((operationsPerSecond) => ({ ...figures, operationsPerSecond }))
  assert.deepEqual(ratios(ours, theirs).operationsPerSecond, { median: 3, min: 2, max: 3 })
  assert.deepEqual(ratios(ours, theirs).loopMicroseconds, { median: 1, min: 1, max: 1 })
  assert.deepEqual(ratios(ours, theirs.slice(0, 2)).operationsPerSecond, { median: 2.5, min: 2, max: 3 })
  assert.deepEqual(ratios(ours, [{ busy: 1 }]), {})
  assert.deepEqual(summarize(ours).operationsPerSecond, { median: 200, min: 30, max: 600 })
})

test('rotation moves everybody through every place', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((by) => rotated(['a', 'b', 'c'], by).join('')),
    ['abc', 'bca', 'cab', 'abc'],
  )
  assert.deepEqual(rotated([], 5), [])
})

test('trials that read other rows are refused with the names of both sides', () => {
  const trials = (first: string, second: string, other: string) =>
    new Map<PeerName, Trial[]>([
      ['node-sqlite', [trialWith(first), trialWith(second)]],
      ['docs-worker', [trialWith(other)]],
    ])
  assert.equal(sameHash(trials('1', '1', '1')), '1')
  assert.throws(() => sameHash(trials('1', '2', '1')), /node-sqlite, docs-worker gave 1; node-sqlite gave 2/)
  assert.equal(sameHash(new Map<PeerName, Trial[]>([['bare-thread', [{ hash: null, figures }]]])), null)
})

test('a closed loop keeps so many operations under way and checks each', async () => {
  let underWay = 0
  let most = 0
  let checked = 0
  const random = seededRandom(1)
  const operation = async (input: number) => {
    most = Math.max(most, ++underWay)
    await new Promise(setImmediate)
    underWay--
    return input
  }
  const check = (input: number, output: number) => {
    assert.equal(output, input)
    checked++
  }
  const done = await closedLoop(5, 1, { next: () => random(100), operation, check })
  assert.equal(most, 5)
  assert.equal(underWay, 0)
  assert.equal(checked, done)
})

test('a closed loop fails with what a check throws', async () => {
  const check = () => assert.fail('wrong row')
  await assert.rejects(closedLoop(3, 1, { next: () => 1, operation: async () => 1, check }), /wrong row/)
})

test('the work of a closed loop can be timed one by one', async () => {
  const latencies: number[] = []
  const work = { next: () => 1, operation: async (input: number) => input, check: () => {} }
  const done = await closedLoop(2, 1, timed(work, latencies))
  assert.equal(latencies.length, done)
  assert.ok(latencies.every((milliseconds) => milliseconds >= 0))
  assert.ok((await warmUp(1, 2, work)) > 0)
})

test('an open loop starts what is due whether or not it is answered, and counts a stall for all of it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let started = 0
  const latencies = await openLoop(1000, 20, async (index) => {
    assert.equal(index, started++)
    if (started === 20) resolve()
    await promise
  })
  assert.equal(latencies.length, 20)
  assert.ok(Math.max(...latencies) >= 18, `the first was due 19 ms before the last: ${Math.max(...latencies)}`)
})

test('percentiles of latencies', () => {
  const milliseconds = Array.from({ length: 1000 }, (_, index) => 1000 - index)
  assert.deepEqual(latencyOf(milliseconds), { latencyP50: 501, latencyP99: 991, latencyP999: 1000, latencyMax: 1000 })
  assert.deepEqual(latencyOf([7]), { latencyP50: 7, latencyP99: 7, latencyP999: 7, latencyMax: 7 })
  assert.throws(() => latencyOf([]), RangeError)
})

test('outputs come in the order of the inputs, however long each takes', async () => {
  const turns = [5, 1, 3, 2, 4, 0]
  const operation = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
    return count * 10
  }
  assert.deepEqual(await inOrder(3, turns, operation), [50, 10, 30, 20, 40, 0])
})

test('a loop that was blocked all the time is measured as blocked', async () => {
  const milliseconds = 20
  const { loopDelayP50, loopDelayMax, loopMicroseconds, operationsPerSecond } = await measure(async () => {
    const end = performance.now() + milliseconds
    while (performance.now() < end);
    return 10
  })
  assert.ok(loopDelayP50 >= milliseconds - 2, `p50 ${loopDelayP50}`)
  assert.ok(loopDelayMax >= loopDelayP50)
  assert.ok(loopMicroseconds >= (milliseconds * 1000) / 10 - 100, `loop ${loopMicroseconds}`)
  assert.ok(operationsPerSecond <= 500)
})

test('seeded random numbers are the same again, in range, and differ by seed', () => {
  const draw = (seed: number) => Array.from({ length: 1000 }, seededRandom(seed).bind(null, 10))
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.deepEqual([...new Set(draw(7))].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a table lines up its columns', () => {
  assert.equal(
    table(
      ['peer', 'n'],
      [
        ['a', '1'],
        ['bcdef', '10'],
      ],
    ),
    'peer    n\n-----  --\na       1\nbcdef  10',
  )
})
