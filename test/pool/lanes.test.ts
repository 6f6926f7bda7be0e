import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DEPTH } from '../../src/pool/lane.ts'
import { type Caller, LaneCallers, statement } from './fixtures/lane-callers.ts'

const fast = statement('fast')
const slow = statement('slow')
const long = statement('long')

const laneIds = (callers: readonly Caller[]) => callers.map(({ lane }) => lane?.id ?? null)
const laneStates = (callers: readonly Caller[]) => callers.map(({ lane }) => lane?.state)
const readers = (count: number) => LaneCallers.open('writer-readers', count + 1)

describe('fast reads', () => {
  test('share one lane, and only when it is full use the next', async () => {
    const all = await readers(2)
    const calls = all.readMany(DEPTH + 1, fast)
    assert.equal(new Set(laneIds(calls.slice(0, DEPTH))).size, 1)
    assert.notEqual(calls[DEPTH]?.lane, null)
    assert.notEqual(calls[DEPTH]?.lane, calls[0]?.lane)
  })

  test('have a lane kept for them, however many slow ones run and wait', async () => {
    const all = await readers(3)
    const slows = all.readMany(10, slow)
    await all.settle()
    assert.equal(slows.filter(({ lane }) => lane).length, 2)
    assert.deepEqual(all.lanes.waiting, { fast: 0, slow: 8, writer: 0 })
    for (const caller of all.readMany(DEPTH, fast)) assert.ok(caller.lane)
  })

  test('go before slow ones that could not be placed', async () => {
    const all = await readers(2)
    all.read(slow)
    const blocked = all.read(slow)
    const quick = all.read(fast)
    await all.settle()
    assert.equal(blocked.lane, null)
    assert.ok(quick.lane)
  })

  test('are not sent behind a call that gives no answer while another lane has room', async () => {
    const all = await readers(2)
    const stuck = all.read(fast)
    all.clock.advance(6)
    const [first, second] = all.readMany(2, fast)
    assert.notEqual(first?.lane, stuck.lane)
    assert.ok(first?.lane)
    assert.equal(second?.lane, first.lane)
    stuck.done()
    assert.equal(all.read(fast).lane?.id, 2)
  })

  test('wait for the next answer when no lane gives one', async () => {
    const all = await readers(1)
    const [stuck] = all.readMany(5, fast)
    all.clock.advance(6)
    const late = all.readMany(20, fast)
    assert.deepEqual(all.lanes.waiting, { fast: 20, slow: 0, writer: 0 })
    stuck?.done()
    await all.settle()
    for (const caller of late) assert.ok(caller.lane)
  })

  test('of many in flight the time is looked at for every eighth: no more are sent behind a stuck one', async () => {
    const all = await readers(2)
    all.readMany(50, fast)
    all.clock.advance(6)
    const late = all.readMany(100, fast)
    assert.ok(late.filter(({ lane }) => lane?.id === 2).length < 8)
  })

  test('stay on a lane that goes on answering', async () => {
    const all = await readers(2)
    const calls = all.readMany(100, fast)
    for (const caller of calls) {
      all.clock.advance(0.5)
      caller.done()
      assert.equal(all.read(fast).lane?.id, 2)
    }
  })
})

describe('slow reads', () => {
  test('have a lane alone', async () => {
    const all = await readers(1)
    const first = all.read(slow)
    const others = [all.read(fast), all.read(slow), all.read('whole')]
    await all.settle()
    assert.deepEqual(laneIds(others), [null, null, null])
    assert.equal(first.lane?.state, 'slow')
  })

  test('are not starved: the first that waits has a lane drained for it', async () => {
    const all = await readers(2)
    const running = all.readMany(DEPTH + 5, fast)
    const waiting = all.read(slow)
    await all.settle()
    assert.equal(waiting.lane, null)
    const reserved = all.lanes.lanes.find((lane) => lane.reserved)
    for (const caller of all.readMany(50, fast)) assert.notEqual(caller.lane, reserved)
    for (const caller of running) if (caller.lane === reserved) caller.done()
    await all.settle()
    assert.equal(waiting.lane, reserved)
    assert.equal(reserved?.reserved, false)
  })

  test('wait for a statement on trial rather than take the last lane that is clear', async () => {
    const all = await readers(2)
    const trial = all.read(statement('unknown'))
    const waiting = all.read(slow)
    await all.settle()
    assert.equal(waiting.lane, null)
    assert.ok(trial.lane?.reserved)
    assert.ok(all.read(fast).lane)
    trial.done(10)
    await all.settle()
    assert.deepEqual(laneStates([waiting]), ['slow'])
  })

  test('keep nobody from a lane any more once they have given up', async () => {
    const all = await readers(1)
    all.read(fast)
    const waiting = all.read(slow)
    const behind = all.read(fast)
    await all.settle()
    assert.equal(behind.lane, null)
    waiting.leave()
    await all.settle()
    assert.ok(waiting.left)
    assert.ok(behind.lane)
    assert.ok(all.read(fast).lane)
  })

  test('are served in the order in which they came, with fast ones, where there is one reader', async () => {
    const all = await readers(1)
    const first = all.read(slow)
    const needs = [fast, slow, fast, fast, 'whole', fast, slow] as const
    const waiting = needs.map((need) => all.read(need))
    first.done()
    for (let i = 0; i < 20; i++) {
      await all.settle()
      for (const caller of waiting) if (caller.lane) caller.done()
    }
    assert.deepEqual(all.granted.slice(1), waiting)
  })

  test('those who need a connection whole count as slow', async () => {
    const all = await readers(3)
    const calls = [all.read(slow), all.read('whole'), all.read('whole')]
    await all.settle()
    assert.equal(calls[2]?.lane, null)
    assert.ok(all.read(fast).lane)
  })

  test('get the last lane too when all others are leased, since their callers may wait for this one', async () => {
    const all = await readers(2)
    const outer = all.read('whole')
    const inner = all.read(slow)
    await all.settle()
    assert.ok(outer.lane && inner.lane)
  })

  test('what was given up while alone on its lane is taken for slow', async () => {
    const all = await readers(2)
    const endless = statement('unknown')
    const caller = all.read(endless)
    void all.lanes.recovery.recover(caller.lane as NonNullable<Caller['lane']>)
    caller.done()
    assert.ok(endless.isSlow)
  })
})

