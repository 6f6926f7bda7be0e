type Version = readonly [number, number, number]

const PART = /^(>=|<=|>|<|\^|~|=)?v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:[-+].*)?$/

/** Tells whether a version is another or above it. */
export function isAtLeast(version: string, lowest: string): boolean {
  return compare(numbers(version), numbers(lowest)) >= 0
}

/**
 * Tells whether a version is within a range such as `>=22`, `20.x || 22.x` or `^22.1.0`. A range written in a way that
 * is not known here counts as satisfied: it is no reason to refuse.
 */
export function satisfies(version: string, range: string): boolean {
  const given = numbers(version)
  const joined = range.trim().replace(/(>=|<=|>|<|\^|~|=)\s+/g, '$1')
  return joined.split('||').some((all) =>
    all
      .trim()
      .split(/\s+/)
      .every((part) => meets(given, part)),
  )
}

function meets(given: Version, part: string): boolean {
  const match = PART.exec(part)
  if (!match) return true
  const [, operator = '=', ...written] = match
  const fixed = written.filter((text) => text !== undefined && /^\d+$/.test(text)).map(Number)
  const low: Version = [fixed[0] ?? 0, fixed[1] ?? 0, fixed[2] ?? 0]
  if (fixed.length === 0) return true
  switch (operator) {
    case '>=':
      return compare(given, low) >= 0
    case '<':
      return compare(given, low) < 0
    case '>':
      return compare(given, above(low, fixed.length)) >= 0
    case '<=':
      return compare(given, above(low, fixed.length)) < 0
    default:
      return compare(given, low) >= 0 && compare(given, above(low, widest(operator, low, fixed.length))) < 0
  }
}

/** How many leading numbers must stay: all that are written, the minor one for `~`, the first that is not 0 for `^`. */
function widest(operator: string, low: Version, written: number): number {
  if (operator === '~') return Math.min(written, 2)
  if (operator !== '^') return written
  const significant = low.findIndex((part) => part !== 0)
  return Math.min(written, significant < 0 ? 3 : significant + 1)
}

/** The lowest version that is above all which begin with the first `kept` numbers. */
function above(low: Version, kept: number): Version {
  if (kept <= 1) return [low[0] + 1, 0, 0]
  return kept === 2 ? [low[0], low[1] + 1, 0] : [low[0], low[1], low[2] + 1]
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
}

function numbers(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, patch]
}
