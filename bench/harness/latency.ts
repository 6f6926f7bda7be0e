/** The percentiles of how long operations took, in milliseconds. */
export interface Latency {
  readonly latencyP50: number
  readonly latencyP99: number
  readonly latencyP999: number
  readonly latencyMax: number
}

/** Takes the percentiles of milliseconds, of which there must be some. */
export function latencyOf(milliseconds: readonly number[]): Latency {
  if (milliseconds.length === 0) throw new RangeError('No operation has answered')
  const sorted = Float64Array.from(milliseconds).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
  return { latencyP50: at(0.5), latencyP99: at(0.99), latencyP999: at(0.999), latencyMax: at(1) }
}
