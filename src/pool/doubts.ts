import type { Connection } from '../contract/connection.ts'
import type { Failure } from '../contract/failure.ts'
import type { Lane } from './lane.ts'

/** Asks a connection whether it lives: null when it answered, else why it is as good as lost. Never rejects. */
export type Probe = (connection: Connection) => Promise<Failure | null>

/** Who is told how a doubt ended. */
export interface DoubtObserver {
  onTrusted(lane: Lane): void
  onLost(lane: Lane, failure: Failure): void
}

/**
 * Lanes that nobody is on and that are to answer a probe before they serve anybody. They are not asked before somebody
 * waits, so that a pool that nobody uses does nothing.
 */
export class Doubts {
  readonly #probe: Probe
  readonly #observer: DoubtObserver
  /** How many lanes are doubtful, and not being asked. */
  #count = 0

  constructor(probe: Probe, observer: DoubtObserver) {
    this.#probe = probe
    this.#observer = observer
  }

  get any(): boolean {
    return this.#count > 0
  }

  /** Keeps a lane from serving anybody before it has been asked. One that somebody uses has no need of it. */
  add(lane: Lane): void {
    if (!lane.isFree || lane.reserved) return
    lane.recovering = true
    lane.doubtful = true
    this.#count++
  }

  /** Asks those of these lanes that are doubtful. */
  settle(lanes: readonly Lane[]): void {
    for (const lane of lanes) if (lane.doubtful) void this.#ask(lane)
  }

  /** Called when a lane is gone. */
  forget(lane: Lane): void {
    if (!lane.doubtful) return
    lane.doubtful = false
    this.#count--
  }

  async #ask(lane: Lane): Promise<void> {
    this.forget(lane)
    const failure = await this.#probe(lane.open)
    if (failure) this.#observer.onLost(lane, failure)
    else {
      lane.recovering = lane.leaving
      this.#observer.onTrusted(lane)
    }
  }
}
