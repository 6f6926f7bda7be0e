import { type ErrorRecord, Failure } from '../contract/failure.ts'
import type { Layout } from '../contract/statement.ts'
import { tracedWait } from './acquire-trace.ts'
import { noDeadlines } from './deadlines.ts'
import { Doubts } from './doubts.ts'
import { drain } from './drain.ts'
import { queueFull } from './given-up.ts'
import { Holder } from './holder.ts'
import type { HolderKind } from './holder-stats.ts'
import type { Lane, Need } from './lane.ts'
import { groupsOf, type LaneGroup } from './lane-group.ts'
import { type LaneCounts, LaneLife, type LaneOwner } from './lane-life.ts'
import type { LanesSetting } from './lanes-setting.ts'
import { LeakWatch } from './leak-watch.ts'
import { Openings } from './openings.ts'
import { Recovery, type RecoveryObserver } from './recovery.ts'
import { Renewal } from './renewal.ts'
import { Supply } from './supply.ts'
import type { Granted, Waiters } from './waiters.ts'
import { type Waiting, waitingCount, waitingIn } from './waiting.ts'
import { Watch } from './watch.ts'

/** Which kind of lane a caller needs. */
export type Intent = 'read' | 'write'

/**
 * The pool's connections and who gets which. Lanes are opened when somebody waits and there is room for one more. This
 * is mechanism only: it knows no SQL, and when to do what is for others to say.
 */
export class Lanes {
  readonly #setting: LanesSetting
  readonly #life: LaneLife
  readonly #leaks: LeakWatch
  /** Decides when connections are opened again that could not be. */
  readonly openings: Openings
  readonly #supply: Supply
  readonly #doubts: Doubts
  /** Takes lanes out of use until they have caught up. */
  readonly recovery: Recovery
  readonly renewal: Renewal
  readonly #watch: Watch
  readonly #writers: LaneGroup
  /** The same as the writers where all lanes do everything. */
  readonly #readers: LaneGroup
  readonly #planned: Layout
  #layout: Layout
  /** What everybody who comes is refused with. */
  #refusal: ErrorRecord | null = null

  constructor(layout: Layout, setting: LanesSetting) {
    this.#planned = layout
    this.#layout = layout
    this.#setting = setting
    const { writers, readers } = groupsOf(layout, setting)
    this.#writers = writers
    this.#readers = readers
    this.#leaks = new LeakWatch(setting.telling, setting.clock, () => this.lanes)
    const owner: LaneOwner = {
      onLanes: (lanes) => this.#share(lanes),
      onOpened: (lane) => this.#onOpened(lane),
      onOpenFailed: (lane, error) => this.#onOpenFailed(lane, error),
      onGone: (lane, failure) => this.#onGone(lane, failure),
      onCloseFailed: (lane, failure) => setting.observers.forEach((one) => void one.onCloseFailed?.(lane, failure)),
    }
    this.#life = new LaneLife(setting.connect, owner, setting.firstId)
    this.renewal = new Renewal(this, setting.clock)
    this.openings = new Openings(setting.clock, () => this.#serveAll())
    this.#supply = new Supply(this.#life, this.openings, setting)
    this.#supplyAll()
    this.#doubts = new Doubts(setting.probe, {
      onTrusted: (lane) => this.#onCaughtUp(lane),
      onLost: (lane, failure) => this.drop(lane, failure),
    })
    this.recovery = new Recovery({ max: setting.max, livesInOne: layout === 'one' }, this.#recoveryObserver())
    this.#watch = new Watch(setting.clock, setting.deadlines ?? noDeadlines, this)
  }

  get lanes(): readonly Lane[] {
    return this.#life.lanes
  }

