import type { Stateful } from '../contract.ts'
import { Handle } from './handle.ts'
import type { Related } from './types.ts'

/** Many records that belong to one. */
export interface HasMany<out T> extends Related<T, true> {
  /** All of them. */
  get(): Promise<readonly T[]>
  /** Loads them, so that `value` has them. */
  load(): Promise<this>
}

/** At most one record that belongs to one. */
export interface HasOne<out T> extends Related<T, false> {
  get(): Promise<T | null>
  load(): Promise<this>
}

/** The record that one belongs to. */
export interface BelongsTo<out T> extends Related<T, false> {
  get(): Promise<T | null>
  load(): Promise<this>
}

export class ManyHandle extends Handle {
  get value(): readonly Stateful[] {
    return this.loaded
  }

  async get(): Promise<readonly Stateful[]> {
    return (await this.load()).value
  }
}

export class OneHandle extends Handle {
  get value(): Stateful | null {
    return this.loaded[0] ?? null
  }

  async get(): Promise<Stateful | null> {
    return (await this.load()).value
  }
}
