import { monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { FigureName } from './figure-names.ts'

/** What {@link measure} measures of any work. */
export type LoopFigures = Readonly<
  Record<
    | Extract<FigureName, `loop${string}`>
    | 'operationsPerSecond'
    | 'microseconds'
    | 'milliseconds'
    | 'cpuSecondsPerMillion',
    number
  >
>

const RESOLUTION = 1

/** Measures `run`, which resolves to the number of operations it did. */
export async function measure(run: () => Promise<number>): Promise<LoopFigures> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  // Only from its second timer on does the monitor count, and utilization only once the loop has turned.
  while (delay.count === 0) await setTimeout(RESOLUTION)
  await setImmediate()
  const idleSamples = delay.count
  const loopBefore = performance.eventLoopUtilization()
  const threadBefore = process.threadCpuUsage()
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const operations = await run()
  const milliseconds = performance.now() - start
  const cpu = process.cpuUsage(cpuBefore)
  const thread = process.threadCpuUsage(threadBefore)
  const loop = performance.eventLoopUtilization(loopBefore)
  // What blocked from one immediate to the next has exactly one pass over the timers behind it, which records it.
  await setImmediate()
  delay.disable()
  return {
    operationsPerSecond: (operations / milliseconds) * 1000,
    microseconds: (milliseconds * 1000) / operations,
    milliseconds,
    loopMicroseconds: (loop.utilization * milliseconds * 1000) / operations,
    loopCpuMicroseconds: (thread.user + thread.system) / operations,
    ...lateness(delay, idleSamples),
    cpuSecondsPerMillion: (cpu.user + cpu.system) / operations,
  }
}

// What was sampled before the start is idle and so the lowest: percentiles are taken above it. A sample is the time
// between two timers, which is the resolution when nothing is late.
function lateness(delay: Pick<RecordableHistogram, 'count' | 'max' | 'percentile'>, idleSamples: number) {
  const idle = idleSamples / delay.count
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION)
  const percentile = (share: number) => late(delay.percentile(100 * (idle + share * (1 - idle))))
  return { loopDelayP50: percentile(0.5), loopDelayP99: percentile(0.99), loopDelayMax: late(delay.max) }
}
