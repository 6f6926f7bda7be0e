import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type Ask, isCancellable } from '../../src/thread/ask.ts'
import { cancelRecord, cancelRecords } from '../../src/thread/cancel-records.ts'
import { CALL_SLOTS, callState, cell, createMemory } from '../../src/thread/memory.ts'
import type { Verdict } from '../../src/thread/port.ts'
import { LAST_SERIAL, ProcessDecisions, serialAfter, Watch } from '../../src/thread/process-decisions.ts'
import { askFlag } from '../../src/thread/protocol.ts'

function sides() {
  const control = new Int32Array(createMemory().control)
  return { control, main: new ProcessDecisions(control), watch: new Watch(control) }
}

function call(slot: number, cancellable = true): Ask {
  return { slot, flags: cancellable ? askFlag.cancellable : 0 }
}

test('a call that waits is given up, and then is neither begun nor decided', () => {
  const { main, watch } = sides()
  main.arrived(call(3))
  assert.equal(watch.cancel(3, 1), 'waiting')
  assert.equal(main.isCancelled(call(3)), true)
  assert.equal(main.decide(call(3)), false)
})

test('what is asked may come before the call that it means', () => {
  const { main, watch } = sides()
  assert.equal(watch.cancel(3, 1), 'waiting')
  main.arrived(call(3))
  assert.equal(main.isCancelled(call(3)), true)
  // The next one in the slot is another.
  main.arrived(call(3))
  assert.equal(main.isCancelled(call(3)), false)
  assert.equal(main.decide(call(3)), true)
})

test('a call that was given up before it was sent comes as such, and so does not need to be overtaken', () => {
  const { main } = sides()
  const ask = { slot: 3, flags: askFlag.cancellable | askFlag.givenUp }
  main.arrived(ask)
  assert.equal(main.isCancelled(ask), true)
  assert.equal(main.decide(ask), false)
})

test('a call that runs is told as such, and only the first of the two decides', () => {
  const { main, watch } = sides()
  main.arrived(call(3))
  assert.equal(main.isCancelled(call(3)), false)
  assert.equal(watch.cancel(3, 1), 'running')
  assert.equal(main.decide(call(3)), false)
  main.arrived(call(4))
  assert.equal(main.isCancelled(call(4)), false)
  assert.equal(main.decide(call(4)), true)
  assert.equal(watch.cancel(4, 1), 'late')
  assert.equal(main.decide(call(4)), true)
})

test('what is asked of an earlier call of the slot does nothing to a later one', () => {
  const { main, watch } = sides()
  main.arrived(call(3))
  main.isCancelled(call(3))
  main.arrived(call(3))
  assert.equal(watch.cancel(3, 1), 'late')
  assert.equal(main.isCancelled(call(3)), false)
  assert.equal(watch.end(3, 1), 'waiting')
  assert.equal(watch.cancel(3, 2), 'running')
  main.begins()
  assert.equal(watch.end(3, 2), 'waiting')
})

test('a process is ended over the call that it is at, and over no other', () => {
  const { control, main, watch } = sides()
  main.arrived(call(3))
  main.isCancelled(call(7, false))
  assert.equal(watch.cancel(3, 1), 'waiting')
  assert.equal(watch.end(3, 1), 'waiting')
  assert.equal(Atomics.load(control, cell.halted), 0)
  main.isCancelled(call(3))
  assert.equal(watch.end(3, 1), 'ended')
  assert.equal(Atomics.load(control, cell.halted), 1)
})

test('serials go round without a gap', () => {
  let serial = 0
  const seen = new Set<number>()
  for (let i = 0; i < 5; i++) {
    serial = serialAfter(serial)
    seen.add(serial)
  }
  assert.deepEqual([...seen], [1, 2, 3, 4, 5])
  assert.equal(serialAfter(LAST_SERIAL - 1), LAST_SERIAL)
  assert.equal(serialAfter(LAST_SERIAL), 1)
})

test('P14 in whatever order both sides go, a call is decided once', () => {
  const steps = fc.array(fc.constantFrom('arrive', 'cancel', 'begin', 'decide', 'answer'), { maxLength: 40 })
  fc.assert(
    fc.property(steps, (orders) => {
      const { control, main, watch } = sides()
      const ask = call(5)
      let serial = 1
      let stage: 'away' | 'there' | 'begun' | 'decided' = 'away'
      const verdicts: Verdict[] = []
      const stopped = () => verdicts.some((verdict) => verdict === 'waiting' || verdict === 'running')
      for (const order of orders) {
        if (order === 'arrive' && stage === 'away') {
          main.arrived(ask)
          stage = 'there'
        } else if (order === 'cancel') verdicts.push(watch.cancel(5, serial))
        else if (order === 'begin' && stage === 'there') {
          assert.equal(main.isCancelled(ask), stopped())
          stage = 'begun'
        } else if (order === 'decide' && stage === 'begun') {
          assert.equal(main.decide(ask), !stopped(), 'both sides believe the same')
          assert.equal(watch.cancel(5, serial), stopped() ? 'running' : 'late')
          stage = 'decided'
        } else if (order === 'answer' && stage === 'decided') {
          serial = serialAfter(serial)
          stage = 'away'
          verdicts.length = 0
        }
      }
      assert.ok((Atomics.load(control, cell.callStates + 5) & 3) <= callState.decided)
      assert.ok(isCancellable(ask))
    }),
  )
})

test('questions and answers cross a stream that is cut anywhere', () => {
  const sent: [Verdict, number, number][] = [
    ['late', 0, 1],
    ['waiting', 1023, LAST_SERIAL],
    ['running', 3, 4],
    ['ended', 5, 6],
  ]
  const bytes = Buffer.concat(sent.map((record) => cancelRecord(...record)))
  for (let size = 1; size <= bytes.length; size++) {
    const got: unknown[] = []
    const read = cancelRecords<Verdict>((...record) => got.push(record))
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    assert.deepEqual(got, sent)
  }
})

test('calls are told apart in every slot and with every serial', () => {
  for (const slot of [0, CALL_SLOTS - 1]) {
    const { control, main, watch } = sides()
    for (const serial of [1, 2, 3]) {
      main.arrived(call(slot))
      main.isCancelled(call(slot))
      assert.equal(watch.cancel(slot, serial), 'running')
      assert.equal(watch.end(CALL_SLOTS - 1 - slot, serial), 'waiting')
      assert.ok(Atomics.load(control, cell.running) > 0)
    }
  }
})
