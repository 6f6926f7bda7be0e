import type { Clock } from '../base/clock.ts'
import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, Failure, recordOf } from '../contract/failure.ts'
import type { Layout, Role } from '../contract/statement.ts'
import { tracedWait } from './acquire-trace.ts'
import { SingleAdmission } from './admission.ts'
import { Holder } from './holder.ts'
import type { HolderKind } from './holder-stats.ts'
import type { Lane, Need } from './lane.ts'
import { LaneGroup } from './lane-group.ts'
import { type Connect, type LaneCounts, LaneLife } from './lane-life.ts'
import { LeakWatch } from './leak-watch.ts'
import { SpreadAdmission } from './spread-admission.ts'
import type { Telling } from './telling.ts'
import type { Granted } from './waiters.ts'

/** Which kind of lane a caller needs. */
export type Intent = 'read' | 'write'

/** What lanes are told of their pool. */
export interface LanesSetting {
  readonly max: number
  readonly readOnly: boolean
  /** Tells how long a lane has given no answer. */
  readonly clock: Clock
  /**
   * Given where a reader need not wait for a writer if the database is ready for it. Called when readers that never had
   * a writer beside them are closed; clears away what they left behind. Never rejects.
   */
  readonly afterReaders?: (() => Promise<void>) | null
  readonly connect: Connect
  readonly telling: Telling
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

/**
 * The pool's connections and who gets which. Lanes are opened when somebody waits and there is room for one more. This
 * is mechanism only: it sets no timers and knows no SQL.
 */
export class Lanes {
  readonly #setting: LanesSetting
  readonly #life: LaneLife
  readonly #leaks: LeakWatch
  readonly #writers: LaneGroup
  /** The same as the writers where all lanes do everything. */
  readonly #readers: LaneGroup
  #layout: Layout
  #closed = false

  constructor(layout: Layout, setting: LanesSetting) {
    this.#layout = layout
    this.#setting = setting
    const { writers, readers } = groupsOf(layout, setting)
    this.#writers = writers
    this.#readers = readers
    this.#leaks = new LeakWatch(setting.telling, setting.clock, () => this.lanes)
    this.#life = new LaneLife(setting.connect, {
      onLanes: (lanes) => this.#share(lanes),
      onOpened: (lane) => this.#onOpened(lane),
      onOpenFailed: (lane, error) => this.#onOpenFailed(lane, error),
      onGone: () => this.#serveAll(),
    })
  }

  get lanes(): readonly Lane[] {
    return this.#life.lanes
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
    return this.#life.counts
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
    const { telling, clock } = this.#setting
    if (!telling.ofWaits) return this.#wait(intent, need, signal)
    return tracedWait(telling, clock, { intent, need }, () => this.#wait(intent, need, signal))
  }

  #wait(intent: Intent, need: Need, signal: AbortSignal | undefined): Promise<Granted> {
    if (this.#closed) return Promise.resolve(new Failure(closedRecord))
    const group = this.#group(intent)
    const lane = group.waiters.wait(need, signal)
    this.#serve(group)
    return lane
  }

  /** Whoever asks for a lane whole, in the call that does so; {@link lend} is to be told once the lane is there. */
  holder(kind: HolderKind): Holder {
    return new Holder(kind, this.#setting.telling, this.#setting.clock)
  }

  /** Notes who has a lane whole that was taken for them, until it is given back. */
  lend(lane: Lane, holder: Holder): void {
    this.#leaks.lend(lane, holder)
  }

  /** Whether whoever waits for such a lane gets it from the holders of these lanes or not at all. */
  comesOnlyFrom(intent: Intent, isHeld: (lane: Lane) => boolean): boolean {
    const group = this.#group(intent)
    return !this.#closed && !this.#canOpen(group) && group.lanes.every(isHeld)
  }

  /** Ends what {@link take} or {@link wait} began. */
  giveBack(lane: Lane, need: Need): void {
    const group = this.#groupOf(lane)
    group.giveBack(lane, need)
    if (group.waiters.size > 0) this.#serve(group)
    this.#life.onLeft(lane)
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
    this.#serve(this.#groupOf(lane))
    this.#life.onLeft(lane)
  }

  /** Takes a lane out of use for good: its connection is lost, whether or not the news of its end has come. */
  abandon(lane: Lane): void {
    lane.recovering = true
    void lane.connection?.close()
  }

  /** Opens lanes until there are `count`, as far as the layout allows. */
  async openUpTo(count: number): Promise<void> {
    for (const group of this.#groups) while (this.lanes.length < count && this.#canOpen(group)) this.#open(group)
    try {
      await Promise.all(this.#life.openings)
    } catch (error) {
      throw failureOf(error).toError()
    }
  }

  /** Refuses all who wait, waits for those who are on, closes all connections. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { waiters } of this.#groups) waiters.refuseAll(new Failure(closedRecord))
    await Promise.allSettled(this.#life.openings)
    const hadWriter = this.#writers.lanes.length > 0 || this.lanes.length === 0
    // The writer goes last: what the last connection to a SQLite file leaves behind, only it can clear away.
    await Promise.all(this.lanes.filter((lane) => lane.role !== 'writer').map((lane) => this.#life.retire(lane)))
    await Promise.all(this.lanes.map((lane) => this.#life.retire(lane)))
    if (!hadWriter) await this.#setting.afterReaders?.()
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
    return group.lanes.some((lane) => this.#life.isOpening(lane))
  }

  #canOpen(group: LaneGroup): boolean {
    if (this.#layout === 'one' && group !== this.#writers) return false
    return !this.#closed && this.lanes.length < this.#setting.max && group.lanes.length < group.most
  }

  #open(group: LaneGroup): void {
    const { role } = group
    const lacksWriter = group !== this.#writers && this.#canOpen(this.#writers)
    if (lacksWriter && this.#setting.afterReaders) return this.#life.open(role, this.#openWriter)
    if (lacksWriter) this.#open(this.#writers)
    this.#life.open(role, role === 'reader' ? this.#life.openingOf('writer') : null)
  }

  readonly #openWriter = (): Promise<void> | null => {
    if (this.#canOpen(this.#writers)) this.#open(this.#writers)
    return this.#life.openingOf('writer')
  }

  #share(lanes: readonly Lane[]): void {
    for (const group of this.#groups) group.lanes = lanes.filter(({ role }) => role === group.role)
  }

  #onOpened(lane: Lane): void {
    // The file may allow less than planned: without a write-ahead log one connection does everything.
    if (lane.role === 'writer' && lane.connection?.layout === 'one') this.#layout = 'one'
    if (this.#layout === 'one') this.#moveReadersOver()
    this.#serveAll()
  }

  #onOpenFailed(lane: Lane, error: unknown): void {
    const group = this.#groupOf(lane)
    if (group.lanes.some(({ connection }) => connection)) this.#serve(group)
    else group.waiters.refuseAll(failureOf(error))
  }

  #serveAll(): void {
    for (const group of this.#groups) this.#serve(group)
  }

  // Found only now that one connection does all: who waited for a reader waits for it instead.
  #moveReadersOver(): void {
    if (this.#readers === this.#writers) return
    this.#readers.waiters.moveTo(this.#writers.waiters)
    for (const lane of this.#readers.lanes) if (lane.connection) void this.#life.retire(lane)
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
