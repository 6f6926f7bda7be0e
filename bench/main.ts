import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeSite } from '../scripts/servers/index.ts'
import { runChild } from './harness/child.ts'
import { type Order, readCommandLine } from './harness/command-line.ts'
import type { Floor } from './harness/floor.ts'
import { describeCommit, describeMachine } from './harness/machine.ts'
import { floorReport, machineReport, scenarioReport } from './harness/report.ts'
import { type Results, writeResults } from './harness/results.ts'
import { runScenario, type ScenarioResult } from './harness/runner.ts'
import type { PeerName } from './peers/index.ts'
import { createUsers, usersFile } from './tables/users.ts'

const FLOOR_ROWS = 10_000
const FLOOR_REPETITIONS = 7

async function run(order: Order, folder: string): Promise<void> {
  // Hundreds of processes start in a run, each as fast as if it had compiled these files before.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compile-cache')
  const print = order.json ? () => {} : (text: string) => process.stdout.write(`${text}\n\n`)
  const progress = order.json ? () => {} : (line: string) => process.stderr.write(`${line}\n`)
  const start = performance.now()
  const commit = describeCommit()
  const machine = describeMachine()
  const absent = await absentPeers(order)
  print(machineReport(machine, absent))
  const floor = await floorOf(folder, order.quick ? 1 : FLOOR_REPETITIONS)
  print(floorReport(floor))
  const scenarios: ScenarioResult[] = []
  for (const scenario of order.scenarios) {
    const result = await runScenario(scenario, order, { folder, absent, progress })
    print(scenarioReport(scenario, result))
    scenarios.push(result)
  }
  const results: Results = { commit, machine, absent, floor, scenarios, seconds: (performance.now() - start) / 1000 }
  if (order.json) process.stdout.write(`${JSON.stringify({ ...results, absent: Object.fromEntries(absent) })}\n`)
  if (order.out !== null) progress(`Written: ${await writeResults(results, order.out)}`)
}

async function absentPeers({ scenarios, peers }: Order): Promise<Map<PeerName, string>> {
  const wanted = [...new Set(scenarios.flatMap((scenario) => scenario.peers))]
  const chosen = wanted.filter((peer) => peers?.includes(peer) ?? true)
  return new Map(await runChild<[PeerName, string][]>(new URL('./harness/presence.ts', import.meta.url), chosen))
}

function floorOf(folder: string, repetitions: number): Promise<Floor> {
  createUsers(folder, FLOOR_ROWS)
  const input = { file: usersFile(folder, FLOOR_ROWS), rows: FLOOR_ROWS, repetitions }
  return runChild<Floor>(new URL('./floor.ts', import.meta.url), input)
}

async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'offloop-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const stop = () => {
    remove()
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    await use(folder)
  } finally {
    await closeSite()
    remove()
  }
}

function readOrder(): Order {
  try {
    return readCommandLine(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

const order = readOrder()
try {
  await inTemporaryFolder((folder) => run(order, folder))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`)
  process.exitCode = 1
}
