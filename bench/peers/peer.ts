import type { Settings } from './settings.ts'

export type Value = null | number | bigint | string | Uint8Array

export type Row = Record<string, Value>

/** A way to use a database: what a benchmark compares. */
export interface Peer {
  /** Opens the file with these settings, or with the peer's own defaults. */
  open(file: string, settings: Settings | null): Promise<Session>
}

/** An opened peer. */
export interface Session {
  /** The fastest way the peer has to run this statement again and again for its first row. */
  one(sql: string): (...values: Value[]) => Promise<Row | undefined>
  close(): Promise<void>
}
