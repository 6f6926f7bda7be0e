import { DEFINITION, type Stateful } from '../contract.ts'
import { type Callback, callbacksOf } from './callbacks.ts'
import { runCallbacks } from './run.ts'

/**
 * Calls `afterInit` of records that the database gave: of all of them at once. Null where there is nothing to call. When one
 * fails all are awaited first.
 */
export function afterInit(records: readonly Stateful[]): Promise<void> | null {
  let latest: object | null = null
  let callbacks: readonly Callback[] = []
  let running: Promise<void>[] | null = null
  for (const record of records) {
    const { model } = record[DEFINITION]
    // Most results have records of one class.
    if (model !== latest) {
      latest = model
      callbacks = callbacksOf(model).afterInit
    }
    if (callbacks.length === 0) continue
    running ??= []
    running.push(runCallbacks(callbacks, record, undefined))
  }
  return running && all(running)
}

async function all(running: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(running)) if (one.status === 'rejected') throw one.reason
}
