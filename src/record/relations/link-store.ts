import type { Definition, Slot, Stateful } from '../contract.ts'
import type { LinkValues } from './link-entries.ts'

/** A link that is to be made. */
export interface NewLink {
  /** What the database has for the target's key. */
  readonly raw: Slot
  readonly values: LinkValues | undefined
}

/** Where the links between an owner and others are. Used within a transaction. */
export interface LinkStore {
  /** What links have beside their keys; null if that is nobody's business. */
  readonly links: Definition | null
  /** Throws if links can only be read. */
  check(): void
  /** What the owner is linked with: by the target's keys, as often as there are links. */
  current(owner: Stateful): Promise<readonly Slot[]>
  link(owner: Stateful, made: readonly NewLink[]): Promise<void>
  /** Gives a link that is there other values. */
  change(owner: Stateful, raw: Slot, values: LinkValues): Promise<void>
  unlink(owner: Stateful, raws: readonly Slot[]): Promise<void>
}
