/** For how many milliseconds the loop is kept from others. */
const SLICE = 1
/** After how many items the clock is looked at. */
const BETWEEN_LOOKS = 64

/** Makes something of each item. Where there are many, the event loop gets its turn about every millisecond. */
export async function fillInSlices<T, U>(made: U[], items: readonly T[], make: (item: T) => U): Promise<U[]> {
  for (let start = 0; start < items.length; ) {
    start = fillSlice(made, items, start, make)
    if (start < items.length) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return made
}

function fillSlice<T, U>(made: U[], items: readonly T[], start: number, make: (item: T) => U): number {
  const { length } = items
  if (length - start <= BETWEEN_LOOKS) return fill(made, items, start, length, make)
  const end = performance.now() + SLICE
  let at = start
  do at = fill(made, items, at, Math.min(at + BETWEEN_LOOKS, length), make)
  while (at < length && performance.now() < end)
  return at
}

function fill<T, U>(made: U[], items: readonly T[], start: number, end: number, make: (item: T) => U): number {
  for (let at = start; at < end; at++) made.push(make(items[at] as T))
  return end
}
