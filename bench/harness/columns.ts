import type { FigureName } from './figure-names.ts'

/** A column of a scenario's tables: one figure with its range, or the medians of several. */
export interface Column {
  readonly head: string
  readonly figures: readonly FigureName[]
  readonly digits: number
  /** Columns with the ratios to the baselines follow it. */
  readonly compared?: boolean
}

/** Operations per second, where `unit` is one operation in the plural. */
export function rate(unit: string): Column {
  return { head: `${unit}/s`, figures: ['operationsPerSecond'], digits: 0, compared: true }
}

export const loopCost: Column = { head: 'loop us', figures: ['loopMicroseconds'], digits: 2, compared: true }

export const loopProcessor: Column = {
  head: 'main CPU us',
  figures: ['loopCpuMicroseconds'],
  digits: 1,
  compared: true,
}

export const wall: Column = { head: 'wall ms', figures: ['milliseconds'], digits: 1, compared: true }

export const loopDelay: Column = {
  head: 'delay ms p50/p99/max',
  figures: ['loopDelayP50', 'loopDelayP99', 'loopDelayMax'],
  digits: 1,
}

export const latency: Column = {
  head: 'latency ms p50/p99/p99.9/max',
  figures: ['latencyP50', 'latencyP99', 'latencyP999', 'latencyMax'],
  digits: 2,
}

export const processor: Column = { head: 'CPU s/million', figures: ['cpuSecondsPerMillion'], digits: 1 }

export const columnNotes: ReadonlyMap<Column, string> = new Map([
  [loopCost, 'loop: time in which the event loop was not idle, per operation.'],
  [loopProcessor, 'main CPU: processor time of the main thread, per operation.'],
  [loopDelay, 'delay: how late the loop was for a timer.'],
  [
    processor,
    'CPU: processor time of all threads. Who offloads works on two cores or more at once, a blocking call on one: ' +
      'judge operations per second together with it.',
  ],
])
