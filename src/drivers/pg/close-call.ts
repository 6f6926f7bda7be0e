import { Call, type Line } from './call.ts'

/** Closes the connection, when all that was asked for before is answered. Its end is the answer. */
export class CloseCall extends Call {
  isAlone(): boolean {
    return true
  }

  write(line: Line): boolean {
    line.sayGoodbye()
    return true
  }

  finish(): boolean {
    return false
  }

  onError(): void {
    // It ends all the same.
  }

  deliver(): void {
    // Nothing comes behind it.
  }

  fail(): void {
    // The end that it wants has come.
  }
}
