import type { Scenario } from '../harness/scenario.ts'
import { bulkInsert } from './bulk-insert.ts'
import { growth } from './growth.ts'
import { http } from './http.ts'
import { hydration } from './hydration.ts'
import { independentWrites } from './independent-writes.ts'
import { largeResults } from './large-results.ts'
import { mariadb } from './mariadb.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { pointReads } from './point-reads.ts'
import { postgres } from './postgres.ts'
import { records } from './records.ts'
import { recordsOnPostgres } from './records-postgres.ts'
import { slowBesideFast } from './slow-beside-fast.ts'
import { startAndSize } from './start-and-size.ts'
import { techempower } from './techempower.ts'

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  pointReads,
  oneAtATime,
  largeResults,
  slowBesideFast,
  independentWrites,
  bulkInsert,
  techempower,
  postgres,
  mariadb,
  records,
  recordsOnPostgres,
  hydration,
  startAndSize,
  growth,
  http,
]

/** By code or by name, whatever the case. Throws a `RangeError` that lists the known ones. */
export function findScenario(word: string): Scenario {
  const found = scenarios.find(({ code, name }) => [code.toLowerCase(), name].includes(word.toLowerCase()))
  if (found) return found
  const known = scenarios.map(({ code, name }) => `${code} (${name})`).join(', ')
  throw new RangeError(`unknown scenario '${word}'; known: ${known}`)
}
