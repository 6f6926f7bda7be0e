import type { ByteWriter } from './byte-writer.ts'

/** What a channel is told beside its port. */
export interface ChannelSetting {
  /** See {@link Tuning.adaptiveWaking}. */
  readonly adaptiveWaking: boolean
  /** How many statements the thread is to know by number. */
  readonly statementsKept?: number | undefined
  /** Whether the connection can write at all. */
  readonly writes: boolean
}

/** What writes itself into a ring. */
export interface Content {
  write(writer: ByteWriter): void
}
