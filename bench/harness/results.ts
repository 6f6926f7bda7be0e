import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PeerName } from '../peers/index.ts'
import { findScenario } from '../scenarios/index.ts'
import { drawChart } from './draw.ts'
import type { Floor } from './floor.ts'
import type { Commit, Machine } from './machine.ts'
import { floorReport, machineReport, scenarioReport } from './report.ts'
import type { ScenarioResult } from './runner.ts'
import { judge } from './targets.ts'

/** All that a run has found out. */
export interface Results {
  readonly commit: Commit | null
  readonly machine: Machine
  /** The peers that could not run here, each with the reason. */
  readonly absent: ReadonlyMap<PeerName, string>
  readonly floor: Floor
  readonly scenarios: readonly ScenarioResult[]
  /** How long the run took. */
  readonly seconds: number
}

const CHARTS = 'charts'

/** Writes RESULTS.md and its charts into a folder, in place of those that are there. Gives the path of RESULTS.md. */
export async function writeResults(results: Results, folder: string, draw = drawChart): Promise<string> {
  const charts = join(folder, CHARTS)
  rmSync(charts, { recursive: true, force: true })
  mkdirSync(charts, { recursive: true })
  const sections: string[] = []
  for (const result of results.scenarios) {
    const names = await drawCharts(result, charts, draw)
    sections.push(section(result, names))
  }
  const path = join(folder, 'RESULTS.md')
  writeFileSync(path, `${[head(results), ...sections].join('\n\n')}\n`)
  return path
}

async function drawCharts(result: ScenarioResult, folder: string, draw: typeof drawChart): Promise<string[]> {
  const drawn: string[] = []
  for (const [index, chart] of findScenario(result.code).charts.entries()) {
    const name = `${result.code.toLowerCase()}-${index + 1}.svg`
    writeFileSync(join(folder, name), await draw(chart, result))
    drawn.push(`![${chart.title}](${CHARTS}/${name})`)
  }
  return drawn
}

function section(result: ScenarioResult, charts: readonly string[]): string {
  const text = scenarioReport(findScenario(result.code), result)
  return [`## ${result.code} ${result.name}`, ...charts, `\`\`\`text\n${text}\n\`\`\``].join('\n\n')
}

function head(results: Results): string {
  const { machine, absent, floor } = results
  const minutes = (results.seconds / 60).toFixed(1)
  return [
    '# Results',
    `Written by \`npm run bench\` in ${minutes} minutes, for ${measuredCode(results)}, all peers in one run. Ratios count, ` +
      'absolute times do not: they are of one machine, and the spread shows how noisy it was.',
    verdicts(results),
    `\`\`\`text\n${machineReport(machine, absent)}\n\n${floorReport(floor)}\n\`\`\``,
  ].join('\n\n')
}

function measuredCode({ commit }: Results): string {
  if (!commit) return 'files that are in no repository'
  return commit.dirty ? `commit ${commit.id} **with changes that are not committed**` : `commit ${commit.id}`
}

function verdicts({ scenarios }: Results): string {
  const rows = scenarios.map((result) => {
    const verdicts = judge(findScenario(result.code), result)
    const met = verdicts.filter((verdict) => verdict.met).length
    return `| [${result.code} ${result.name}](#${result.code.toLowerCase()}-${result.name}) | ${met} | ${verdicts.length - met} |`
  })
  return ['| scenario | targets met | missed |', '|---|---|---|', ...rows].join('\n')
}
