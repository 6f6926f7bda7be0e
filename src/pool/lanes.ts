import type { Clock } from '../base/clock.ts'
import { Failure } from '../contract/failure.ts'
import type { Layout } from '../contract/statement.ts'
import { tracedWait } from './acquire-trace.ts'
import { type Deadlines, noDeadlines } from './deadlines.ts'
import { closedRecord, queueFull } from './given-up.ts'
import { Holder } from './holder.ts'
import type { HolderKind } from './holder-stats.ts'
import type { Lane, Need } from './lane.ts'
import { groupsOf, type LaneGroup } from './lane-group.ts'
import { type Connect, type LaneCounts, LaneLife } from './lane-life.ts'
import { LeakWatch } from './leak-watch.ts'
import { openFailure } from './open-failure.ts'
import { Recovery } from './recovery.ts'
import type { Telling } from './telling.ts'
import type { Granted, Waiters } from './waiters.ts'
import { Watch } from './watch.ts'

/** Which kind of lane a caller needs. */
export type Intent = 'read' | 'write'

/** What lanes are told of their pool. */
export interface LanesSetting {
  readonly max: number
  readonly readOnly: boolean
  /** Tells how long a lane has given no answer. */
  readonly clock: Clock
  readonly connect: Connect
  readonly deadlines?: Deadlines
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
 * is mechanism only: it knows no SQL, and when somebody has waited or worked for too long is for its watch to see.
 */
export class Lanes {
  readonly #setting: LanesSetting
  readonly #life: LaneLife
  readonly #leaks: LeakWatch
  readonly #writers: LaneGroup
  /** The same as the writers where all lanes do everything. */
  readonly #readers: LaneGroup
  /** Takes lanes out of use until they have caught up. */
  readonly recovery: Recovery
  readonly #watch: Watch
  readonly #deadlines: Deadlines
  #layout: Layout
  #closed = false

  constructor(layout: Layout, setting: LanesSetting) {
    this.#layout = layout
    this.#setting = setting
    this.#deadlines = setting.deadlines ?? noDeadlines
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
    // A database that is planned to live in one connection would be gone with it.
    this.recovery = new Recovery(layout === 'one', {
      onRecovering: () => this.#watch.start(),
      onLost: (lane) => this.#onLost(lane),
      onRecovered: (lane) => this.#onRecovered(lane),
      onCaughtUp: () => this.#watch.onCaughtUp(),
    })
    this.#watch = new Watch(setting.clock, this.#deadlines, this)
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

  /** All who wait, by what they wait for. */
  get waiters(): readonly Waiters[] {
    return this.#groups.map(({ waiters }) => waiters)
  }

  /** The lane at once, or null when the caller has to wait. */
  take(intent: Intent, need: Need): Lane | null {
    if (this.#watch.asleep) this.#watch.start()
    return this.#closed ? null : this.#group(intent).take(need)
  }

  /** The lane as soon as it is the caller's turn. Who had one before goes before all who never had one. */
  wait(intent: Intent, need: Need, signal: AbortSignal | undefined, again: boolean = false): Promise<Granted> {
    const { telling, clock } = this.#setting
    if (!telling.ofWaits) return this.#wait(intent, need, signal, again)
    return tracedWait(telling, clock, { intent, need }, () => this.#wait(intent, need, signal, again))
  }

  #wait(intent: Intent, need: Need, signal: AbortSignal | undefined, again: boolean): Promise<Granted> {
    if (this.#closed) return Promise.resolve(new Failure(closedRecord))
    const { maxWaiting } = this.#deadlines
    if (this.#waitingCount >= maxWaiting && !again) return Promise.resolve(queueFull(maxWaiting))
    const group = this.#group(intent)
    const lane = group.waiters.wait(need, signal, this.#watch.now, again)
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

  /** Keeps a lane out of use until its connection has caught up with a call that was given up on it. */
  recover(lane: Lane): Promise<void> {
    this.recovery.recover(lane)
    return this.recovery.settled(lane)
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
      throw openFailure(error).toError()
    }
  }

  /** Refuses all who wait and come. */
  refuse(): void {
    this.#closed = true
    for (const { waiters } of this.#groups) waiters.refuseAll(new Failure(closedRecord))
  }

  /** Waits for those who are on, closes all connections. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#life.openings)
    // The writer goes last: what the last connection to a SQLite file leaves behind, only it can clear away.
    await Promise.all(this.lanes.filter((lane) => lane.role !== 'writer').map((lane) => this.#life.retire(lane)))
    await Promise.all(this.lanes.map((lane) => this.#life.retire(lane)))
  }

  /** Nothing is looked after any more. */
  end(): void {
    this.#watch.stop()
    this.recovery.end()
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
    return !this.#closed && this.#counted < this.#setting.max && group.lanes.length < group.most
  }

  // Lanes that are out have been replaced, or may be.
  get #counted(): number {
    let counted = 0
    for (const { isOut } of this.lanes) if (!isOut) counted++
    return counted
  }

  get #waitingCount(): number {
    return this.#groups.reduce((sum, { waiters }) => sum + waiters.size, 0)
  }

  #open(group: LaneGroup): void {
    const { role } = group
    if (group !== this.#writers && this.#canOpen(this.#writers)) this.#open(this.#writers)
    this.#life.open(role, role === 'reader' ? this.#life.openingOf('writer') : null)
  }

  #share(lanes: readonly Lane[]): void {
    for (const group of this.#groups) group.lanes = lanes.filter(({ role, isOut }) => role === group.role && !isOut)
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
    else group.waiters.refuseAll(openFailure(error))
  }

  // One that writes holds the database's lock, and one in which the database lives is all there is of it: another in its
  // place would be of no use.
  #onLost(lane: Lane): void {
    const out = this.lanes.filter(({ isOut }) => isOut).length
    if (lane.role === 'writer' || this.#layout === 'one' || out >= this.#setting.max) return
    lane.isOut = true
    this.#share(this.lanes)
    this.#serveAll()
  }

  #onRecovered(lane: Lane): void {
    const group = this.#groupOf(lane)
    lane.lost = false
    if (lane.isOut && !this.#canOpen(group)) return void this.#life.retire(lane)
    if (lane.isOut) {
      lane.isOut = false
      this.#share(this.lanes)
    }
    this.#serve(group)
    this.#life.onLeft(lane)
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
