import type { Clock } from '../base/clock.ts'
import type { Connection } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, Failure, recordOf } from '../contract/failure.ts'
import type { Layout, Role } from '../contract/statement.ts'
import { SingleAdmission } from './admission.ts'
import { Lane, type Need } from './lane.ts'
import { LaneGroup } from './lane-group.ts'
import { SpreadAdmission } from './spread-admission.ts'
import type { Granted } from './waiters.ts'

/** Which kind of lane a caller needs. */
export type Intent = 'read' | 'write'

/** What lanes are told of their pool. */
export interface LanesSetting {
  readonly max: number
  readonly readOnly: boolean
  /** Tells how long a lane has given no answer. */
  readonly clock: Clock
  /** Opens a connection, but not before `after` has resolved. */
  connect(role: Role, id: number, after: Promise<unknown> | null): Promise<Connection>
}

/** How many wait, by what they wait for. Together they are all who wait. */
export interface Waiting {
  /** Statements for the next lane with room: fast ones, and those that never ran. */
  readonly fast: number
  /** Slow statements, and whoever needs a connection whole, for a lane alone. */
  readonly slow: number
  /** Whoever waits for the one connection that writes, or that does everything. */
  readonly writer: number
}

/** Counts since the pool was made. */
export interface LaneCounts {
  opened: number
  closed: number
  lost: number
}

/**
 * The pool's connections and who gets which. Lanes are opened when somebody waits and there is room for one more. This
 * is mechanism only: it sets no timers and knows no SQL.
 */
export class Lanes {
  readonly #setting: LanesSetting
  readonly #counts: LaneCounts = { opened: 0, closed: 0, lost: 0 }
  readonly #opening = new Map<Lane, Promise<void>>()
  /** Lanes that are to be closed once nobody is on them, and whom to tell. */
  readonly #drained = new Map<Lane, () => void>()
  readonly #writers: LaneGroup
  /** The same as the writers where all lanes do everything. */
  readonly #readers: LaneGroup
  #lanes: readonly Lane[] = []
  #layout: Layout
  #nextId = 1
  #closed = false

  constructor(layout: Layout, setting: LanesSetting) {
    this.#layout = layout
    this.#setting = setting
    const { writers, readers } = groupsOf(layout, setting)
    this.#writers = writers
    this.#readers = readers
  }

  get lanes(): readonly Lane[] {
    return this.#lanes
  }

  get waiting(): Waiting {
    let slow = 0
    let size = 0
    let writer = 0
    for (const { role, waiters } of this.#groups) {
      if (role === 'writer') writer += waiters.size
      else {
        slow += waiters.slow
        size += waiters.size
      }
    }
    return { fast: size - slow, slow, writer }
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
    return this.#closed ? null : this.#group(intent).take(need)
  }

