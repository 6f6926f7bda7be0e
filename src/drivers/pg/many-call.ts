import { Failure, type Outcome, type Query, type ValueSets } from '../../contract/index.ts'
import type { Line } from './call.ts'
import type { Fields } from './errors.ts'
import { writeBind, writeExecute, writeSync } from './messages.ts'
import { StatementCall } from './statement-call.ts'

/** Runs a statement once per set of values. Outside a transaction all of it is one: done, or not. */
export class ManyCall extends StatementCall {
  readonly #sets: ValueSets
  readonly #resolve: (result: Outcome | Failure) => void
  #done = 0
  #changed = 0

  constructor(query: Omit<Query, 'values' | 'rowMode'>, sets: ValueSets, resolve: (result: Outcome | Failure) => void) {
    super(query, 'array')
    this.#sets = sets
    this.#resolve = resolve
  }

  write(line: Line): boolean {
    const statement = this.prepare(line)
    for (const values of this.#sets) {
      writeBind(line.out, '', statement.name, values, null)
      writeExecute(line.out, '', 0)
    }
    writeSync(line.out)
    this.sent(statement)
    return true
  }

  override onRow(): void {
    // What RETURNING gives nobody asked for.
  }

  override onComplete(bytes: Buffer, at: number, end: number, line: Line): void {
    super.onComplete(bytes, at, end, line)
    this.#done++
    this.#changed += Math.max(0, this.rowCount)
  }

  // The server stops at the first that fails: the one behind those that are done.
  override onError(fields: Fields, line: Line): void {
    super.onError(fields, line)
    if (this.failure) this.failure = new Failure({ ...this.failure.record, index: this.#done })
  }

  override finish(line: Line): boolean {
    if (!super.finish(line)) return false
    this.#done = 0
    this.#changed = 0
    return true
  }

  deliver(time: number): void {
    const { failure } = this
    const description = null
    this.#resolve(failure ?? { rows: [], description, rowCount: this.#changed, lastRowId: null, databaseTime: time })
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}
