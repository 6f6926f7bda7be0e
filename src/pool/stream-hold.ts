import type { Clock } from '../base/clock.ts'
import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'
import { waitsForItself } from './self-wait.ts'
import type { Granted } from './waiters.ts'

/** What the code in the loop over a stream keeps from others: the lane that the stream has until the loop ends. */
export class StreamHold {
  lane: Lane | null = null
  /** Who reads, from the first row on that is asked for. */
  holder: Holder | null = null
  ended = false
  /** Grows with every row that is asked for. */
  asked = 0
}

/** How often, and after how many milliseconds each, is looked whether a loop still stands where a call was made in it. */
const LOOKS = 4
const BETWEEN_LOOKS = 250

/**
 * Waits, in the loop over a stream, for the lane that the stream has. As long as the loop goes on, the wait has an end,
 * and whoever made the call did not await it. A loop that stands still all the time waits for the call, and is told so.
 */
export async function waitInLoop(
  stream: StreamHold,
  clock: Clock,
  signal: AbortSignal | undefined,
  wait: (signal: AbortSignal) => Promise<Granted>,
): Promise<Granted> {
  const found = new AbortController()
  const { asked } = stream
  let looks = 0
  let timer: unknown
  // Several looks, since a loop that was kept from turning, as all else was, is not to be judged by that.
  const look = () => {
    if (stream.ended || stream.asked !== asked) return
    if (++looks === LOOKS) found.abort()
    else timer = clock.setTimer(look, BETWEEN_LOOKS)
  }
  timer = clock.setTimer(look, BETWEEN_LOOKS)
  try {
    const granted = await wait(signal ? AbortSignal.any([signal, found.signal]) : found.signal)
    if (granted === null && found.signal.aborted && !signal?.aborted) throw waitsForItself('stream')
    return granted
  } finally {
    clock.clearTimer(timer)
  }
}
