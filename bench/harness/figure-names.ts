/** Everything that a trial may measure. Each scenario measures some of them. */
export const figureNames = [
  /** Operations per second of wall time. */
  'operationsPerSecond',
  /** Microseconds of wall time per operation. */
  'microseconds',
  /** Loop cost: microseconds in which the event loop was not idle, per operation. */
  'loopMicroseconds',
  /** Microseconds of processor time of the main thread per operation. */
  'loopCpuMicroseconds',
  /** How late the event loop was for a timer, in milliseconds. */
  'loopDelayP50',
  'loopDelayP99',
  'loopDelayMax',
  /** Processor seconds of all threads per million operations, which is also microseconds per operation. */
  'cpuSecondsPerMillion',
  /** Milliseconds from the moment an operation was due until it had answered. */
  'latencyP50',
  'latencyP99',
  'latencyP999',
  'latencyMax',
  /** Milliseconds that one slow query took, on average. */
  'slowMilliseconds',
  /** Errors that said SQLITE_BUSY. */
  'busy',
  /** Milliseconds that the whole of it took. */
  'milliseconds',
  /** Resident memory in mebibytes: what was added, at the highest. */
  'megabytes',
  'dependencies',
] as const

export type FigureName = (typeof figureNames)[number]

/** What one trial measured. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>

/** Whether more of it is better; otherwise less is. */
export function moreIsBetter(name: FigureName): boolean {
  return name === 'operationsPerSecond'
}
