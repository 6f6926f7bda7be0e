import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild } from './harness/child.ts'
import { type Order, readCommandLine } from './harness/command-line.ts'
import type { Floor } from './harness/floor.ts'
import { describeMachine } from './harness/machine.ts'
import { floorReport, machineReport, scenarioReport } from './harness/report.ts'
import { runScenario, type ScenarioResult } from './harness/runner.ts'
import { createUsers, usersFile } from './scenarios/users.ts'

const FLOOR_ROWS = 10_000

async function run(order: Order, folder: string): Promise<void> {
  const print = order.json ? () => {} : (text: string) => process.stdout.write(`${text}\n\n`)
  const progress = order.json ? () => {} : (line: string) => process.stderr.write(`${line}\n`)
  const machine = describeMachine()
  print(machineReport(machine))
  const floor = await floorOf(folder)
  print(floorReport(floor))
  const results: ScenarioResult[] = []
  for (const scenario of order.scenarios) {
    const result = await runScenario(scenario, order, folder, progress)
    print(scenarioReport(scenario, result))
    results.push(result)
  }
  if (order.json) process.stdout.write(`${JSON.stringify({ machine, floor, scenarios: results })}\n`)
}

function floorOf(folder: string): Promise<Floor> {
  createUsers(folder, FLOOR_ROWS)
  const input = { file: usersFile(folder, FLOOR_ROWS), rows: FLOOR_ROWS }
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
