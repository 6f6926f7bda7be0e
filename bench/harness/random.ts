/** Whole numbers from 0 up to, not including, `below`. */
export type Random = (below: number) => number

/** Marsaglia's xorshift32: the same sequence for the same seed, at a few nanoseconds a number. */
export function seededRandom(seed: number): Random {
  let state = seed | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 0x1_0000_0000) * below)
  }
}
