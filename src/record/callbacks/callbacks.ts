import { ClassList } from '../class-list.ts'
import type { Stateful } from '../contract.ts'
import { MOMENTS, type Moment } from './moments.ts'

/** What is called with a record, and with what is done with it. */
export type Callback = (record: Stateful, action?: unknown) => unknown

/** The callbacks of a class, in the order in which they are called. */
export type Callbacks = { readonly [M in Moment]: readonly Callback[] } & {
  /** Whether a save, or a delete, has anything to call: it is then done in a transaction. */
  readonly saving: boolean
  readonly deleting: boolean
}

interface Told {
  readonly moment: Moment
  readonly callback: Callback
}

const DELETING: readonly Moment[] = ['beforeDelete', 'afterDelete', 'afterCommit', 'afterRollback']
const SAVING = MOMENTS.filter((moment) => !['afterInit', 'beforeDelete', 'afterDelete'].includes(moment))

const told = new ClassList<Told>()
const known = new WeakMap<object, { readonly of: readonly Told[]; readonly callbacks: Callbacks }>()

export const NO_CALLBACKS: Callbacks = grouped([], Object.prototype)

/** Has a class call something; gives what takes it back. */
export function addCallback(model: object, moment: Moment, callback: Callback): () => void {
  return told.add(model, { moment, callback })
}

/** The callbacks of a class: those that its parents were told, its own, and then the method of that name. */
export function callbacksOf(model: { readonly prototype: object }): Callbacks {
  const all = told.of(model)
  const before = known.get(model)
  if (before?.of === all) return before.callbacks
  const callbacks = grouped(all, model.prototype)
  known.set(model, { of: all, callbacks })
  return callbacks
}

function grouped(all: readonly Told[], prototype: object): Callbacks {
  const entries = MOMENTS.map((moment) => {
    const called = all.filter((one) => one.moment === moment).map(({ callback }) => callback)
    return [moment, hasMethod(prototype, moment) ? [...called, methodOf(moment)] : called] as const
  })
  const of = Object.fromEntries(entries) as unknown as { [M in Moment]: readonly Callback[] }
  const any = (moments: readonly Moment[]) => moments.some((moment) => of[moment].length > 0)
  return { ...of, saving: any(SAVING), deleting: any(DELETING) }
}

// An attribute may have the name of a callback: it is an accessor, and no method.
function hasMethod(prototype: object, name: string): boolean {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found) return typeof found.value === 'function'
  }
  return false
}

function methodOf(moment: Moment): Callback {
  return (record, action) => (record as unknown as Record<Moment, (action: unknown) => unknown>)[moment](action)
}
