import { SqlError } from '../contract/errors.ts'
import { Failure, recordOf } from '../contract/failure.ts'
import type { Lane } from './lane.ts'
import type { LaneGroup } from './lane-group.ts'
import type { LaneLife } from './lane-life.ts'
import type { Openings } from './openings.ts'

/** What there may be. */
export interface SupplySetting {
  /** How many lanes there are again after one was lost, if there were as many before. */
  readonly min: number
  readonly max: number
  /** As long as no connection is open, one is opened first, and the others when it is there. */
  readonly oneFirst?: boolean
  /**
   * Given where a reader need not wait for a writer if the database is ready for it. Called when readers that have no
   * writer beside them were closed; clears away what they left behind. Never rejects.
   */
  readonly afterReaders?: (() => Promise<void>) | null
}

/** Opens lanes: when somebody waits and there is room for one more, and as many as are to be there in any case. */
export class Supply {
  readonly #life: LaneLife
  readonly #openings: Openings
  readonly #setting: SupplySetting
  /** The groups that may have lanes, those that write first: without them there may be nothing to read yet. */
  groups: readonly LaneGroup[] = []
  /** So many lanes are to be there without anybody waiting for them. */
  #floor = 0

  constructor(life: LaneLife, openings: Openings, setting: SupplySetting) {
    this.#life = life
    this.#openings = openings
    this.#setting = setting
  }

  /** Opens a lane for those who wait, unless one is on its way. */
  provide(group: LaneGroup): void {
    if (this.#canOpen(group) && !this.#isOpening(group)) this.#open(group)
    // Between two attempts nothing else may keep the process alive.
    this.#openings.hold(true)
  }

  /** Opens lanes until there are as many as are to be there in any case. */
  fill(): void {
    for (const group of this.groups) {
      while (this.#lanes.length < this.#floor && this.#canOpen(group) && !this.#waitsForFirst) this.#open(group)
    }
  }

  /** Opens lanes until there are `count`, whatever failed before; so many are kept from now on. */
  async fillUpTo(count: number): Promise<void> {
    this.#floor = count
    this.#openings.reset()
    this.fill()
    try {
      // What is opened when the first one is there comes after it.
      while (this.#life.openings.length > 0) await Promise.all(this.#life.openings)
    } catch (error) {
      throw failureOf(error).toError()
    }
  }

  /** Opens nothing more, until somebody asks for it or waits. */
  stop(): void {
    this.groups = []
    this.#floor = 0
    this.#openings.reset()
  }

  /** A lane could not be opened. Gives the failure if those who wait for one are to be told. */
  failed(lane: Lane, error: unknown): Failure | null {
    const failure = failureOf(error)
    if (this.#openings.failed(error, failure, this.#openCount) === 'wait') return null
    this.#floor = 0
    return this.#lanes.some(({ connection, role }) => connection && role === lane.role) ? null : failure
  }

  /** A lane was lost: another takes its place if there are too few. */
  lost(lane: Lane, failure: Failure): void {
    this.#floor = Math.max(this.#floor, Math.min(this.#setting.min, this.#lanes.length + 1))
    if (lane.uses === 0 && lane.inFlight === 0 && !lane.isLeased) this.#openings.died(failure)
    else this.#openings.proved()
  }

  /** Whether the group may have one more lane, be it later. */
  mayGrow(group: LaneGroup): boolean {
    if (!this.groups.includes(group)) return false
    return this.#lanes.length < this.#setting.max && group.lanes.length < group.most
  }

  // Lanes that are out have been replaced, or may be.
  get #lanes(): readonly Lane[] {
    return this.#life.lanes.filter(({ isOut }) => !isOut)
  }

  // Where the last one failed, the next one shows whether it is worth trying: a server that is away, or that refuses the
  // password, must not be asked by many at once.
  get #waitsForFirst(): boolean {
    return (
      this.#life.openings.length > 0 &&
      (this.#openings.failure !== null || (this.#setting.oneFirst === true && this.#openCount === 0))
    )
  }

  get #openCount(): number {
    return this.#lanes.filter(({ connection }) => connection).length
  }

  #isOpening(group: LaneGroup): boolean {
    return group.lanes.some((lane) => this.#life.isOpening(lane))
  }

  #canOpen(group: LaneGroup): boolean {
    return !this.#openings.isShut && this.#openings.admits(this.#lanes.length) && this.mayGrow(group)
  }

  #open(group: LaneGroup): void {
    const { role } = group
    const [writers] = this.groups
    const lacksWriter = writers !== undefined && group !== writers && this.#canOpen(writers)
    const leads = lacksWriter && this.#setting.afterReaders
    if (lacksWriter && !leads) this.#open(writers)
    this.#openings.started()
    this.#life.open(role, leads ? this.#openWriter : role === 'reader' ? this.#life.openingOf('writer') : null)
  }

  readonly #openWriter = (): Promise<void> | null => {
    const [writers] = this.groups
    if (writers && this.#canOpen(writers)) this.#open(writers)
    return this.#life.openingOf('writer')
  }
}

// Every caller makes an error of its own from it, which names the caller; only a stranger's error is passed on as it is.
function failureOf(error: unknown): Failure {
  if (error instanceof SqlError) return new Failure(recordOf(error))
  return new Failure({ type: 'OperationalError', message: String(error) }, error)
}
