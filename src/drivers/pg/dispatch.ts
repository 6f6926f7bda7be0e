import type { Call, Line } from './call.ts'
import { answer } from './messages.ts'

/** Gives a call what a message tells of it; false when the message is none that belongs to a call. */
export function dispatch(call: Call, line: Line, type: number, bytes: Buffer, at: number, end: number): boolean {
  switch (type) {
    case answer.complete:
      call.onComplete(bytes, at, end, line)
      return true
    case answer.parsed:
      call.onParsed()
      return true
    case answer.result:
      call.onResult(bytes, at, end)
      return true
    case answer.noResult:
      call.onNoResult()
      return true
    case answer.suspended:
      call.onSuspended(line)
      return true
    case answer.copyIn:
    case answer.copyOut:
      call.onCopy(type === answer.copyIn, line)
      return true
    case answer.bound:
    case answer.closed:
    case answer.parameters:
    case answer.empty:
    case answer.copyData:
    case answer.copyDone:
      return true
    default:
      return false
  }
}
