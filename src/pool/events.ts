import type { EventEmitter } from 'node:events'
import type { Role } from '../contract/statement.ts'
import type { HolderStats } from './holder-stats.ts'

/** A connection of a pool, as its events name it. */
export interface ConnectionEvent {
  /** The `id` that `pool.stats()` gives. */
  readonly lane: number
  readonly role: Role
}

/** A connection that was lost, or could not be opened or closed. */
export interface ConnectionErrorEvent extends ConnectionEvent {
  readonly error: unknown
}

/** A connection that is lent for longer than the pool's option `leakWarning` allows without a word. */
export interface LeakEvent extends ConnectionEvent, HolderStats {}

/** A write-ahead log that has grown beyond the pool's option `walWarning`. */
export interface WalEvent {
  readonly bytes: number
  /** Who has connections of this pool, for the longest time first: whoever reads among them keeps it from being emptied. */
  readonly holders: readonly HolderStats[]
}

/** The events of a pool and what their listeners are given. They come a moment after what they tell of. */
export interface PoolEvents {
  opening: [ConnectionEvent]
  opened: [ConnectionEvent]
  openFailed: [ConnectionErrorEvent]
  closed: [ConnectionEvent]
  /** Closing went wrong. The connection is gone all the same: `closed` was told before. */
  closeFailed: [ConnectionErrorEvent]
  lost: [ConnectionErrorEvent]
  leak: [LeakEvent]
  walGrown: [WalEvent]
}

/** Where a pool's events can be listened to. */
export type PoolEmitter = EventEmitter<PoolEvents>
