import type { Stateful } from '../contract.ts'
import { keepStack } from '../persist/tracked.ts'
import type { Callback } from './callbacks.ts'
import type { Action } from './moments.ts'

/** Calls one after the other until one gives exactly false: then it gives false, too. */
export async function runBefore(
  callbacks: readonly Callback[],
  record: Stateful,
  action: Action | undefined,
): Promise<boolean> {
  for (const callback of callbacks) if ((await call(callback, record, action)) === false) return false
  return true
}

/** Calls one after the other. What they give does not matter. */
export async function runCallbacks(
  callbacks: readonly Callback[],
  record: Stateful,
  action: Action | undefined,
): Promise<void> {
  for (const callback of callbacks) await call(callback, record, action)
}

async function call(callback: Callback, record: Stateful, action: Action | undefined): Promise<unknown> {
  try {
    return await callback(record, action)
  } catch (error) {
    keepStack(error)
    throw error
  }
}
