import { AsyncLocalStorage } from 'node:async_hooks'
import { DEFINITION, type Stateful } from '../contract.ts'
import { RecordStateError } from '../errors.ts'

type Verb = 'save' | 'delete'

/** A save or delete whose callbacks are called, and the one that it is a part of. */
interface Act {
  readonly record: Stateful
  readonly verb: Verb
  readonly outer: Act | undefined
}

const acts = new AsyncLocalStorage<Act>()

/** Does `work`, which calls callbacks. A callback that does the same again with the record is refused: it had no end. */
export function acting<T>(record: Stateful, verb: Verb, work: () => Promise<T>): Promise<T> {
  const outer = acts.getStore()
  for (let act = outer; act; act = act.outer)
    if (act.record === record && act.verb === verb) throw endless(record, verb)
  return within(record, verb, work)
}

/** Does `work`, which is a part of a save or delete. */
export function within<T>(record: Stateful, verb: Verb, work: () => T): T {
  return acts.run({ record, verb, outer: acts.getStore() }, work)
}

function endless(record: Stateful, verb: Verb): RecordStateError {
  const message =
    `a callback of this ${record[DEFINITION].name} would ${verb} it again, without end: change its attributes before ` +
    `it is written, or ${verb}({ skipCallbacks: true })`
  return new RecordStateError(message, { code: 'ENDLESS_CALLBACK', kind: 'usage' })
}
