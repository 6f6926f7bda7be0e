import type { Connection, Fate } from '../contract/connection.ts'
import { type ErrorRecord, Failure, NOT_BEGUN } from '../contract/failure.ts'

/** The code of calls of which nothing was done, because those before them on the same connection had no end. */
const NOT_STARTED = 'NOT_STARTED'
/** The code of a statement that had no end. */
export const STATEMENT_TIMEOUT = 'STATEMENT_TIMEOUT'

/** Whether nothing was done of a call, so that it can be made again on another connection. */
export function isUnstarted(failure: Failure): boolean {
  const { code } = failure.record
  return code === NOT_STARTED || code === NOT_BEGUN
}

/** What such calls fail with, and are made again if they are single statements. */
export const notStarted = new Failure({
  type: 'TransactionRolledBackError',
  message:
    'nothing of this call was done: what was asked of the connection before had no end and was given up, and the ' +
    'transaction with it is rolled back',
  code: NOT_STARTED,
  kind: 'rolledBack',
  retryable: true,
})

/** Says what became of calls that are given up together, `undone` where one was running. */
export function fates(undone: ErrorRecord): (fate: Fate) => Failure {
  const say = (outcome: string) => `${undone.message}. ${outcome}`
  const running = new Failure({ ...undone, message: say('Nothing of it is kept') })
  const unknown = new Failure({
    ...undone,
    type: 'CommitUnknownError',
    message: say('It may yet be done to its end: nobody knows whether it will have an effect'),
    code: 'COMMIT_UNKNOWN',
    kind: 'commitUnknown',
    retryable: false,
  })
  const failures = { unstarted: notStarted, undone: running, unknown }
  return (fate) => failures[fate]
}

/** What a statement fails with that had no end on its connection. */
export function statementTimeout(
  timeout: number,
  connection: Pick<Connection, 'kill' | 'interrupt'> | null,
): ErrorRecord {
  const after = connection?.interrupt
    ? 'The database was told to stop it'
    : connection?.kill
      ? 'Its connection is ended'
      : 'A thread cannot be stopped in the middle of a statement: it goes on until that ends'
  return {
    type: 'TimeoutError',
    message:
      `the statement had no end after ${timeout} ms on its connection (statementTimeout) and was given up. ${after}. ` +
      'Raise statementTimeout where statements take longer; Infinity means no limit',
    code: STATEMENT_TIMEOUT,
    kind: 'timeout',
    retryable: true,
  }
}

/** What a callback fails with that had its connection for too long. */
export function interactionTimeout(timeout: number, byProgress: boolean): ErrorRecord {
  const problem = byProgress ? `went no further for ${timeout} ms` : `was not done after ${timeout} ms`
  return {
    type: 'TimeoutError',
    message:
      `what had the connection ${problem} (interactionTimeout) and was given up. What it had not committed is ` +
      'undone. Raise interactionTimeout where it takes longer; Infinity means no limit',
    code: 'INTERACTION_TIMEOUT',
    kind: 'timeout',
    retryable: true,
  }
}

/** What runs fails with when the pool does not wait for it any longer. */
export const closedMeanwhile: ErrorRecord = {
  type: 'PoolClosedError',
  message:
    'the pool was closed, and this call was not done when the time for that was up (closeTimeout): it was given up',
  code: 'POOL_CLOSED',
  kind: 'closed',
}

export function queueFull(most: number): Failure {
  return new Failure({
    type: 'OperationalError',
    message: `${most} calls wait for a connection already (maxWaiting), so no more may: nothing of this one was done`,
    code: 'QUEUE_FULL',
    kind: 'queueFull',
    retryable: true,
  })
}

/** What a call fails with that nobody waits for any more. */
export const abandonedRecord: ErrorRecord = {
  type: 'AbortError',
  message: 'the call was given up',
  code: 'ABORTED',
  kind: 'aborted',
}