  /** The lane as soon as it is the caller's turn. */
  wait(intent: Intent, need: Need, signal: AbortSignal | undefined): Promise<Granted> {
    if (this.#closed) return Promise.resolve(new Failure(closedRecord))
    const group = this.#group(intent)
    const lane = group.waiters.wait(need, signal)
    this.#serve(group)
    return lane
  }

  /** Ends what {@link take} or {@link wait} began. */
  giveBack(lane: Lane, need: Need): void {
    const group = this.#groupOf(lane)
    group.giveBack(lane, need)
    if (group.waiters.size > 0) this.#serve(group)
    if (this.#drained.size > 0 && lane.state === 'idle') this.#drained.get(lane)?.()
  }

  /**
   * Keeps a lane out of use until its connection has caught up with what was given up on it. Calls behind it were
   * made before; nothing new is put there.
   */
  async recover(lane: Lane): Promise<void> {
    if (lane.recovering) return
    lane.recovering = true
    // Without a transaction a rollback does nothing; it is answered when all before it is done.
    const failure = await lane.open.rollback()
    // Nobody is to be sent there before the news of its end has come.
    if (failure?.record.kind === 'connectionLost') return
    lane.recovering = false
    this.#serve(this.#groupOf(lane))
    if (lane.state === 'idle') this.#drained.get(lane)?.()
  }

  /** Takes a lane out of use for good: its connection is lost, whether or not the news of its end has come. */
  abandon(lane: Lane): void {
    lane.recovering = true
    void lane.connection?.close()
  }

  /** Opens lanes until there are `count`, as far as the layout allows. */
  async openUpTo(count: number): Promise<void> {
    for (const group of this.#groups) while (this.#lanes.length < count && this.#canOpen(group)) this.#open(group)
    try {
      await Promise.all([...this.#opening.values()])
    } catch (error) {
      throw failureOf(error).toError()
    }
  }

  /** Refuses all who wait, waits for those who are on, closes all connections. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { waiters } of this.#groups) waiters.refuseAll(new Failure(closedRecord))
    await Promise.allSettled([...this.#opening.values()])
    // The writer goes last: what the last connection to a SQLite file leaves behind, only it can clear away.
    await Promise.all(this.#lanes.filter((lane) => lane.role !== 'writer').map((lane) => this.#retire(lane)))
    await Promise.all(this.#lanes.map((lane) => this.#retire(lane)))
  }

  // Those that write first: without them there may be nothing to read yet.
  get #groups(): readonly LaneGroup[] {
    return this.#readers === this.#writers ? [this.#writers] : [this.#writers, this.#readers]
  }

  #group(intent: Intent): LaneGroup {
    return intent === 'write' || this.#layout === 'one' ? this.#writers : this.#readers
  }

  #groupOf(lane: Lane): LaneGroup {
    return lane.role === this.#readers.role ? this.#readers : this.#writers
  }

  #serve(group: LaneGroup): void {
    group.serve()
    if (group.waiters.size > 0 && this.#canOpen(group) && !this.#isOpening(group)) this.#open(group)
  }

  #isOpening(group: LaneGroup): boolean {
    return group.lanes.some((lane) => this.#opening.has(lane))
  }

  #canOpen(group: LaneGroup): boolean {
    if (this.#layout === 'one' && group !== this.#writers) return false
    return !this.#closed && this.#lanes.length < this.#setting.max && group.lanes.length < group.most
  }

  #open(group: LaneGroup): void {
    const { role } = group
    if (group !== this.#writers && this.#canOpen(this.#writers)) this.#open(this.#writers)
    const lane = new Lane(this.#nextId++, role)
    this.#setLanes([...this.#lanes, lane])
    const after = role === 'reader' ? this.#writerOpening() : null
    const opened = this.#connect(lane, after)
    this.#opening.set(lane, opened)
    opened.then(
      () => this.#onOpened(lane),
      (error) => this.#onOpenFailed(lane, error),
    )
  }

  #setLanes(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    for (const group of this.#groups) group.lanes = lanes.filter(({ role }) => role === group.role)
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
    for (const group of this.#groups) this.#serve(group)
  }

  #onOpenFailed(lane: Lane, error: unknown): void {
    this.#opening.delete(lane)
    this.#setLanes(this.#lanes.filter((other) => other !== lane))
    const group = this.#groupOf(lane)
    if (group.lanes.some(({ connection }) => connection)) this.#serve(group)
    else group.waiters.refuseAll(failureOf(error))
  }

  // Found only now that one connection does all: who waited for a reader waits for it instead.
  #moveReadersOver(): void {
    if (this.#readers === this.#writers) return
    this.#readers.waiters.moveTo(this.#writers.waiters)
    for (const lane of this.#readers.lanes) if (lane.connection) void this.#retire(lane)
  }

  #onGone(lane: Lane, failure: Failure | null): void {
    lane.connection = null
    this.#setLanes(this.#lanes.filter((other) => other !== lane))
    this.#drained.get(lane)?.()
    if (failure) this.#counts.lost++
    else this.#counts.closed++
    for (const group of this.#groups) this.#serve(group)
  }

  async #retire(lane: Lane): Promise<void> {
    if (lane.connection && lane.state !== 'idle') {
      await new Promise<void>((resolve) => this.#drained.set(lane, resolve))
      this.#drained.delete(lane)
    }
    await lane.connection?.close()
  }
}

function groupsOf(layout: Layout, setting: LanesSetting): { writers: LaneGroup; readers: LaneGroup } {
  const { max, readOnly, clock } = setting
  const spread = (role: Role, most: number) =>
    new LaneGroup(role, most, new SpreadAdmission({ most, keepsOne: role === 'reader', clock }))
  if (readOnly || layout === 'equal') {
    const all = spread(readOnly ? 'reader' : 'any', max)
    return { writers: all, readers: all }
  }
  const writers = new LaneGroup('writer', 1, new SingleAdmission())
  return { writers, readers: layout === 'writer-readers' && max > 1 ? spread('reader', max - 1) : writers }
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
