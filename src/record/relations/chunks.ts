import type { Database } from '../database.ts'

/**
 * Parts of a list that are short enough to be given to one statement. A tenth of what a statement takes is
 * left for its other values; a power of two, because that is what lists of values are filled up to.
 */
export function* chunksOf<T>(database: Database, items: readonly T[], valuesEach = 1): Generator<readonly T[]> {
  const most = Math.max(1, Math.floor((database.maxParameters * 0.9) / valuesEach))
  const size = 2 ** Math.floor(Math.log2(most))
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
