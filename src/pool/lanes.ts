import type { Connection } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, Failure, recordOf } from '../contract/failure.ts'
import type { Layout, Role } from '../contract/statement.ts'
import { Lane, type Need } from './lane.ts'
import { type Granted, Waiters } from './waiters.ts'

/** Which kind of lane a caller needs. */
export type Intent = 'read' | 'write'

/** What lanes are told of their pool. */
export interface LanesSetting {
  readonly max: number
  readonly readOnly: boolean
  /** Opens a connection, but not before `after` has resolved. */
  connect(role: Role, id: number, after: Promise<unknown> | null): Promise<Connection>
}

/** Counts since the pool was made. */
export interface LaneCounts {
  opened: number
  closed: number
  lost: number
}

/**
 * The pool's connections and who gets which. Lanes are opened when somebody waits and there is room for one more. This
 * is mechanism only: it knows no clock and no SQL.
 */
export class Lanes {
  readonly #setting: LanesSetting
  readonly #reading = new Waiters()
  readonly #writing = new Waiters()
  readonly #counts: LaneCounts = { opened: 0, closed: 0, lost: 0 }
  readonly #opening = new Map<Lane, Promise<void>>()
  /** Lanes that are to be closed once nobody is on them, and whom to tell. */
  readonly #drained = new Map<Lane, () => void>()
  #lanes: readonly Lane[] = []
  #layout: Layout
  #nextId = 1
  #closed = false

  constructor(layout: Layout, setting: LanesSetting) {
    this.#layout = layout
    this.#setting = setting
  }

  get lanes(): readonly Lane[] {
    return this.#lanes
  }

  get waiting(): number {
    return this.#reading.size + this.#writing.size
  }

  get counts(): Readonly<LaneCounts> {
    return this.#counts
  }

  /** Whether reads have lanes of their own. */
  get separatesReaders(): boolean {
    return this.#layout === 'writer-readers' && this.#setting.max > 1 && !this.#setting.readOnly
  }

