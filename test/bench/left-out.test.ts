import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scenarioReport } from '../../bench/harness/report.ts'
import { runScenario } from '../../bench/harness/runner.ts'
import { LeftOut, type Scenario } from '../../bench/harness/scenario.ts'
import { judge } from '../../bench/harness/targets.ts'
import { postgres } from '../../bench/scenarios/postgres.ts'

const OPTIONS = { quick: true, long: false, blocks: 1, peers: null }

test('what nobody would be tried on is not prepared', async () => {
  let prepared = 0
  const scenario: Scenario = { ...(postgres as Scenario), prepare: () => prepared++ }
  const absent = new Map(postgres.peers.map((peer) => [peer, 'not wanted here'] as const))
  await runScenario(scenario, OPTIONS, { folder: '', absent, progress: () => {} })
  assert.equal(prepared, 0)
})

test('a scenario that cannot be prepared here is left out with the reason, judged by nobody', async () => {
  const heard: string[] = []
  const scenario: Scenario = {
    ...(postgres as Scenario),
    prepare: () => Promise.reject(new LeftOut('there is no PostgreSQL: not one')),
  }
  const surroundings = { folder: '', absent: new Map(), progress: (line: string) => heard.push(line) }
  const result = await runScenario(scenario, OPTIONS, surroundings)
  assert.deepEqual(heard, ['S8: preparing', 'S8: left out: there is no PostgreSQL: not one'])
  assert.match(scenarioReport(scenario, result), /\n\nLeft out: there is no PostgreSQL: not one$/)
  assert.deepEqual(judge(scenario, result), [])
})

test('any other failure of a preparation ends the run', async () => {
  const scenario: Scenario = { ...(postgres as Scenario), prepare: () => Promise.reject(new RangeError('no room')) }
  const surroundings = { folder: '', absent: new Map(), progress: () => {} }
  await assert.rejects(runScenario(scenario, OPTIONS, surroundings), /^RangeError: no room$/)
})