  get waiting(): Waiting {
    return waitingIn(this.#groups)
  }

  /** All who wait, by what they wait for. */
  get waiters(): readonly Waiters[] {
    return this.#groups.map(({ waiters }) => waiters)
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
    if (this.#refusal) return null
    if (this.#watch.asleep) this.#watch.start()
    return this.#group(intent).take(need)
  }

  /** The lane as soon as it is the caller's turn. Who had one before goes before all who never had one. */
  wait(intent: Intent, need: Need, signal: AbortSignal | undefined, again: boolean = false): Promise<Granted> {
    const { telling, clock } = this.#setting
    if (!telling.ofWaits) return this.#wait(intent, need, signal, again)
    return tracedWait(telling, clock, { intent, need }, () => this.#wait(intent, need, signal, again))
  }

  #wait(intent: Intent, need: Need, signal: AbortSignal | undefined, again: boolean): Promise<Granted> {
    if (this.#refusal) return Promise.resolve(new Failure(this.#refusal))
    const group = this.#group(intent)
    if (this.openings.refusal && !group.isOpen) return Promise.resolve(this.openings.refusal)
    const { maxWaiting } = this.#watch.deadlines
    if (!again && waitingCount(this.#groups) >= maxWaiting) return Promise.resolve(queueFull(maxWaiting))
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
    return !this.#refusal && !this.#supply.mayGrow(group) && group.lanes.every(isHeld)
  }

  /** Ends what {@link take} or {@link wait} began. */
  giveBack(lane: Lane, need: Need): void {
    const group = this.#groupOf(lane)
    group.giveBack(lane, need)
    if (group.waiters.size > 0) this.#serve(group)
    this.#life.onLeft(lane)
  }

  /** Takes a lane out of use for good: its connection is lost, whether or not the news of its end has come. */
  abandon(lane: Lane): void {
    lane.recovering = true
    void lane.connection?.close()
  }

  /** Gives a lane up at once: it is lost, whatever its connection still does. */
  drop(lane: Lane, failure: Failure): void {
    lane.recovering = true
    this.#life.drop(lane, failure)
  }

  /** Closes a lane once nobody is on it; another takes its place if there would be too few. */
  async retire(lane: Lane): Promise<void> {
    lane.leave()
    this.#doubts.forget(lane)
    await this.#life.retire(lane)
  }

  /** Keeps an idle lane from serving anybody before it has answered a probe. */
  doubt(lane: Lane): void {
    this.#doubts.add(lane)
  }

  /** Opens lanes until there are `count`, as far as the layout allows, whatever failed before; so many are kept then. */
  openUpTo(count: number): Promise<void> {
    return this.#supply.fillUpTo(count)
  }

  /** Refuses all who wait, and everybody who comes, until {@link reopen}. */
  refuse(record: ErrorRecord): void {
    this.#refusal = record
    this.#supply.stop()
    for (const { waiters } of this.#groups) waiters.refuseAll(new Failure(record))
  }

  /** Waits for those who are on, closes all connections; does no more once it is over, since nobody waits any longer. */
  drain(isOver: () => boolean): Promise<void> {
    const hasWriter = () => this.#writers.lanes.length > 0 || this.lanes.length === 0
    return drain(this.#life, { isOver, hasWriter, afterReaders: this.#setting.afterReaders })
  }

  /** Leaves behind what is still there: nothing is looked after any more. */
  leave(failure: Failure): void {
    this.#watch.stop()
    this.recovery.end()
    for (const lane of this.lanes) this.drop(lane, failure)
  }

  /** Lets everybody come again after all were refused. */
  reopen(): void {
    this.#layout = this.#planned
    this.#supplyAll()
    this.#refusal = null
  }

  // Those that write first: without them there may be nothing to read yet.
  get #groups(): readonly LaneGroup[] {
    return this.#readers === this.#writers ? [this.#writers] : [this.#writers, this.#readers]
  }

  #supplyAll(): void {
    this.#supply.groups = this.#layout === 'one' ? [this.#writers] : this.#groups
  }

  #group(intent: Intent): LaneGroup {
    return intent === 'write' || this.#layout === 'one' ? this.#writers : this.#readers
  }

  #groupOf(lane: Lane): LaneGroup {
    return lane.role === this.#readers.role ? this.#readers : this.#writers
  }

  #serve(group: LaneGroup): void {
    group.serve()
    if (group.waiters.size === 0) return
    if (this.#doubts.any) this.#doubts.settle(group.lanes)
    this.#supply.provide(group)
  }

  #share(lanes: readonly Lane[]): void {
    for (const group of this.#groups) group.lanes = lanes.filter(({ role, isOut }) => role === group.role && !isOut)
  }

  #onOpened(lane: Lane): void {
    // The file may allow less than planned: without a write-ahead log one connection does everything.
    if (lane.role === 'writer' && lane.connection?.layout === 'one') this.#layout = 'one'
    if (this.#layout === 'one') this.#moveReadersOver()
    if (!this.#refusal) this.#supplyAll()
    // Somebody has closed the pool and did not wait for it.
    else void this.retire(lane)
    this.openings.opened()
    for (const observer of this.#setting.observers) observer.onOpened(lane)
    this.#serveAll()
  }

  #onOpenFailed(lane: Lane, error: unknown): void {
    const told = this.#supply.failed(lane, error)
    for (const observer of this.#setting.observers) observer.onOpenFailed(lane, error)
    if (told) this.#groupOf(lane).waiters.refuseAll(told)
    else this.#serve(this.#groupOf(lane))
    this.openings.hold(this.#groups.some(({ waiters }) => waiters.size > 0))
  }

  #onGone(lane: Lane, failure: Failure | null): void {
    this.#doubts.forget(lane)
    for (const observer of this.#setting.observers) observer.onGone(lane, failure)
    if (failure && !this.#refusal) {
      this.#supply.lost(lane, failure)
      // Each connection to a server that went away is dead, and each would cost a call to find out.
      for (const other of this.lanes) this.#doubts.add(other)
    }
    this.#serveAll()
  }

  #recoveryObserver(): RecoveryObserver {
    return {
      onRecovering: () => this.#watch.start(),
      // Another writer could only wait for the lock; and where one does everything, there may be no other.
      isReplaceable: ({ role }) => role !== 'writer' && this.#layout !== 'one',
      onOut: () => this.#serveAll(),
      onRecovered: (lane) => this.#onRecovered(lane),
      onCaughtUp: () => this.#watch.onCaughtUp(),
    }
  }

  #onRecovered(lane: Lane): void {
    this.#share(this.lanes)
    if (lane.isOut && !this.#supply.mayGrow(this.#groupOf(lane))) void this.retire(lane)
    else lane.isOut = false
    this.#serveAll()
    this.#life.onLeft(lane)
  }

  #onCaughtUp(lane: Lane): void {
    this.#serve(this.#groupOf(lane))
    this.#life.onLeft(lane)
  }

  #serveAll(): void {
    this.#share(this.lanes)
    for (const group of this.#groups) this.#serve(group)
    this.#supply.fill()
  }

  // Found only now that one connection does all: who waited for a reader waits for it instead.
  #moveReadersOver(): void {
    if (this.#readers === this.#writers) return
    this.#readers.waiters.moveTo(this.#writers.waiters)
    for (const lane of this.#readers.lanes) if (lane.connection) void this.retire(lane)
  }
}
