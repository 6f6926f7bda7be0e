import type { Packed } from '../contract/crossing.ts'
import type { ErrorRecord } from '../contract/failure.ts'
import type { Description, Tuple } from '../contract/value.ts'
import { type ByteWriter, boundOf, FIXED_VALUE_BYTES, valuesBound } from './byte-writer.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { asleep, cell } from './memory.ts'
import type { ThreadPort } from './port.ts'
import { reply, rowsFlag, type Summary, writeSummary } from './protocol.ts'
import { encodeAlone, OVERSIZE, RingWriter, type WriteBody } from './ring.ts'
import type { ThreadClock } from './thread-clock.ts'

/** About how many bytes of rows go into one message: a slice that the loop reads in well under a millisecond. */
const CHUNK_BYTES = 96 * 1024
/** From so many rows on, they cross as a chunk, which by then costs less than rows one after the other. */
const FEWEST_CHUNK_ROWS = 16
/** The most rows of one chunk. */
const MOST_CHUNK_ROWS = 512
/** The most bytes that one chunk is allowed to need. Text counts threefold, so that it will rarely take half of them. */
const CHUNK_BOUND = 256 * 1024
/** How much of a result the loop is woken for while the rest is still being read. */
const WAKE_BYTES = 128 * 1024
/** How long a reply may wait for others, in milliseconds. */
const GATHERING_MILLISECONDS = 0.25

/**
 * The thread's end of the reply ring. Replies are gathered while at least as many requests wait as have been answered,
 * so that the loop makes new requests while the thread is at the others, and while the first reply is young. The loop is
 * woken once for all of them: waking costs the thread more than many an answer.
 */
export class Replies {
  /** Whether replies wait for company. */
  gathers = true
  /** Whether many rows cross as columns. */
  columnChunks = true
  readonly #port: ThreadPort
  readonly #control: Int32Array
  readonly #out: RingWriter
  readonly #clock: ThreadClock
  readonly #chunk = new ChunkWriter()
  /** How many bytes of requests were answered since the loop was told. */
  #answered = 0
  #news = false
  #oldest = 0
  #pagesWoken = 0

  constructor(port: ThreadPort, clock: ThreadClock) {
    this.#port = port
    this.#clock = clock
    this.#control = new Int32Array(port.memory.control)
    this.#out = new RingWriter(port.memory.replies, this.#control, cell.replyHead, cell.replyTail)
  }

  /** Writes a reply with at most `bound` bytes of content. */
  send(type: number, slot: number, flags: number, bound: number, write: WriteBody): void {
    const fits = bound <= this.#out.largest
    const writer = this.#begin(fits ? type : OVERSIZE, slot, fits ? bound : 0)
    if (fits) write(writer)
    else this.#port.send(encodeAlone(type, slot, flags, write, bound))
    this.#end(flags)
  }

  done(slot: number): void {
    this.send(reply.done, slot, 0, 0, nothing)
  }

  failure(slot: number, record: ErrorRecord, flags: number = 0): void {
    this.#values(reply.failure, slot, flags, [record])
  }

  /** Tells what a function gave and how long it took, in milliseconds. */
  returned(slot: number, packed: Packed, time: number): void {
    this.#values(reply.returned, slot, 0, [packed, time])
  }

  threw(slot: number, packed: Packed, time: number, flags: number): void {
    this.#values(reply.threw, slot, flags, [packed, time])
  }

  /**
   * Writes rows from `from` on, as many as one message takes, and tells how many those were. The summary goes with the
   * last of them.
   */
  rows(slot: number, rows: readonly Tuple[], from: number, extra: RowsExtra): number {
    if (rows.length - from >= FEWEST_CHUNK_ROWS && this.columnChunks) {
      const chunked = this.#chunkRows(slot, rows, from, extra)
      if (chunked > 0) return chunked
    }
    const { description, summary } = extra
    let bound = headBound(extra)
    let count = 0
    for (; from + count < rows.length; count++) {
      const more = valuesBound(rows[from + count] as Tuple)
      if (count > 0 && bound + more > CHUNK_BYTES) break
      bound += more
    }
    const last = from + count === rows.length ? summary : null
    this.send(reply.rows, slot, flagsOf(last, extra), bound, (writer) => {
      writer.uint32(count)
      if (description !== undefined) writer.value(description)
      if (last) writeSummary(writer, last)
      for (let i = from; i < from + count; i++) {
        const row = rows[i] as Tuple
        for (let j = 0; j < row.length; j++) writer.databaseValue(row[j])
      }
    })
    return count
  }

