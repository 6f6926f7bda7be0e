/**
 * Tries what offloop promises, and prints the figures that show whether it keeps it.
 *
 *   npm run promises                  as in the tests, in a few minutes
 *   npm run promises -- --long        as the promises are worded
 *   npm run promises -- P7 P15        only these
 *   npm run promises -- --seed 7      with other random numbers
 *
 * Fails when a promise is broken. Delays are those of the whole machine: on a busy one they tell nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figures, type Promised, promises, type Trial } from './table.ts'

const { values: options, positionals: asked } = parseArgs({
  options: { long: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const unknown = asked.find((id) => !promises.some((promised) => promised.id === id))
if (unknown !== undefined) throw new Error(`${unknown} is none of ${promises.map(({ id }) => id).join(', ')}`)

const folder = mkdtempSync(join(tmpdir(), 'offloop-promises-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const broken: string[] = []
for (const promised of promises) {
  if (asked.length > 0 && !asked.includes(promised.id)) continue
  for (const driver of promised.once ? ['node-sqlite'] : ['node-sqlite', 'better-sqlite3']) {
    await tell(promised, { driver, folder, long: options.long, seed: Number(options.seed) })
  }
}
if (broken.length > 0) console.log(`broken: ${broken.join(', ')}`)
process.exitCode = broken.length > 0 ? 1 : 0

async function tell(promised: Promised, trial: Trial): Promise<void> {
  const { id, words, once } = promised
  const started = performance.now()
  const { seen, none } = await promised.run(trial)
  const kept = Object.values(none).every((figure) => figure === 0)
  if (!kept) broken.push(id)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${id.padEnd(4)} ${kept ? 'kept  ' : 'BROKEN'} ${words} (${once ? '' : `${trial.driver}, `}${seconds} s)`)
  console.log(`            ${line({ seen, none })}`)
}

function line({ seen, none }: Figures): string {
  return [...pairs(seen), ...pairs(none)].join('  ')
}

function pairs(figures: object): string[] {
  return Object.entries(figures).map(([name, figure]) => {
    if (typeof figure === 'object' && figure !== null) return `${name} (${pairs(figure).join('  ')})`
    return `${name} ${typeof figure === 'number' ? Math.round(figure * 100) / 100 : String(figure)}`
  })
}
