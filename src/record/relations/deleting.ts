import { AsyncLocalStorage } from 'node:async_hooks'
import { DEFINITION, type Stateful } from '../contract.ts'
import { storedKey } from '../persist/key.ts'
import { keyOfRaw } from './key.ts'

/** What the running code deletes, each row because of the one before. */
interface Deleting {
  /** What is about to go: rows may depend on each other. */
  readonly coming: ReadonlySet<string>
  /** What went with the first of them: a row may depend on several. */
  readonly gone: Set<string>
}

const deleting = new AsyncLocalStorage<Deleting>()

/** Does `work`, by which what depends on a record goes before its row does. */
export function whileDeleting<T>(record: Stateful, work: () => T): T {
  const outer = deleting.getStore()
  const coming = new Set([...(outer?.coming ?? []), rowNameOf(record)])
  return deleting.run({ coming, gone: outer?.gone ?? new Set() }, work)
}

/** Whether the record's row is going to be deleted anyhow. */
export function isBeingDeleted(record: Stateful): boolean {
  return deleting.getStore()?.coming.has(rowNameOf(record)) ?? false
}

/** Whether the record's row went with another one meanwhile. */
export function isGone(record: Stateful): boolean {
  return deleting.getStore()?.gone.has(rowNameOf(record)) ?? false
}

/** The record's row has been deleted. */
export function hasGone(record: Stateful): void {
  deleting.getStore()?.gone.add(rowNameOf(record))
}

function rowNameOf(record: Stateful): string {
  return JSON.stringify([record[DEFINITION].table, ...storedKey(record).map(keyOfRaw)])
}