  // Gives 0 when few rows are already so large that a chunk of them does not pay.
  #chunkRows(slot: number, rows: readonly Tuple[], from: number, extra: RowsExtra): number {
    const chunk = this.#chunk
    let to = Math.min(rows.length, from + MOST_CHUNK_ROWS)
    for (chunk.look(rows, from, to); chunk.bound > CHUNK_BOUND; chunk.look(rows, from, to)) {
      to = from + ((to - from) >> 1)
      if (to - from < FEWEST_CHUNK_ROWS) return 0
    }
    const last = to === rows.length ? extra.summary : null
    this.send(reply.rows, slot, flagsOf(last, extra) | rowsFlag.chunk, headBound(extra) + chunk.bound, (writer) => {
      writer.uint32(to - from)
      if (extra.description !== undefined) writer.value(extra.description)
      if (last) writeSummary(writer, last)
      chunk.write(writer)
    })
    return to - from
  }

  /** Wakes the loop if replies wait for it. */
  wake(): void {
    if (!this.#news) return
    this.#news = false
    this.#answered = 0
    Atomics.store(this.#control, cell.replyNews, 0)
    if (Atomics.compareExchange(this.#control, cell.loopAsleep, 1, 0) === 1) this.#port.wakeLoop()
  }

  /**
   * Wakes the loop if its replies are many or old enough. Called after each request, of `answered` bytes, with the bytes
   * of requests that `wait` and the time.
   */
  wakeIfDue(answered: number, wait: number, now: number): void {
    this.#answered += answered
    if (!this.gathers || this.#answered >= wait || now - this.#oldest > GATHERING_MILLISECONDS) this.wake()
  }

  /** Wakes the loop while a result goes on, as soon as enough of it is there: both sides then work at the same time. */
  wakeBetweenPages(): void {
    if (((this.#out.head - this.#pagesWoken) | 0) < WAKE_BYTES) return
    this.#pagesWoken = this.#out.head
    this.wake()
  }

  #values(type: number, slot: number, flags: number, values: readonly unknown[]): void {
    this.send(type, slot, flags, boundOf(values), (writer) => {
      for (const value of values) writer.value(value)
    })
  }

  #begin(type: number, slot: number, bound: number): ByteWriter {
    for (;;) {
      const writer = this.#out.begin(type, slot, bound) ?? this.#awaitSpace(type, slot, bound)
      if (writer) return writer
    }
  }

  #awaitSpace(type: number, slot: number, bound: number): ByteWriter | null {
    this.wake()
    Atomics.store(this.#control, cell.threadAsleep, asleep.forSpace)
    const writer = this.#out.begin(type, slot, bound)
    if (!writer) this.#port.sleep(asleep.forSpace)
    Atomics.store(this.#control, cell.threadAsleep, asleep.no)
    return writer
  }

  #end(flags: number): void {
    this.#out.end(flags)
    this.#out.publish()
    if (this.#news) return
    this.#news = true
    this.#oldest = this.#clock.last
    Atomics.store(this.#control, cell.replyNews, 1)
  }
}

/** What goes with rows. */
export interface RowsExtra {
  /** The columns, when the loop does not know them; undefined when it does. */
  readonly description: Description | null | undefined
  /** What the statement changed; null while more messages follow whatever happens. */
  readonly summary: Summary | null
  /** The result goes on after this page. */
  readonly more: boolean
}

const nothing: WriteBody = () => undefined

/** The count and the summary, at most. */
const SUMMARY_BYTES = 4 + 8 + FIXED_VALUE_BYTES + 8

function headBound({ description }: RowsExtra): number {
  return SUMMARY_BYTES + (description === undefined ? 0 : boundOf(description))
}

function flagsOf(last: Summary | null, extra: RowsExtra): number {
  const columns = extra.description === undefined ? 0 : rowsFlag.columns
  return (last ? rowsFlag.last : 0) | columns | (extra.more ? rowsFlag.more : 0)
}
