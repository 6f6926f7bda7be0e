import type { Standing } from '../../contract/standing.ts'

/** What is known of one of the servers. */
export interface HostNews {
  readonly name: string
  /** `unknown` before it was asked; `away` also when it did not answer. */
  readonly role: Standing['role'] | 'unknown'
  /** Whatever was committed before this moment is there, by the pool's clock; -Infinity when nobody knows. */
  readonly freshAsOf: number
}

interface Host {
  readonly index: number
  readonly name: string
  role: HostNews['role']
  term: number
  freshAsOf: number
}

/** How far the primary was at some moment: what was committed before is not beyond the position. */
interface Mark {
  readonly at: number
  readonly position: bigint
}

/** So many marks are remembered: a replica that is further behind counts as one of which nothing is known. */
const MARKS = 64
const NEVER = Number.NEGATIVE_INFINITY

/**
 * What a pool knows of the servers that hold its database: which one takes writes, and how fresh the others are. It asks
 * nobody; whoever asks tells it, with the time at which he asked.
 */
export class Fleet {
  readonly #hosts: readonly Host[]
  readonly #marks: Mark[] = []
  readonly #onChange: () => void
  #primary: Host | null = null
  #term = NEVER

  /** @param onChange called when another server takes writes, or one is of no use any more */
  constructor(names: readonly string[], onChange: () => void) {
    this.#hosts = names.map((name, index) => ({ index, name, role: 'unknown', term: NEVER, freshAsOf: NEVER }))
    this.#onChange = onChange
  }

  get news(): readonly HostNews[] {
    return this.#hosts.map(({ name, role, freshAsOf }) => Object.freeze({ name, role, freshAsOf }))
  }

  /** The server that takes writes; null when none is known. */
  get primary(): number | null {
    return this.#primary?.index ?? null
  }

  /** All servers, those first that are most likely to be, or to become, the primary. */
  get candidates(): readonly number[] {
    const rank = (host: Host) => (host === this.#primary ? 0 : RANKS[host.role])
    return [...this.#hosts].sort((one, other) => rank(one) - rank(other)).map(({ index }) => index)
  }

  /** A server has said what it is, asked at that time. True when it is the one that takes writes. */
  heard(index: number, { role, position, term }: Standing, askedAt: number): boolean {
    const host = this.#hosts[index] as Host
    host.role = role
    host.term = term ?? NEVER
    const isPrimary = this.#follow(host)
    if (position === null) return isPrimary
    if (isPrimary) this.#mark(position, askedAt)
    const reached = this.#marks.findLast((mark) => mark.position <= position)
    if (reached && reached.at > host.freshAsOf) host.freshAsOf = reached.at
    return isPrimary
  }

  /** A server could not be asked, or did not answer. */
  missed(index: number): void {
    const host = this.#hosts[index] as Host
    if (host.role === 'away') return
    host.role = 'away'
    if (host === this.#primary) this.#lead(null)
    this.#onChange()
  }

  /** Servers beside the primary that have all that was committed before then. */
  replicas(since: number): readonly number[] {
    return this.#hosts.filter((host) => this.#isReadable(host) && host.freshAsOf >= since).map(({ index }) => index)
  }

  /** Whatever was committed before then is there; -Infinity when nobody knows. */
  freshAsOf(index: number): number {
    return this.#hosts[index]?.freshAsOf ?? NEVER
  }

  isAway(index: number): boolean {
    return this.#hosts[index]?.role === 'away'
  }

  // A cluster in which all take writes has its writes on one of them, as long as that one is there.
  #isReadable(host: Host): boolean {
    return host !== this.#primary && (host.role === 'replica' || host.role === 'primary')
  }

  #follow(host: Host): boolean {
    if (host.role !== 'primary') {
      if (host === this.#primary) this.#lead(null)
      return false
    }
    if (host === this.#primary) return true
    // One that was replaced and does not know it yet says the same of itself, of an earlier term.
    if (this.#primary && host.term <= this.#primary.term) return false
    if (host.term < this.#term) return false
    this.#lead(host)
    return true
  }

  #lead(host: Host | null): void {
    this.#primary = host
    if (host) {
      this.#term = host.term
      // What others have of an earlier primary need not be what this one has.
      this.#marks.length = 0
      for (const other of this.#hosts) other.freshAsOf = NEVER
    }
    this.#onChange()
  }

  #mark(position: bigint, at: number): void {
    if (this.#marks.push({ at, position }) > MARKS) this.#marks.shift()
  }
}

const RANKS = { primary: 1, unknown: 2, replica: 3, away: 4 } as const
