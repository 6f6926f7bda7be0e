import { describe, invalidOption } from '../options.ts'

/** An option of pools on several servers. */
export interface StalenessOption {
  /**
   * Milliseconds that a replica may be behind the server that takes writes, for those who only read there; one that is
   * further behind, or of which that is not known, serves nobody. `Infinity` for no limit; 0 keeps all on the server that
   * takes writes. It means nothing where there is one server, which is never behind. Default 5000.
   */
  readonly maxStaleness?: number
}

/** The name of the option. */
export const STALENESS = ['maxStaleness'] as const

const DEFAULT = 5000

export function checkStaleness({ maxStaleness = DEFAULT }: StalenessOption): number {
  if (typeof maxStaleness !== 'number') {
    throw invalidOption(TypeError, `maxStaleness must be a number of milliseconds, not ${describe(maxStaleness)}`)
  }
  if (maxStaleness >= 0) return maxStaleness
  throw invalidOption(RangeError, `maxStaleness must be at least 0 milliseconds, or Infinity, and not ${maxStaleness}`)
}
