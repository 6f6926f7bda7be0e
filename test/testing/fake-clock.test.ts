import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, TimeoutError } from 'offloop'
import { FakeClock } from 'offloop/testing'

test('time passes only when it is told to', async () => {
  const clock = new FakeClock(1000)
  assert.equal(clock.now(), 1000)
  await clock.advance(0)
  assert.equal(clock.now(), 1000)
  await clock.advance(250.5)
  assert.equal(clock.now(), 1250.5)
})

test('timers fire in the order of their times, each at its own, equal ones as they were set', async () => {
  const clock = new FakeClock()
  const fired: [string, number][] = []
  const set = (name: string, milliseconds: number) =>
    clock.setTimer(() => fired.push([name, clock.now()]), milliseconds)
  set('late', 30)
  set('first of two', 20)
  set('second of two', 20)
  set('early', 10)
  set('too late', 31)
  await clock.advance(30)
  assert.deepEqual(fired, [
    ['early', 10],
    ['first of two', 20],
    ['second of two', 20],
    ['late', 30],
  ])
  assert.equal(clock.timers, 1)
  await clock.advance(1)
  assert.deepEqual(fired.at(-1), ['too late', 31])
  assert.equal(clock.timers, 0)
})

test('a timer fires once, not before its time, and not when it was cleared', async () => {
  const clock = new FakeClock()
  let fired = 0
  const cleared = clock.setTimer(() => assert.fail('it was cleared'), 10)
  clock.setTimer(() => fired++, 10)
  await clock.advance(9)
  assert.equal(fired, 0)
  clock.clearTimer(cleared)
  clock.clearTimer(cleared)
  clock.clearTimer('unknown')
  await clock.advance(1)
  await clock.advance(100)
  assert.equal(fired, 1)
})

test('what a timer causes, however many promises later, can set timers that fire in the same advance', async () => {
  const clock = new FakeClock()
  const times: number[] = []
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => clock.setTimer(resolve, milliseconds))
  const worker = (async () => {
    for (let i = 0; i < 5; i++) {
      await sleep(10)
      for (let hop = 0; hop < 50; hop++) await null
      times.push(clock.now())
    }
  })()
  await clock.advance(100)
  assert.deepEqual(times, [10, 20, 30, 40, 50])
  assert.equal(clock.now(), 100)
  await worker
})

test('a timer can clear another that is due at the same time', async () => {
  const clock = new FakeClock()
  const second: { timer?: unknown } = {}
  clock.setTimer(() => clock.clearTimer(second.timer), 5)
  second.timer = clock.setTimer(() => assert.fail('it was cleared'), 5)
  await clock.advance(5)
  assert.equal(clock.timers, 0)
})

test('what a callback throws comes out of advance, and time goes on from there', async () => {
  const clock = new FakeClock()
  const mistake = new Error('mine')
  let fired = false
  clock.setTimer(() => {
    throw mistake
  }, 10)
  clock.setTimer(() => {
    fired = true
  }, 20)
  await assert.rejects(clock.advance(50), (error) => error === mistake)
  assert.equal(clock.now(), 10)
  await clock.advance(10)
  assert.equal(fired, true)
})

test('times that make no sense are refused', async () => {
  const clock = new FakeClock()
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(clock.advance(wrong), RangeError)
    assert.throws(() => clock.setTimer(() => {}, wrong), RangeError)
  }
  assert.throws(() => new FakeClock(Number.NaN), RangeError)
})

const unlimited = {
  leakWarning: Number.POSITIVE_INFINITY,
  acquireTimeout: Number.POSITIVE_INFINITY,
  interactionTimeout: Number.POSITIVE_INFINITY,
}

test('a pool measures its deadlines with it', async () => {
  const clock = new FakeClock()
  await using pool = new ConnectionPool('sqlite::memory:', { ...unlimited, clock })
  await pool.start()
  const { promise: end, resolve } = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const holding = pool.runInteraction(() => {
    begun.resolve()
    return end
  })
  // Its BEGIN has a deadline too.
  await begun.promise
  const waiting = pool.runQuery('SELECT 1', [], { timeout: 3_600_000 })
  await Promise.all([assert.rejects(waiting, TimeoutError), clock.advance(3_600_000)])
  resolve()
  await holding
  assert.deepEqual(await pool.runQuery('SELECT 1 AS one', [], { timeout: 1 }), [{ one: 1 }])
  await clock.advance(1000)
  assert.equal(clock.timers, 0)
})
