import { Call } from './call.ts'
import type { Line } from './line.ts'

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

  onError(): void {}

  deliver(): void {}

  fail(): void {}
}
