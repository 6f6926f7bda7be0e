import { type Scan, scan } from './scan.ts'
import type { WireStatement } from './wire/statement.ts'

/** A statement's text, and what the server made of it. */
export interface Known {
  readonly sql: string
  /** What kinds of values it is prepared for; empty where that makes no difference. */
  readonly kinds: string
  readonly bytes: number
  readonly scan: Scan
  /** The statement as the server has it prepared; null when it has not. */
  wire: WireStatement | null
  /** The server prepares no such statement: it is sent as text. */
  isText: boolean
  /** Calls that have it in use. */
  uses: number
  /** Asked for since it was last at the end of the row. */
  isFresh: boolean
  isKept: boolean
}

/** The statements that a connection keeps prepared, of which there is a most; those longest unused are closed. */
export class Statements {
  readonly #capacity: number
  readonly #close: (wire: WireStatement) => void
  readonly #kept = new Map<string, Known>()

  constructor(capacity: number, close: (wire: WireStatement) => void) {
    this.#capacity = capacity
    this.#close = close
  }

  /** The statement of this text for values of such kinds, in use until it is given back. */
  take(sql: string, kinds = ''): Known {
    let known = this.#kept.get(keyOf(sql, kinds))
    if (known === undefined) {
      known = this.#made(sql, kinds)
      this.#keep(known)
    }
    known.isFresh = true
    known.uses++
    return known
  }

  giveBack(known: Known): void {
    known.uses--
    if (known.uses === 0 && !known.isKept) this.forget(known)
  }

  /** The server is to forget a statement: it is prepared anew when it is needed again. */
  forget(known: Known): void {
    const { wire } = known
    known.wire = null
    if (wire) this.#close(wire)
  }

  /** The server has forgotten all of them. */
  clear(): void {
    for (const known of this.#kept.values()) {
      known.wire = null
      known.isKept = false
    }
    this.#kept.clear()
  }

  #made(sql: string, kinds: string): Known {
    const bytes = Buffer.byteLength(sql)
    return { sql, kinds, bytes, scan: scan(sql), wire: null, isText: false, uses: 0, isFresh: false, isKept: false }
  }

  #keep(known: Known): void {
    while (this.#kept.size >= this.#capacity && this.#kept.size > 0) this.#drop()
    known.isKept = this.#capacity > 0
    if (known.isKept) this.#kept.set(keyOf(known.sql, known.kinds), known)
  }

  // One that was asked for meanwhile goes to the end of the row instead; the next one is it at the latest.
  #drop(): void {
    for (const [key, known] of this.#kept) {
      this.#kept.delete(key)
      if (known.isFresh) {
        known.isFresh = false
        this.#kept.set(key, known)
        continue
      }
      known.isKept = false
      if (known.uses === 0) this.forget(known)
      return
    }
  }
}

// No statement holds the character between the two.
function keyOf(sql: string, kinds: string): string {
  return kinds === '' ? sql : `${sql}\0${kinds}`
}
