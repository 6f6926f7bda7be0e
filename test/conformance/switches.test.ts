import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fullTuning } from '../../src/contract/tuning.ts'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { everythingOff, switchedOff } from '../databases.ts'
import { runWithoutCode } from '../no-code.ts'
import { conformanceInThreads, conformanceInTurns } from './switches.ts'

/* The conformance suite with each way of being faster switched off, alone and together. */

for (const [name, switches] of Object.entries(switchedOff)) {
  describe(`without ${name}`, () => conformanceInTurns(switches))
}

// How the two sides wake each other shows only when they are two threads. That is no driver's business: one is enough.
describe('without adaptiveWaking, in threads', () => conformanceInThreads(switchedOff.adaptiveWaking, [nodeSqlite]))

test('F117 the conformance suite is green without generated row constructors, and with everything off', () =>
  runWithoutCode(new URL('fixtures/no-code.ts', import.meta.url)))

test('every switch is among those that are tried', () => {
  const switches = Object.keys(fullTuning)
  assert.deepEqual(Object.keys(switchedOff), [...switches, 'statementCache'])
  assert.deepEqual(Object.keys(everythingOff.tuning), switches)
})
