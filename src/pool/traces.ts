import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { Role } from '../contract/statement.ts'

/** What subscribers of `offloop:query` are given of one statement. Times are in milliseconds. */
export interface QueryTrace {
  readonly pool: string
  /** The database, without any secret. */
  readonly database: string
  readonly sql: string
  /** The values, only where the pool's option `logQueries` is `'values'`. */
  readonly values?: readonly unknown[]
  /** How many sets of values, of a statement that runs once for each. */
  readonly sets?: number
  /** Part of an interaction or of a lent connection. */
  readonly inTransaction: boolean
  /** The connection it ran on, by the `id` that `pool.stats()` gives. */
  lane: number | null
  /** Waiting for that connection. */
  queueTime: number
  /** In the database, a COMMIT that others may share aside. */
  databaseTime: number
  /** On the way there and back, waiting behind others on the connection and for a COMMIT included. */
  transferTime: number
  /** Of the event loop, to write the request and to make the rows. */
  loopTime: number
  /** From the call to its end. */
  duration: number
  /** Rows handed over. */
  rows: number
  /** Rows changed; -1 where the statement changes none by its nature. */
  rowCount: number
  /** Why it failed; only then. */
  error?: unknown
}

/** What subscribers of `offloop:transaction` are given of one interaction, each attempt at it apart, or lent connection. */
export interface TransactionTrace {
  readonly pool: string
  readonly database: string
  readonly kind: 'transaction' | 'connection'
  readonly readOnly: boolean
  /** The connection it ran on; null if it never got one. */
  lane: number | null
  /** Milliseconds from the call to its end. */
  duration: number
  error?: unknown
}

/** What subscribers of `offloop:pool:acquire` are given of one caller who waits for a connection. */
export interface AcquireTrace {
  readonly pool: string
  readonly database: string
  /** The statement that is to run, or null when the connection is to be lent whole. */
  readonly sql: string | null
  readonly intent: 'read' | 'write'
  lane: number | null
  role: Role | null
  /** Milliseconds from the call to its end. */
  duration: number
  error?: unknown
}

/** A channel of `node:diagnostics_channel` on which one kind of work is traced. */
export type TraceChannel<C extends object> = TracingChannel<unknown, C>

export const queryChannel = tracingChannel('offloop:query') as TraceChannel<QueryTrace>
export const transactionChannel = tracingChannel('offloop:transaction') as TraceChannel<TransactionTrace>
export const acquireChannel = tracingChannel('offloop:pool:acquire') as TraceChannel<AcquireTrace>

/**
 * Does work as a channel's subscribers are to see it: they are told of its start and its end, with the same object, and
 * what they bind to the start is current inside.
 */
export async function traced<C extends { error?: unknown }, T>(
  channel: TraceChannel<C>,
  context: C,
  work: () => Promise<T>,
): Promise<T> {
  const working = channel.start.runStores(context, work)
  channel.end.publish(context)
  try {
    return await working
  } catch (error) {
    context.error = error
    channel.error.publish(context)
    throw error
  } finally {
    channel.asyncStart.publish(context)
    channel.asyncEnd.publish(context)
  }
}
