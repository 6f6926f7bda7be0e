import type { Clock } from '../base/clock.ts'
import type { Connection, Query } from '../contract/connection.ts'
import { type ErrorRecord, Failure } from '../contract/failure.ts'
import type { ErrorKind } from '../contract/kind.ts'
import type { Probe } from './doubts.ts'

/** How connections are asked whether they live. */
export interface ProbeSetting {
  /** The statement: harmless, quick, without values. */
  readonly sql: string
  /** Milliseconds within which the answer must come. */
  readonly within: number
  readonly clock: Clock
}

/** Of these kinds is what a connection says, or what is said in its place, when it is no longer there. */
const LOSSES: readonly (ErrorKind | undefined)[] = ['connectionLost', 'closed', 'io']

/**
 * Makes a probe. Any answer of the database shows that the connection lives, even that the statement is wrong: only what
 * tells of a loss, or no answer in time, means that it does not.
 */
export function prober({ sql, within, clock }: ProbeSetting): Probe {
  const query: Query = { sql, values: [], names: null, rowMode: 'array', inTransaction: false }
  const silent = new Failure(silentRecord(within))
  return async (connection: Connection) => {
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    const timer = within === Number.POSITIVE_INFINITY ? null : clock.setTimer(() => resolve(silent), within)
    const lost = (error: unknown) => resolve(new Failure({ ...silent.record, message: String(error) }, error))
    connection.query(query).then((outcome) => resolve(lossOf(outcome)), lost)
    const failure = await promise
    clock.clearTimer(timer)
    return failure
  }
}

function lossOf(outcome: unknown): Failure | null {
  return outcome instanceof Failure && LOSSES.includes(outcome.record.kind) ? outcome : null
}

function silentRecord(within: number): ErrorRecord {
  return {
    type: 'ConnectionLostError',
    message: `the connection did not answer a probe within ${within} ms`,
    code: 'NO_ANSWER',
    kind: 'connectionLost',
    retryable: true,
  }
}
