import { leadingIds, misplacedIds, type TestName } from './named.ts'
import { notCovered } from './not-covered.ts'
import type { SpecRow } from './rows.ts'

/** What the names of the tests say of the rows. */
export interface Coverage {
  /** The files whose tests name a row. */
  readonly files: ReadonlyMap<string, ReadonlySet<string>>
  /** What is wrong with the lists or the names, in words. */
  readonly faults: readonly string[]
}

/** Compares the rows, the names of the tests, and the reasons for rows that no test names. */
export function coverageOf(
  rows: readonly SpecRow[],
  names: readonly TestName[],
  reasons: Readonly<Record<string, string>> = notCovered,
): Coverage {
  const known = new Map(rows.map((row) => [row.id, row]))
  const files = new Map<string, Set<string>>()
  const faults: string[] = []
  for (const { file, name } of names) {
    for (const id of leadingIds(name)) {
      if (!known.has(id)) faults.push(`${file}: ${id} is no row: "${name}"`)
      files.set(id, (files.get(id) ?? new Set()).add(file))
    }
    for (const id of misplacedIds(name)) faults.push(`${file}: ${id} must stand at the start of "${name}"`)
  }
  for (const { id, verdict } of rows) {
    if (verdict === 'must' && !files.has(id) && !Object.hasOwn(reasons, id)) {
      faults.push(`${id} must be named by a test, or have a reason in not-covered.ts`)
    }
  }
  for (const id of Object.keys(reasons)) {
    if (files.has(id)) faults.push(`${id} is named by a test: take its reason out of not-covered.ts`)
    if (known.get(id)?.verdict !== 'must')
      faults.push(`${id} has a reason in not-covered.ts, but is no row that must be`)
  }
  return { files, faults }
}
