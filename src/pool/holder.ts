/** Who has a connection whole. */
export type HolderKind = 'transaction' | 'connection' | 'stream'

/** Who has a connection whole, at the moment of asking. */
export interface HolderStats {
  readonly kind: HolderKind
  /** Milliseconds since it was lent. */
  readonly heldFor: number
  /** The statement last sent; null before the first. Its values are not part of it. */
  readonly sql: string | null
  /** The call that borrowed it: a stack without offloop's own frames. */
  readonly borrowedAt: string
}

/** Whoever has a connection whole: since when, from where, and what was last sent. */
export class Holder {
  readonly kind: HolderKind
  sql: string | null = null
  /** When the connection was lent, in a clock's milliseconds. */
  since = 0
  /** It has been reported as a leak. */
  reported = false
  readonly #place: { stack?: string } = {}

  /** Made in the very call that borrows: its stack is what {@link stats} tells. */
  constructor(kind: HolderKind) {
    this.kind = kind
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(this.#place, Holder)
    Error.stackTraceLimit = stackTraceLimit
  }

  stats(now: number): HolderStats {
    const { kind, sql, since } = this
    return { kind, heldFor: Math.round(now - since), sql, borrowedAt: callersOf(this.#place.stack ?? '') }
  }
}

/** Frames taken of a stack, so that some of the caller's are among them. */
const FRAMES = 30
/** Frames of the caller that are told. */
const TOLD = 5

const OWN_FOLDER = new URL('../', import.meta.url).href

/** The frames of a stack that are the caller's own. */
function callersOf(stack: string): string {
  const frames = stack.split('\n').slice(1)
  const callers = frames.filter((frame) => !frame.includes(OWN_FOLDER) && !frame.includes('node:'))
  // Nothing is left where all of a program was made one file.
  return (callers.length > 0 ? callers : frames)
    .slice(0, TOLD)
    .map((frame) => frame.trim())
    .join('\n')
}

/** A holder in one line, for messages: what, how long, from where, and the last statement. */
export function describeHolder({ kind, heldFor, sql, borrowedAt }: HolderStats): string {
  const [place = 'a place that is not known'] = borrowedAt.split('\n')
  const last = sql === null ? 'has sent nothing yet' : `last sent ${shortened(sql)}`
  return `a ${kind} for ${heldFor} ms, borrowed ${place}, ${last}`
}

const LONGEST_SQL = 200

function shortened(sql: string): string {
  const text = sql.replace(/\s+/g, ' ').trim()
  return text.length <= LONGEST_SQL ? text : `${text.slice(0, LONGEST_SQL)}...`
}
