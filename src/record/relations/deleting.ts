import { AsyncLocalStorage } from 'node:async_hooks'
import { DEFINITION, type Stateful } from '../contract.ts'
import { storedKey } from '../persist/key.ts'
import { keyOfRaw } from './key.ts'

/** The rows that the running code is about to delete, each because of the one before: they may depend on each other. */
export const beingDeleted = new AsyncLocalStorage<ReadonlySet<string>>()

/** Whether the record's row is going to be deleted anyhow. */
export function isBeingDeleted(record: Stateful): boolean {
  return beingDeleted.getStore()?.has(rowNameOf(record)) ?? false
}

export function rowNameOf(record: Stateful): string {
  return JSON.stringify([record[DEFINITION].table, ...storedKey(record).map(keyOfRaw)])
}
