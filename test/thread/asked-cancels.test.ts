import assert from 'node:assert/strict'
import test from 'node:test'
import { Failure } from '../../src/contract/failure.ts'
import { AskedCancels } from '../../src/thread/asked-cancels.ts'
import { ANSWERED, type Call } from '../../src/thread/call.ts'
import { PlainCall } from '../../src/thread/calls.ts'
import type { CancelLine, Verdict } from '../../src/thread/port.ts'
import { askFlag, request } from '../../src/thread/protocol.ts'
import { FakeClock } from '../pool/fake-clock.ts'

/** The loop's side with a process that the test plays. */
function setting({ writes = true } = {}) {
  const clock = new FakeClock()
  const asked: string[] = []
  let kills = 0
  let tell: (verdict: Verdict, slot: number, serial: number) => void = () => {}
  const line: CancelLine = {
    ask: (verb, slot, serial) => void asked.push(`${verb} ${slot}/${serial}`),
    onVerdict: (callback) => {
      tell = callback
    },
  }
  const port = { cancels: line, kill: () => ++kills > 0 }
  const cancels = new AskedCancels(port, writes, clock)
  const place = (slot: number, flags: number = askFlag.cancellable) => {
    const failures: unknown[] = []
    const call: Call = new PlainCall(request.query, [], (answer) => failures.push(answer))
    Object.assign(call, { slot, flags })
    cancels.placed(call)
    return { call, kinds: () => failures.map((answer) => (answer instanceof Failure ? answer.record.kind : answer)) }
  }
  return { clock, asked, cancels, place, tell: (...v: [Verdict, number, number]) => tell(...v), kills: () => kills }
}

function answered(call: Call): void {
  call.slot = ANSWERED
}

test('a call is given up when the process says so, and not before', () => {
  const { cancels, place, asked, tell, clock } = setting()
  const { call, kinds } = place(4)
  assert.equal(cancels.cancel(call), false)
  assert.deepEqual(asked, ['cancel 4/1'])
  assert.deepEqual(kinds(), [])
  tell('waiting', 4, 1)
  assert.deepEqual(kinds(), ['aborted'])
  assert.equal(call.abandoned, true)
  assert.equal(clock.pending, 0)
})

test('one that was decided keeps its answer', () => {
  const { cancels, place, tell, clock, kills } = setting()
  const { call, kinds } = place(4)
  cancels.cancel(call)
  tell('late', 4, 1)
  assert.equal(clock.pending, 0)
  clock.advance(100_000)
  assert.deepEqual(kinds(), [])
  assert.equal(kills(), 0)
})

test('one that goes on costs its process after a grace, over that call only', () => {
  const { cancels, place, asked, tell, clock, kills } = setting()
  const { call, kinds } = place(4)
  cancels.cancel(call)
  tell('running', 4, 1)
  assert.deepEqual(kinds(), ['aborted'])
  clock.advance(200)
  assert.deepEqual(asked, ['cancel 4/1', 'end 4/1'])
  // It had gone on to something else.
  tell('waiting', 4, 1)
  assert.equal(clock.pending, 0)
  assert.equal(kills(), 0)
  assert.deepEqual(kinds(), ['aborted'])
})

test('one that ends within the grace costs nothing', () => {
  const { cancels, place, asked, tell, clock } = setting()
  const { call } = place(4)
  cancels.cancel(call)
  tell('running', 4, 1)
  answered(call)
  clock.advance(10_000)
  assert.deepEqual(asked, ['cancel 4/1'])
  assert.equal(clock.pending, 0)
})

test('a process that answers nothing is killed', () => {
  const { cancels, place, tell, clock, kills } = setting()
  const first = place(4)
  cancels.cancel(first.call)
  clock.advance(2000)
  assert.equal(kills(), 1)
  const second = place(5)
  cancels.cancel(second.call)
  tell('running', 5, 1)
  clock.advance(200)
  assert.equal(kills(), 1)
  clock.advance(2000)
  assert.equal(kills(), 2)
})

test('an answer that comes for an earlier call of the slot is none', () => {
  const { cancels, place, tell } = setting()
  const first = place(4)
  cancels.cancel(first.call)
  answered(first.call)
  const second = place(4)
  cancels.cancel(second.call)
  tell('running', 4, 1)
  assert.deepEqual(second.kinds(), [])
  tell('running', 4, 2)
  assert.deepEqual(second.kinds(), ['aborted'])
})

test('when the process ended over a call, those behind it have not begun, whatever slot they have', () => {
  const { cancels, place, tell } = setting()
  const before = place(9)
  const stuck = place(5)
  const behind = place(2, 0)
  cancels.cancel(stuck.call)
  tell('running', 5, 1)
  assert.equal(cancels.failureOf(behind.call), null)
  tell('ended', 5, 1)
  const later = place(7)
  assert.equal(cancels.failureOf(before.call), null)
  for (const { call } of [behind, later]) assert.equal(cancels.failureOf(call)?.record.code, 'NOT_BEGUN')
})

test('one that was asked about when the process was lost has been aborted if it cannot have left anything', () => {
  const kindOf = (writes: boolean, flags: number) => {
    const { cancels, place } = setting({ writes })
    const { call } = place(1, flags)
    cancels.cancel(call)
    return cancels.failureOf(call)?.record.kind
  }
  assert.equal(kindOf(false, askFlag.cancellable), 'aborted')
  assert.equal(kindOf(true, askFlag.cancellable | askFlag.inTransaction), 'aborted')
  assert.equal(kindOf(true, askFlag.cancellable), undefined)
})
