import { setTimeout } from 'node:timers/promises'

/** Starts an operation, the `index`-th one. */
export type Operation = (index: number) => Promise<unknown>

/**
 * Starts `perSecond` operations per second by the clock, whether or not earlier ones have answered, and waits for all.
 * Resolves to the milliseconds that each took from the moment it was due, so that a stall counts for everything that
 * was due while it lasted.
 */
export async function openLoop(perSecond: number, milliseconds: number, operation: Operation): Promise<number[]> {
  const operations = Math.round((perSecond * milliseconds) / 1000)
  const latencies: number[] = []
  const underWay: Promise<void>[] = []
  const start = performance.now()
  const dueAt = (index: number) => start + (index * 1000) / perSecond
  const timed = async (index: number) => {
    await operation(index)
    latencies.push(performance.now() - dueAt(index))
  }
  for (let index = 0; index < operations; ) {
    while (index < operations && dueAt(index) <= performance.now()) underWay.push(timed(index++))
    await setTimeout(1)
  }
  await Promise.all(underWay)
  return latencies
}
