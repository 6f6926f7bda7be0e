import type { Scenario } from '../harness/scenario.ts'
import { pointReads } from './point-reads.ts'

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [pointReads]

/** By code or by name, whatever the case. Throws a `RangeError` that lists the known ones. */
export function findScenario(word: string): Scenario {
  const found = scenarios.find(({ code, name }) => [code.toLowerCase(), name].includes(word.toLowerCase()))
  if (found) return found
  const known = scenarios.map(({ code, name }) => `${code} (${name})`).join(', ')
  throw new RangeError(`unknown scenario '${word}'; known: ${known}`)
}
