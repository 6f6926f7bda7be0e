import type { Role } from '../contract/statement.ts'
import type { Admission } from './admission.ts'
import type { Lane, Need } from './lane.ts'
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