  /** The lane at once, or null when the caller has to wait. */
  take(intent: Intent, need: Need): Lane | null {
    if (this.#closed || this.#queue(intent).size > 0) return null
    const lane = this.#find(intent, need)
    lane?.take(need)
    return lane
  }

  /** The lane as soon as it is the caller's turn. */
  wait(intent: Intent, need: Need, signal: AbortSignal | undefined): Promise<Granted> {
    if (this.#closed) return Promise.resolve(new Failure(closedRecord))
    const lane = this.#queue(intent).wait(need, signal)
    this.#serve()
    return lane
  }

  /** Ends what {@link take} or {@link wait} began. */
  giveBack(lane: Lane, need: Need): void {
    lane.giveBack(need)
    this.#serve()
  }

  /**
   * Keeps a lane out of use until its connection has caught up with what was given up on it. Calls behind it were
   * made before; nothing new is put there.
   */
  async recover(lane: Lane): Promise<void> {
    if (lane.recovering) return
    lane.recovering = true
    // Without a transaction a rollback does nothing; it is answered when all before it is done.
    await lane.open.rollback()
    lane.recovering = false
    this.#serve()
  }

  /** Takes a lane out of use for good: its connection is lost, whether or not the news of its end has come. */
  abandon(lane: Lane): void {
    lane.recovering = true
    void lane.connection?.close()
  }

  /** Opens lanes until there are `count`, as far as the layout allows. */
  async openUpTo(count: number): Promise<void> {
    while (this.#lanes.length < count && this.#canOpen('write')) this.#open('write')
    while (this.#lanes.length < count && this.#canOpen('read')) this.#open('read')
    try {
      await Promise.all([...this.#opening.values()])
    } catch (error) {
      throw failureOf(error).toError()
    }
  }

  /** Refuses all who wait, waits for those who are on, closes all connections. */
  async close(): Promise<void> {
    this.#closed = true
    this.#reading.refuseAll(new Failure(closedRecord))
    this.#writing.refuseAll(new Failure(closedRecord))
    await Promise.allSettled([...this.#opening.values()])
    // The writer goes last: what the last connection to a SQLite file leaves behind, only it can clear away.
    await Promise.all(this.#lanes.filter((lane) => lane.role !== 'writer').map((lane) => this.#retire(lane)))
    await Promise.all(this.#lanes.map((lane) => this.#retire(lane)))
  }

  #queue(intent: Intent): Waiters {
    return this.#queueOf(this.#roleFor(intent))
  }

  #queueOf(role: Role): Waiters {
    return role === 'reader' ? this.#reading : this.#writing
  }

  #roleFor(intent: Intent): Role {
    if (this.#setting.readOnly) return 'reader'
    if (this.separatesReaders) return intent === 'read' ? 'reader' : 'writer'
    return this.#layout === 'equal' ? 'any' : 'writer'
  }

  #find(intent: Intent, need: Need): Lane | null {
    return this.#findFor(this.#roleFor(intent), need)
  }

  // The first lane that has room, so that few threads are kept busy rather than many half asleep.
  #findFor(role: Role, need: Need): Lane | null {
    for (const lane of this.#lanes) if (lane.role === role && lane.admits(need)) return lane
    return null
  }

  #serve(): void {
    for (const intent of ['write', 'read'] as const) {
      const role = this.#roleFor(intent)
      this.#queueOf(role).serve((need) => this.#findFor(role, need))
      if (this.#queueOf(role).size > 0 && this.#canOpen(intent) && !this.#isOpening(role)) this.#open(intent)
    }
    for (const [lane, resolve] of this.#drained) if (lane.state === 'idle') resolve()
  }

  #isOpening(role: Role): boolean {
    return [...this.#opening.keys()].some((lane) => lane.role === role)
  }

  #canOpen(intent: Intent): boolean {
    if (this.#closed || this.#lanes.length >= this.#setting.max) return false
    const role = this.#roleFor(intent)
    const ofRole = this.#lanes.filter((lane) => lane.role === role).length
    if (role === 'writer') return ofRole === 0
    if (this.separatesReaders) return ofRole < this.#setting.max - 1
    return true
  }

  #open(intent: Intent): void {
    const role = this.#roleFor(intent)
    if (role === 'reader' && !this.#setting.readOnly && this.#canOpen('write')) this.#open('write')
    const lane = new Lane(this.#nextId++, role)
    this.#lanes = [...this.#lanes, lane]
    const after = role === 'reader' ? this.#writerOpening() : null
    const opened = this.#connect(lane, after)
    this.#opening.set(lane, opened)
    opened.then(
      () => this.#onOpened(lane),
      (error) => this.#onOpenFailed(lane, error),
    )
  }

  #writerOpening(): Promise<void> | null {
    for (const [lane, opened] of this.#opening) if (lane.role === 'writer') return opened
    return null
  }

  async #connect(lane: Lane, after: Promise<void> | null): Promise<void> {
    const connection = await this.#setting.connect(lane.role, lane.id, after)
    lane.connection = connection
    this.#counts.opened++
    void connection.closed.then((failure) => this.#onGone(lane, failure))
    // The file may allow less than planned: without a write-ahead log one connection does everything.
    if (lane.role === 'writer' && connection.layout === 'one') this.#layout = 'one'
  }

  #onOpened(lane: Lane): void {
    this.#opening.delete(lane)
    if (this.#layout === 'one') this.#moveReadersOver()
    this.#serve()
  }

  #onOpenFailed(lane: Lane, error: unknown): void {
    this.#opening.delete(lane)
    this.#lanes = this.#lanes.filter((other) => other !== lane)
    const others = this.#lanes.some((other) => other.role === lane.role && other.connection)
    if (!others) this.#queueOf(lane.role).refuseAll(failureOf(error))
    else this.#serve()
  }

  // Found only now that one connection does all: who waited for a reader waits for it instead.
  #moveReadersOver(): void {
    this.#reading.moveTo(this.#writing)
    for (const lane of this.#lanes) if (lane.role === 'reader' && lane.connection) void this.#retire(lane)
  }

  #onGone(lane: Lane, failure: Failure | null): void {
    lane.connection = null
    this.#lanes = this.#lanes.filter((other) => other !== lane)
    this.#drained.get(lane)?.()
    if (failure) this.#counts.lost++
    else this.#counts.closed++
    this.#serve()
  }

  async #retire(lane: Lane): Promise<void> {
    if (lane.connection && lane.state !== 'idle') {
      await new Promise<void>((resolve) => this.#drained.set(lane, resolve))
      this.#drained.delete(lane)
    }
    await lane.connection?.close()
  }
}

/** What calls on a closed pool are refused with. */
export const closedRecord: ErrorRecord = {
  type: 'PoolClosedError',
  message: 'the pool is closed',
  code: 'POOL_CLOSED',
  kind: 'closed',
}

// Every caller makes an error of its own from it, which names the caller; only a stranger's error is passed on as it is.
function failureOf(error: unknown): Failure {
  if (error instanceof SqlError) return new Failure(recordOf(error))
  return new Failure({ type: 'OperationalError', message: String(error) }, error)
}
