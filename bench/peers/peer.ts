import type { TrialOrder } from '../harness/runner.ts'
import type { Trial } from '../harness/scenario.ts'
import type { Item } from '../tables/items.ts'
import type { OpenRecords } from './records.ts'
import type { Settings } from './settings.ts'

export type Value = null | number | bigint | string | Uint8Array

export type Row = Record<string, Value>

/** A way to use a database: what a benchmark compares. */
export interface Peer {
  /**
   * Opens the file with these settings, or with the peer's own defaults; with at most so many connections, if the peer
   * has several and it is given.
   */
  open(file: string, settings: Settings | null, connections?: number): Promise<Session>
  /** Opens the file for records, if the peer has such. */
  readonly openRecords?: OpenRecords
  /** A peer that is no JavaScript runs its trials by itself. */
  trials?(order: TrialOrder): Promise<Trial[]>
}

/** The fastest way a peer has to run a statement again and again. */
export type Prepare<T> = (sql: string) => (...values: Value[]) => Promise<T>

/** An opened peer, with what it can do. */
export interface Session {
  /** For the first row. */
  readonly one?: Prepare<Row | undefined>
  /** For all rows. */
  readonly all?: Prepare<Row[]>
  /** For a change that stands when the promise resolves. */
  readonly run?: Prepare<unknown>
  /** For rows that are not kept. */
  readonly stream?: (sql: string) => AsyncIterable<Row>
  /** Inserts all items so many times over, in one transaction. */
  readonly insertItems?: (items: readonly Item[], times: number) => Promise<unknown>
  /** The same from tuples in the order of the columns. */
  readonly insertTuples?: (tuples: readonly Value[][], times: number) => Promise<unknown>
  close(): Promise<void>
}

/** What a session must be able to do for a scenario. */
export function ability<K extends Exclude<keyof Session, 'close'>>(session: Session, name: K): NonNullable<Session[K]> {
  const able = session[name]
  if (!able) throw new Error(`The peer has no ${name}`)
  return able
}
