import { DEFINITION, type Stateful } from '../contract.ts'
import { callbacksOf } from './callbacks.ts'
import { runCallbacks } from './run.ts'

/**
 * Calls `afterInit` of records that the database gave: of all of them at once. Null where there is nothing to call. When one
 * fails all are awaited first.
 */
export function afterInit(records: readonly Stateful[]): Promise<void> | null {
  const definition = records[0]?.[DEFINITION]
  if (!definition) return null
  // Only of a table that several classes share has a result records of more than one.
  if (!definition.inheritance && callbacksOf(definition.model).afterInit.length === 0) return null
  const running: Promise<void>[] = []
  for (const record of records) {
    const { afterInit: callbacks } = callbacksOf(record[DEFINITION].model)
    if (callbacks.length > 0) running.push(runCallbacks(callbacks, record, undefined))
  }
  return running.length > 0 ? all(running) : null
}

async function all(running: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(running)) if (one.status === 'rejected') throw one.reason
}
