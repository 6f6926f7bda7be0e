/** What a closed loop repeats. */
export interface Work<I, O> {
  /** Nothing is left to do: the loop ends early. */
  isOver?(): boolean
  next(): I
  operation(input: I): Promise<O>
  /** Throws when the output is wrong; must be next to free, since it is timed with the rest. */
  check(input: I, output: O): void
}

// Asking the clock costs tens of nanoseconds, which is seen beside an operation of three microseconds.
const OPERATIONS_PER_GLANCE = 16

/**
 * Keeps `inFlight` operations under way for about `milliseconds`, each caller starting its next one when its last one
 * has answered. Resolves to the number of operations done.
 */
export async function closedLoop<I, O>(inFlight: number, milliseconds: number, work: Work<I, O>): Promise<number> {
  const end = performance.now() + milliseconds
  let done = 0
  let over = false
  const caller = async () => {
    while (!over && !work.isOver?.()) {
      const input = work.next()
      work.check(input, await work.operation(input))
      if (++done % OPERATIONS_PER_GLANCE === 0) over = performance.now() >= end
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return done
}

/**
 * Prepares a closed loop of `inFlight` for `milliseconds`: most of the time with many under way, since what takes
 * longer has more code to be optimised, and one at a time there is too little of it.
 */
export async function warmUp<I, O>(inFlight: number, milliseconds: number, work: Work<I, O>): Promise<number> {
  const many = await closedLoop(Math.max(inFlight, MANY), milliseconds * 0.75, work)
  return many + (await closedLoop(inFlight, milliseconds * 0.25, work))
}

const MANY = 64

/** The same work, with the milliseconds of every operation added to `latencies`. */
export function timed<I, O>(work: Work<I, O>, latencies: number[]): Work<I, O> {
  return {
    ...work,
    async operation(input) {
      const start = performance.now()
      const output = await work.operation(input)
      latencies.push(performance.now() - start)
      return output
    },
  }
}

/** The outputs for all inputs in their order, with `inFlight` operations under way at a time. */
export async function inOrder<I, O>(
  inFlight: number,
  inputs: readonly I[],
  operation: (input: I) => Promise<O>,
): Promise<O[]> {
  const outputs: O[] = []
  const queue = inputs.entries()
  const caller = async () => {
    for (const [index, input] of queue) outputs[index] = await operation(input)
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return outputs
}
