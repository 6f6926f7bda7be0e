import { AsyncLocalStorage } from 'node:async_hooks'
import type { Turns } from '../base/turns.ts'
import type { Lane } from './lane.ts'
import type { Intent, Lanes } from './lanes.ts'
import { waitsForItself } from './self-wait.ts'
import type { Session } from './session.ts'
import type { StreamHold } from './stream-hold.ts'

/** Under which a pool and its handles have their {@link Ambient}: for what is built on top of pools. */
export const AMBIENT: unique symbol = Symbol('ambient')
/** Under which a handle has the scope of its transaction. */
export const SCOPE: unique symbol = Symbol('scope')

/** The transaction that the running code is in: what a call through the pool joins. */
export interface Scope {
  readonly session: Session
  /** Begins the transaction if it has not begun yet. */
  begin(): Promise<void>
  readonly depth: number
  /** Lets one nested interaction in at a time: savepoints are a stack. */
  readonly nested: Turns
}

/** What the running code keeps from others until it has ended. */
export interface Hold {
  readonly holder: { readonly ended: boolean }
  /** Null for a connection that is being opened, which is on no lane yet. */
  readonly lane: Lane | null
  readonly around: Hold | null
}

/** Where the running code is. */
interface Place {
  readonly scope: Scope | null
  readonly hold: Hold | null
  readonly loop: Loop | null
}

/** The loop over a stream that the running code is in, or was started from, and the one around that. */
interface Loop {
  readonly stream: StreamHold
  readonly around: Loop | null
}

/** Knows of the running code which transaction it is in, and which connections it holds: it, and whoever it called. */
export class Ambient {
  readonly #places = new AsyncLocalStorage<Place>()
  /** The pool whose calls join. */
  pool: object | null = null

  /** The transaction that the running code is in, or null. */
  get scope(): Scope | null {
    return this.#places.getStore()?.scope ?? null
  }

  /** What the code holds that `holder` will run, on top of what the running code holds. */
  holding(holder: { readonly ended: boolean }, lane: Lane | null): Hold {
    return { holder, lane, around: stillHeld(this.#places.getStore()?.hold) }
  }

  /** Whether the running code keeps any connection from others. */
  get isHolding(): boolean {
    return stillHeld(this.#places.getStore()?.hold) !== null
  }

  /** Runs `work` in a transaction, or in none, with what it holds. */
  run<T>(scope: Scope | null, hold: Hold | null, work: () => T): T {
    return this.#places.run({ scope, hold, loop: this.#loop }, work)
  }

  /** Runs `work` in a transaction inside the one around it. */
  within<T>(scope: Scope, work: () => T): T {
    return this.run(scope, this.#places.getStore()?.hold ?? null, work)
  }

  /** Runs `work` in this transaction, unless the running code is in it already, or in one inside it. */
  joining<T>(scope: Scope, work: () => T): T {
    return this.scope?.session.isPartOf(scope.session) ? work() : this.within(scope, work)
  }

  /** Runs `work` in no transaction. What the running code holds stays known. */
  outside<T>(work: () => T): T {
    const place = this.#places.getStore()
    return place ? this.run(null, place.hold, work) : work()
  }

  /** From now on the running code, and what follows from it, is in the loop over this stream. */
  loop(stream: StreamHold): void {
    const { scope = null, hold = null } = this.#places.getStore() ?? {}
    this.#places.enterWith({ scope, hold, loop: { stream, around: this.#loop } })
  }

  /**
   * Throws if the running code is about to wait for a lane that will not come before it has ended itself. Gives the stream
   * in whose loop it seems to be, if that is so should it await what it asks for.
   */
  refuseSelfWait(lanes: Lanes, intent: Intent): StreamHold | null {
    const place = this.#places.getStore()
    if (!place) return null
    const hold = stillHeld(place.hold)
    if (isOpening(hold)) throw waitsForItself('opening')
    if (hold && lanes.comesOnlyFrom(intent, (lane) => holds(hold, lane))) throw waitsForItself('lane')
    const loop = this.#loop
    if (!loop) return null
    return lanes.comesOnlyFrom(intent, (lane) => loops(loop, lane) || holds(hold, lane)) ? loop.stream : null
  }

  /** The innermost loop over a stream that has not ended. */
  get #loop(): Loop | null {
    let at = this.#places.getStore()?.loop ?? null
    while (at?.stream.ended) at = at.around
    return at
  }

  /** The running code is a part of opening a connection. */
  get isOpening(): boolean {
    return isOpening(stillHeld(this.#places.getStore()?.hold))
  }
}

/** The innermost of these that has not ended. */
function stillHeld(hold: Hold | null | undefined): Hold | null {
  let at = hold ?? null
  while (at?.holder.ended) at = at.around
  return at
}

function loops(loop: Loop, lane: Lane): boolean {
  for (let at: Loop | null = loop; at; at = at.around) if (!at.stream.ended && at.stream.lane === lane) return true
  return false
}

function holds(hold: Hold | null, lane: Lane): boolean {
  for (let at = hold; at; at = stillHeld(at.around)) if (at.lane === lane) return true
  return false
}

function isOpening(hold: Hold | null): boolean {
  for (let at = hold; at; at = stillHeld(at.around)) if (!at.lane) return true
  return false
}
