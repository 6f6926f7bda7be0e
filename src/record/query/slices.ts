/** For how many milliseconds the loop is kept from others. */
const SLICE = 1
/** After how many items the clock is looked at. */
const BETWEEN_LOOKS = 64

/**
 * Works through so many items, from each `start` to before each `end`. Where there are many, the event loop gets its
 * turn about every millisecond.
 */
export async function inSlices(length: number, work: (start: number, end: number) => void): Promise<void> {
  for (let start = 0; start < length; ) {
    start = slice(start, length, work)
    if (start < length) await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

function slice(start: number, length: number, work: (start: number, end: number) => void): number {
  const until = length - start > BETWEEN_LOOKS ? performance.now() + SLICE : 0
  let at = start
  do {
    const end = Math.min(at + BETWEEN_LOOKS, length)
    work(at, end)
    at = end
  } while (at < length && performance.now() < until)
  return at
}

/** Puts something else in the place of each item. */
export async function replaceInSlices<T, U>(items: T[], make: (item: T) => U): Promise<U[]> {
  const made = items as unknown[]
  await inSlices(items.length, (start, end) => {
    for (let at = start; at < end; at++) made[at] = make(items[at] as T)
  })
  return made as U[]
}
