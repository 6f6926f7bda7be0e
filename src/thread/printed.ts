/** How long a thread waits at most until what was printed is taken, in milliseconds. */
const LONGEST_WAIT = 1000

/**
 * What a thread prints goes to the terminal by way of the event loop, bit by bit, and only while the thread itself waits
 * for it: asleep for requests it would keep a function's words back until the pool is closed. Gives what to wait for, or
 * null when nothing was printed.
 */
export function printed(): Promise<void> | null {
  const streams = [process.stdout, process.stderr].filter(({ writableLength }) => writableLength > 0)
  if (streams.length === 0) return null
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT)
    const taken = streams.map((stream) => new Promise<void>((next) => stream.write('', () => next())))
    void Promise.all(taken).then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
