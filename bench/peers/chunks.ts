/** How many rows one INSERT of an ORM names: all are near their best there, and SQLite takes 32,766 values at once. */
const ROWS = 1000

/** The list so many times over, in pieces of equal size. */
export function* chunks<T>(list: readonly T[], times: number): Generator<T[]> {
  for (let time = 0; time < times; time++) {
    for (let start = 0; start < list.length; start += ROWS) yield list.slice(start, start + ROWS)
  }
}
