import { type BoundValues, ValueSets } from '../../contract/index.ts'
import type { Prepared } from './prepared.ts'
import type { Session } from './session.ts'
import type { Several } from './several.ts'
import { bindable, bindableInOrder } from './values.ts'
import { SetError } from './wrapped.ts'

/** Runs a statement once per set of values and tells how many rows changed. Throws {@link SetError}. */
export function runSets(session: Session, prepared: Prepared, sets: Iterable<BoundValues>): number {
  if (sets instanceof ValueSets && fits(prepared, sets)) return new InOrder(session, prepared, sets).run()
  let changes = 0
  let index = 0
  for (const values of sets) {
    try {
      const bound = bindable(prepared.scan, values, session.wantsGaps)
      changes += Number(session.run(prepared.native, bound).changes)
    } catch (error) {
      session.failed()
      throw new SetError(index, error)
    }
    index++
  }
  return changes
}

function fits({ scan: { shape } }: Prepared, { width }: ValueSets): boolean {
  return shape.parameterNames === null && shape.parameterCount === width
}

/** Sets whose values have no names. */
class InOrder {
  readonly #session: Session
  readonly #prepared: Prepared
  readonly #sets: ValueSets

  constructor(session: Session, prepared: Prepared, sets: ValueSets) {
    this.#session = session
    this.#prepared = prepared
    this.#sets = sets
  }

  run(): number {
    const { count } = this.#sets
    const several = count > 1 ? this.#session.several(this.#prepared) : null
    const step = several?.rows ?? count
    let changes = 0
    let at = 0
    // The last sets run one by one, so that SQL's changes() tells afterwards what it tells without all this.
    for (; several && at + step < count; at += step) changes += this.#together(several, at, at + step)
    return changes + this.#oneByOne(at, count)
  }

  /** What fails is undone by SQLite alone, and run again one by one: that finds the set to blame. */
  #together({ native }: Several, from: number, to: number): number {
    const { values, width } = this.#sets
    const session = this.#session
    const { inTransaction } = session
    try {
      return Number(session.run(native, bindableInOrder(values, from * width, to * width)).changes)
    } catch (error) {
      session.failed()
      if (session.inTransaction !== inTransaction) throw new SetError(from, error)
    }
    return this.#oneByOne(from, to)
  }

  #oneByOne(from: number, to: number): number {
    const { values, width } = this.#sets
    const { native } = this.#prepared
    const session = this.#session
    let changes = 0
    for (let at = from; at < to; at++) {
      try {
        const bound = bindableInOrder(values, at * width, (at + 1) * width)
        changes += Number(session.run(native, bound).changes)
      } catch (error) {
        session.failed()
        throw new SetError(at, error)
      }
    }
    return changes
  }
}
