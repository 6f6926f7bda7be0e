import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Pace } from '../../src/base/pace.ts'

const least = () => 0
const most = () => 1 - Number.EPSILON

describe('P2 failures that pass by themselves', () => {
  test('are waited for longer and longer, up to a second, without an end', () => {
    const pace = new Pace(most)
    const delays = Array.from({ length: 8 }, () => Math.round(pace.failedForNow().delay))
    assert.deepEqual(delays, [50, 100, 200, 400, 800, 1000, 1000, 1000])
    pace.succeeded()
    assert.equal(Math.round(pace.failedForNow().delay), 50)
  })

  test('F48 cause at most twenty attempts in five seconds, most of the time', () => {
    const pace = new Pace()
    const counts = Array.from({ length: 200 }, () => {
      let attempts = 0
      for (let time = 0; time < 5000; time += pace.failedForNow().delay) attempts++
      pace.succeeded()
      return attempts
    }).sort((a, b) => a - b)
    assert.ok((counts[100] as number) <= 20, `${counts[100]} attempts`)
  })
})

describe('P14 failures that need not pass', () => {
  test('pause after the fifth in ten seconds, each pause longer than the last, half a minute at most', () => {
    const pace = new Pace(most)
    let now = 0
    const advices = Array.from({ length: 9 }, () => {
      const advice = pace.failed(now)
      now += advice.delay
      return [advice.stops, Math.round(advice.delay)]
    })
    assert.deepEqual(advices, [
      [false, 50],
      [false, 100],
      [false, 200],
      [false, 400],
      [true, 5000],
      [true, 10_000],
      [true, 20_000],
      [true, 30_000],
      [true, 30_000],
    ])
  })

  test('a pause is random by half', () => {
    for (const [random, delay] of [
      [least, 2500],
      [most, 5000],
    ] as const) {
      const pace = new Pace(random)
      for (let i = 0; i < 4; i++) pace.failed(i)
      assert.equal(Math.round(pace.failed(4).delay), delay)
    }
  })

  test('do not pause when they are further apart', () => {
    const pace = new Pace(most)
    for (let i = 0; i < 50; i++) assert.equal(pace.failed(i * 2501).stops, false)
  })

  test('are forgotten after a success, and after a long time', () => {
    const pace = new Pace(most)
    for (let i = 0; i < 4; i++) pace.failed(i)
    pace.succeeded()
    assert.deepEqual(pace.failed(5).stops, false)
    for (let i = 0; i < 4; i++) pace.failed(6)
    assert.equal(pace.failed(7).stops, true)
    assert.equal(pace.failed(100_000).stops, false)
  })

  test('a success that ends in a death does not hide the deaths before it', () => {
    const pace = new Pace(most)
    for (let i = 0; i < 4; i++) {
      pace.succeeded()
      assert.equal(pace.died(i).stops, false)
    }
    pace.succeeded()
    assert.equal(pace.died(5).stops, true)
    pace.proved()
    assert.equal(pace.died(6).stops, false)
  })

  test('whatever happens, there are never more than nine attempts in ten seconds without a success', () => {
    const step = fc.record({
      death: fc.boolean(),
      late: fc.nat(3000),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        let random = 0
        const pace = new Pace(() => random)
        const attempts: number[] = []
        let now = 0
        for (const { death, late, random: drawn } of steps) {
          random = drawn
          attempts.push(now)
          const { delay, stops } = death ? pace.died(now) : pace.failed(now)
          assert.ok(delay >= 0 && delay <= 30_000)
          assert.ok(!stops || delay >= 2500)
          now += delay + late
        }
        // The first five may come at once, and one more after each pause.
        for (const [i, time] of attempts.entries()) {
          const recent = attempts.slice(0, i + 1).filter((other) => time - other < 10_000).length
          assert.ok(recent <= 9, `${recent} attempts in ten seconds`)
        }
      }),
    )
  })
})
