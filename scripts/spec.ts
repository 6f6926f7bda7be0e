/**
 * Tells how much of the specification is proven by tests that name its rows.
 *
 *   npm run spec                       the counts, how many are shown on servers too, and what is not covered, with the reason
 *   npm run spec -- --rows             every row with the files that prove it; + runs on servers
 *   npm run spec -- --check <folder>   compares the IDs and verdicts with behaviours.md and faults.md in that folder
 *
 * The folder may also be given by OFFLOOP_SPEC. Fails when a row has neither a test nor a reason.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Coverage, coverageOf } from '../test/spec/coverage.ts'
import { testNames } from '../test/spec/named.ts'
import { notCovered } from '../test/spec/not-covered.ts'
import { runsOnServers } from '../test/spec/reach.ts'
import { rows, type SpecRow } from '../test/spec/rows.ts'

const { values: options } = parseArgs({ options: { rows: { type: 'boolean' }, check: { type: 'string' } } })
const folder = options.check ?? process.env.OFFLOOP_SPEC
const coverage = coverageOf(rows, testNames())
const different = folder === undefined ? [] : compare(folder)

const reach = new Map<string, boolean>()

if (options.rows) printRows(coverage)
printMissing()
printCounts(coverage)
for (const fault of [...coverage.faults, ...different]) console.log(`WRONG  ${fault}`)
process.exitCode = coverage.faults.length + different.length > 0 ? 1 : 0

function marked(file: string): string {
  return onServers(file) ? `${file}+` : file
}

function onServers(file: string): boolean {
  const known = reach.get(file) ?? runsOnServers(file)
  reach.set(file, known)
  return known
}

function printCounts({ files }: Coverage): void {
  const covered = (list: readonly SpecRow[]) => list.filter(({ id }) => files.has(id)).length
  for (const [group, members] of Map.groupBy(rows, (row) => row.group)) {
    const must = members.filter(({ verdict }) => verdict === 'must')
    const should = members.filter(({ verdict }) => verdict === 'should')
    const others = ['outside', 'skip'].map((other) => {
      const count = members.filter(({ verdict }) => verdict === other).length
      return count > 0 ? `, ${other} ${count}` : ''
    })
    const served = members.filter(({ id }) => [...(files.get(id) ?? [])].some(onServers)).length
    const wanted = should.length > 0 ? `, should ${covered(should)} of ${should.length}` : ''
    console.log(
      `${group.padEnd(4)} must ${covered(must)} of ${must.length}${wanted}${others.join('')}; on servers ${served}`,
    )
  }
}

function printMissing(): void {
  const words = new Map(rows.map((row) => [row.id, row.words]))
  for (const [id, reason] of Object.entries(notCovered)) {
    console.log(`${id.padEnd(8)}${(words.get(id) ?? '').padEnd(52)}${reason}`)
  }
}

function printRows({ files }: Coverage): void {
  for (const { id, verdict, words } of rows) {
    console.log(
      `${id.padEnd(8)}${verdict.padEnd(8)}${words.padEnd(52)}${[...(files.get(id) ?? [])].map(marked).join(' ')}`,
    )
  }
}

/** What the specification has and rows.txt has not, and the other way round. */
function compare(specification: string): string[] {
  const verdicts = new Map<string, string | null>()
  const text = (file: string) => readFileSync(join(specification, file), 'utf8')
  for (const line of text('behaviours.md').split('\n')) {
    const [, id, verdict] = /^\| ([A-Z]+-\d+) \|.*\| (must|should|skip)\b[^|]*\|$/.exec(line) ?? []
    if (id !== undefined && verdict !== undefined) verdicts.set(id, verdict)
  }
  for (const [, id] of text('faults.md').matchAll(/^\| ([FP]\d+) \|/gm)) if (id !== undefined) verdicts.set(id, null)
  const own = new Map(rows.map((row) => [row.id, row.verdict]))
  // Of groups about what is still to come only single rows are owed.
  const whole = (id: string) => !/^(SOT|SQO|TWI)-/.test(id)
  const missing = [...verdicts.keys()].filter((id) => whole(id) && !own.has(id)).map((id) => `${id} is not in rows.txt`)
  return missing.concat(
    rows.flatMap(({ id, verdict }) => {
      const theirs = verdicts.get(id)
      if (theirs === undefined) return [`${id} is not in the specification`]
      const same = theirs === null || theirs === verdict || verdict === 'outside'
      return same ? [] : [`${id} is ${verdict} here and ${theirs} there`]
    }),
  )
}
