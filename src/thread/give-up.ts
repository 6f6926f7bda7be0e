import type { Fate } from '../contract/connection.ts'
import type { Failure } from '../contract/failure.ts'
import type { Backlog } from './backlog.ts'
import type { Call } from './call.ts'
import { cell, hold } from './memory.ts'

/** The calls that are given up together. */
export interface GivenUp {
  readonly control: Int32Array
  /** Those that were sent and not answered, by slot. */
  readonly sent: readonly (Call | null)[]
  /** Those that were not sent yet, among others. */
  readonly backlog: Backlog
  /** Takes all answers that are there. */
  drain(): unknown
}

/** The calls in the order in which they were sent. */
export function inOrder(sent: readonly (Call | null)[]): readonly Call[] {
  return sent.filter((call) => call !== null).sort((one, other) => one.order - other.order)
}

/** Gives the calls up, and fails each with what its fate calls for. */
export function giveUp({ control, sent, backlog, drain }: GivenUp, failureOf: (fate: Fate) => Failure): void {
  for (const call of sent) if (call) call.fates = failureOf
  const stood = Atomics.exchange(control, cell.hold, hold.givenUp) === hold.standing
  // What the thread went on from was answered before; so the call that it is at is now the first that is not.
  drain()
  const running = sent[control[cell.at] as number]?.order ?? -1
  const fateOf = ({ order }: Call): Fate => {
    if (order > running) return 'unstarted'
    if (stood) return 'unknown'
    return order === running ? 'undone' : 'unstarted'
  }
  for (const call of inOrder(sent)) call.giveUp(failureOf(fateOf(call)))
  for (const call of backlog.takeCalls()) call.giveUp(failureOf('unstarted'))
}
