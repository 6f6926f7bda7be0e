import { Confidence } from './confidence.ts'
import { DEPTH, type Lane, type Need } from './lane.ts'

/** The rules by which callers come onto the lanes of one role. They know no queue. */
export interface Admission {
  /** The lanes that there are. */
  lanes: readonly Lane[]
  /** Whether a caller is quick: it may go before slow ones that cannot be placed. Quick ones are served in order. */
  isQuick(need: Need): boolean
  /** Takes a lane for the need; null when none admits it. */
  place(need: Need): Lane | null
  /** Keeps others off a lane, since a slow caller whose turn it is could not be placed. */
  reserve(): void
  /** Ends what {@link reserve} began. */
  release(): void
  /** Ends what {@link place} began; true when callers who were slow may be quick from now on. */
  giveBack(lane: Lane, need: Need): boolean
}

/**
 * One lane that all must use, the writer: strictly first come, first served, since everybody waits for the same
 * connection anyway. As many statements as it holds are sent together, so that they can share a COMMIT. Alone are only
 * those who need the connection whole, and statements known to be long.
 */
export class SingleAdmission implements Admission {
  lanes: readonly Lane[] = []
  readonly #confidence = new Confidence(DEPTH)

  isQuick(): boolean {
    return true
  }

  place(need: Need): Lane | null {
    for (const lane of this.lanes) if (this.#takes(lane, need)) return lane
    return null
  }

  reserve(): void {
    // Nobody goes before anybody here.
  }

  release(): void {
    // See above.
  }

  giveBack(lane: Lane, need: Need): boolean {
    if (need === 'whole') lane.endLease()
    else {
      lane.endStatement()
      if (lane.trials > 0 && lane.endTrial(need) && need.isKnown) this.#confidence.learn(need.isLong)
    }
    return false
  }

  #takes(lane: Lane, need: Need): boolean {
    if (need === 'whole') {
      if (lane.isFree) lane.takeWhole()
      else return false
    } else if (need.isLong) {
      if (lane.isFree) lane.takeAlone()
      else return false
    } else {
      if (!lane.hasRoom || (!need.isKnown && lane.inFlight > 0 && lane.trials >= this.#confidence.together))
        return false
      lane.share()
      if (!need.isKnown) lane.markTrial(need)
    }
    return true
  }
}
