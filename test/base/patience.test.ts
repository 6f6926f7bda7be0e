import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Patience } from '../../src/base/patience.ts'

const setting = { shortPause: 10, trialEvery: 4 }

/** A patience and the time by which it waits, gone through pause by pause. */
function patient() {
  let now = 0
  const patience = new Patience(setting, () => now)
  return {
    patience,
    /** Waits for news that come after so long; tells whether it looked for them. */
    pause(length: number): boolean {
      const looks = patience.start()
      now += length
      patience.end()
      return looks
    },
    pass(time: number) {
      now += time
    },
  }
}

test('who has not waited yet sleeps at once', () => {
  assert.equal(patient().pause(100), false)
})

test('it looks through one pause in so many, and if that was short, through the next ones too', () => {
  const { pause } = patient()
  assert.deepEqual(
    Array.from({ length: 6 }, () => pause(5)),
    [false, false, false, true, true, true],
  )
})

test('short pauses that were slept through are no reason to look: with no core to spare it would make them longer', () => {
  const { pause } = patient()
  const lengths = [1, 1, 1, 1000, 1, 1, 1, 1000, 1, 1, 1]
  const looked = lengths.map((length) => pause(length))
  assert.deepEqual(
    looked,
    lengths.map((length) => length === 1000),
  )
})

test('news of a pause that was never started teach nothing', () => {
  const { patience, pause, pass } = patient()
  for (let i = 0; i < 6; i++) pause(1)
  pass(1000)
  for (let i = 0; i < 10; i++) patience.end()
  assert.equal(pause(1), true)
})

test('looking is over after a short pause', () => {
  const { patience, pass } = patient()
  patience.start()
  assert.equal(patience.isOver, false)
  pass(10.5)
  assert.equal(patience.isOver, true)
})

test('long pauses end the looking within a few', () => {
  const { pause } = patient()
  for (let i = 0; i < 100; i++) pause(1)
  const looked = Array.from({ length: 6 }, () => pause(1000))
  assert.deepEqual(looked, [true, true, true, true, false, false])
})

test('one long pause among short ones changes nothing', () => {
  const { pause } = patient()
  for (let i = 0; i < 10; i++) pause(1)
  pause(1000)
  assert.equal(pause(1), true)
})

test('while pauses are long, one in so many is looked through', () => {
  const { pause } = patient()
  const looked = Array.from({ length: 12 }, () => pause(1000))
  assert.equal(looked.filter(Boolean).length, 3)
})

test('whatever the pauses are, the time spent looking in vain is bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 11, max: 10_000 }), { minLength: 50, maxLength: 200 }), (pauses) => {
      const { pause } = patient()
      const inVain = pauses.filter((length) => pause(length)).length
      assert.ok(inVain <= Math.ceil(pauses.length / setting.trialEvery))
    }),
  )
})
