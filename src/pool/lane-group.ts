import type { Clock } from '../base/clock.ts'
import type { Layout, Role } from '../contract/statement.ts'
import { type Admission, SingleAdmission } from './admission.ts'
import type { Lane, Need } from './lane.ts'
import { SpreadAdmission } from './spread-admission.ts'
import { Waiters } from './waiters.ts'

/** The lanes of one role, by which rules they are given, and who waits for one. */
export class LaneGroup {
  readonly role: Role
  /** How many lanes there may be. */
  readonly most: number
  readonly waiters: Waiters
  readonly #admission: Admission

  constructor(role: Role, most: number, admission: Admission) {
    this.role = role
    this.most = most
    this.#admission = admission
    this.waiters = new Waiters(admission, () => this.serve())
  }

  get lanes(): readonly Lane[] {
    return this.#admission.lanes
  }

  set lanes(lanes: readonly Lane[]) {
    this.#admission.lanes = lanes
  }

  /** Whether it has a lane that is open. */
  get isOpen(): boolean {
    return this.lanes.some(({ connection }) => connection)
  }

  /** Takes a lane at once; null when the caller has to wait. */
  take(need: Need): Lane | null {
    if (this.waiters.size > 0 && this.waiters.blocks(need)) return null
    return this.#admission.place(need)
  }

  /** Ends what {@link take} or the waiting began. Whoever waits is not served yet. */
  giveBack(lane: Lane, need: Need): void {
    if (this.#admission.giveBack(lane, need)) this.waiters.lookAgain()
  }

  /** Lets those come on who can. */
  serve(): void {
    this.waiters.serve()
  }
}

/** What decides which groups there are. */
export interface GroupsSetting {
  readonly max: number
  readonly readOnly: boolean
  /** Tells how long a lane has given no answer. */
  readonly clock: Clock
}

/** The groups that a layout needs: one that writes and one that reads, the same where all lanes do everything. */
export function groupsOf(layout: Layout, setting: GroupsSetting): { writers: LaneGroup; readers: LaneGroup } {
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
