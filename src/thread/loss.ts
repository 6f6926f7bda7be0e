import { ConnectionLostError } from '../contract/errors.ts'
import { causeRecord, type ErrorRecord, NOT_BEGUN } from '../contract/failure.ts'
import type { Exit } from './port.ts'

const LOST = ConnectionLostError.name as 'ConnectionLostError'

/** What calls get on a connection that somebody closed. */
export const closedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the connection is closed',
  code: 'CONNECTION_CLOSED',
  kind: 'closed',
}

/** What calls get that their caller gave up. */
export const abortedRecord: ErrorRecord = {
  type: 'AbortError',
  message: 'the call was aborted',
  code: 'ABORTED',
  kind: 'aborted',
}

/** What calls get that had certainly not begun when their process was ended over another. They can be made again. */
export const notBegunRecord: ErrorRecord = {
  type: LOST,
  message: "the connection's process was ended over an earlier call before this one had begun",
  code: NOT_BEGUN,
  kind: 'connectionLost',
  retryable: true,
}

/** What the calls get that a thread's end left unanswered. */
export function lostRecord(exit: Exit): ErrorRecord {
  const { what = 'thread', code, signal, killed, spawned, error } = exit
  const cause = error === undefined ? undefined : causeRecord(error)
  if (spawned === false)
    return { type: LOST, message: UNSTARTED, code: 'PROCESS_NOT_STARTED', kind: 'connectionLost', cause }
  if (killed) return { type: LOST, message: KILLED, code: 'CONNECTION_KILLED', kind: 'connectionLost', cause }
  const how = signal ? `signal ${signal}` : `exit code ${code}`
  return {
    type: LOST,
    message: `the connection's ${what} ended (${how}) before it answered`,
    code: what === 'thread' ? 'THREAD_DIED' : 'PROCESS_DIED',
    kind: 'connectionLost',
    cause,
  }
}

const UNSTARTED = 'no process could be started for the connection'
const KILLED =
  "the connection's process was ended because a call on it had been given up and went on, or by whoever owns it; what was " +
  'not committed is undone'