describe('reads of which nothing is known', () => {
  test('use a free lane beside a slow one', async () => {
    const all = await readers(2)
    all.read(slow)
    assert.ok(all.read(statement('unknown')).lane)
  })

  test('are tried one at a time on a lane, and fast ones use another', async () => {
    const all = await readers(2)
    const unknown = statement('unknown')
    const first = all.read(unknown)
    assert.notEqual(all.read(fast).lane, first.lane)
    const [second, third] = [all.read(unknown), all.read(unknown)]
    await all.settle()
    assert.notEqual(second.lane, first.lane)
    assert.deepEqual([second.lane?.trials, third.lane], [1, null])
  })

  test('have no fast ones sent behind them as long as another lane can be opened', async () => {
    const all = await LaneCallers.open('writer-readers', 2)
    const two = new LaneCallers('writer-readers', 3)
    await two.lanes.openUpTo(2)
    for (const callers of [all, two]) callers.read(statement('unknown'))
    assert.ok(all.read(fast).lane)
    const beside = two.read(fast)
    assert.deepEqual(laneIds([beside]), [null])
    await two.settle()
    assert.deepEqual(laneIds([beside]), [3])
  })

  test('are tried together once others have proved fast, and one by one again after a slow one', async () => {
    const all = await readers(1)
    for (let i = 0; i < 4; i++) all.read(statement('unknown')).done(0.1)
    const calls = Array.from({ length: 20 }, () => all.read(statement('unknown')))
    await all.settle()
    assert.equal(calls.filter(({ lane }) => lane).length, 16)
    for (let round = 0; round < 2; round++) {
      for (const caller of calls) if (caller.lane) caller.done(0.1)
      await all.settle()
    }
    all.read(statement('unknown')).done(30)
    const [one, two] = [all.read(statement('unknown')), all.read(statement('unknown'))]
    await all.settle()
    assert.ok(one.lane)
    assert.equal(two.lane, null)
  })

  test('are taken for slow after three that were, until one is fast', async () => {
    const all = await readers(2)
    for (let i = 0; i < 3; i++) all.read(statement('unknown')).done(30)
    const first = all.read(statement('unknown'))
    const second = all.read(statement('unknown'))
    await all.settle()
    assert.equal(first.lane?.state, 'slow')
    assert.equal(second.lane, null)
    assert.ok(all.read(fast).lane)
    first.done(0.1)
    await all.settle()
    assert.deepEqual(laneStates([second]), ['busy'])
  })
})

describe('writes', () => {
  test('are sent together, fast or slow, as many as a lane holds', async () => {
    const all = await readers(1)
    for (const n of Array(DEPTH).keys()) assert.ok(all.write(n % 2 ? fast : slow).lane)
    const beyond = all.write(fast)
    await all.settle()
    assert.equal(beyond.lane, null)
    assert.deepEqual(all.lanes.waiting, { fast: 0, slow: 0, writer: 1 })
  })

  test('that are known to be long are alone', async () => {
    const all = await readers(1)
    const first = all.write(long)
    const second = all.write(slow)
    const third = all.write(long)
    await all.settle()
    assert.deepEqual([second.lane, third.lane], [null, null])
    first.done()
    await all.settle()
    assert.ok(second.lane)
    assert.equal(third.lane, null)
  })

  test('are served strictly in their order, whatever their kind', async () => {
    const all = await readers(1)
    const first = all.write('whole')
    const needs = [fast, 'whole', slow, long, fast, statement('unknown'), 'whole', fast] as const
    const waiting = needs.map((need) => all.write(need))
    first.done()
    for (let i = 0; i < 20; i++) {
      await all.settle()
      for (const caller of waiting) if (caller.lane) caller.done()
    }
    assert.deepEqual(all.granted.slice(1), waiting)
  })

  test('never hold up reads, nor reads them', async () => {
    const all = await readers(1)
    all.write('whole')
    all.write(fast)
    assert.ok(all.read(slow).lane)
    all.read(fast)
    await all.settle()
    assert.deepEqual(all.lanes.waiting, { fast: 1, slow: 0, writer: 1 })
  })
})

describe('where all lanes are alike', () => {
  test('anybody may use all of them', async () => {
    const all = await LaneCallers.open('equal', 3)
    const calls = [all.write('whole'), all.read(slow), all.write('whole')]
    for (const caller of calls) assert.ok(caller.lane)
  })
})
