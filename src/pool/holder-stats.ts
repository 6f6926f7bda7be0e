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
