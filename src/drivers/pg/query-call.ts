import type { Failure, Outcome, Query, Value } from '../../contract/index.ts'
import type { Line } from './call.ts'
import { writeBind, writeExecute, writeSync } from './messages.ts'
import { StatementCall } from './statement-call.ts'

/** Up to so many rows the server is told to stop by itself; asked for more it could not work in parallel. */
const FEW = 1000

/** Runs a statement to its end. */
export class QueryCall extends StatementCall {
  readonly #values: readonly Value[]
  readonly #resolve: (result: Outcome | Failure) => void

  constructor(query: Query, resolve: (result: Outcome | Failure) => void) {
    super(query, query.rowMode)
    this.#values = query.values
    this.#resolve = resolve
  }

  write(line: Line): boolean {
    const { maxRows } = this.asked
    const statement = this.prepare(line)
    writeBind(line.out, '', statement.name, this.#values, this.typed ? (statement.result?.formats ?? null) : null)
    writeExecute(line.out, '', maxRows !== undefined && maxRows <= FEW ? maxRows + 1 : 0)
    writeSync(line.out)
    this.sent(statement)
    return true
  }

  override onSuspended(): void {
    // The limit was reached, and the row beyond it has said so.
  }

  deliver(time: number): void {
    this.#resolve(this.outcome(time))
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}
