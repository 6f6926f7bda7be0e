import { Failure, type Outcome, type Query, type ValueSets } from '../../contract/index.ts'
import type { Line } from './call.ts'
import type { Fields } from './errors.ts'
import { writeBind, writeExecute, writeOnce, writePrepare, writeSync } from './messages.ts'
import { FITNESS, type Several } from './several.ts'
import { StatementCall } from './statement-call.ts'
import type { Statement } from './statements.ts'

/** Fewer sets do not go together. */
const FEWEST = 32
/** With fewer sets it is not asked whether those that come behind them may: there will hardly be many. */
const FEWEST_TO_ASK = 64
const SAVEPOINT = 'offloop_many'

/**
 * How the sets are sent: one by one; several in one statement, behind a savepoint; or one by one, because that failed and
 * nobody knows which of them is to blame.
 */
type Way = 'single' | 'together' | 'blaming'

/** Runs a statement once per set of values. Outside a transaction all of it is one: done, or not. */
export class ManyCall extends StatementCall {
  readonly #sets: ValueSets
  readonly #resolve: (result: Outcome | Failure) => void
  #way: Way | null = null
  /** Sets that are done, where each is an execution of its own; below 0 before the first is begun. */
  #done = 0
  #changed = 0
  /** Statements that were sent to be prepared, and of which nothing was heard yet. */
  #parsing: (Statement | null)[] = []
  /** The server did not know a statement any more. */
  #wasUnknown = false

  constructor(query: Omit<Query, 'values' | 'rowMode'>, sets: ValueSets, resolve: (result: Outcome | Failure) => void) {
    super(query, 'array')
    this.#sets = sets
    this.#resolve = resolve
  }

  // What may have to be sent twice must not be overtaken.
  override isAlone(line: Line): boolean {
    if (super.isAlone(line)) return true
    return this.#way === null ? this.#goesTogether(line) : this.#way !== 'single'
  }

  write(line: Line): boolean {
    this.#way ??= this.#goesTogether(line) ? 'together' : 'single'
    if (this.#way === 'together') this.check(line)
    this.#done = 0
    this.#changed = 0
    const several = this.#way === 'together' ? this.statement?.several : null
    if (several) this.#writeTogether(line, several)
    else this.#writeSingles(line)
    writeSync(line.out)
    return true
  }

  override onParsed(): void {
    if (this.#way !== 'together') return super.onParsed()
    this.#parsing.shift()
  }

  override onRow(): void {
    // What RETURNING gives nobody asked for. The only other row is that of a table that is fit.
    if (this.bulk && this.#done === this.#sets.count) this.bulk.isFit = true
  }

  override onResult(bytes: Buffer, at: number, end: number): void {
    if (this.#way === 'single') super.onResult(bytes, at, end)
  }

  override onComplete(bytes: Buffer, at: number, end: number, line: Line): void {
    super.onComplete(bytes, at, end, line)
    this.#done++
    this.#changed += Math.max(0, this.rowCount)
  }

  // The server stops at the first that fails: the one behind those that are done.
  override onError(fields: Fields, line: Line): void {
    super.onError(fields, line)
    if (this.#way === 'together') this.#forget(line, fields.C === '26000')
    else if (this.failure && this.#done >= 0) this.failure = new Failure({ ...this.failure.record, index: this.#done })
  }

  override finish(line: Line): boolean {
    if (super.finish(line)) return true
    const { failure } = this
    if (this.#way === 'blaming' && !failure && !this.#wasUnknown) this.statement?.forgoSeveral()
    if (this.#way !== 'together' || !failure || this.stopped || !isOfOneSet(failure)) return false
    this.#way = 'blaming'
    return this.goAgain()
  }

  deliver(time: number): void {
    const { failure } = this
    const description = null
    this.#resolve(failure ?? { rows: [], description, rowCount: this.#changed, lastRowId: null, databaseTime: time })
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }

  // What the server did not come to prepare, or does not know any more.
  #forget(line: Line, areUnknown: boolean): void {
    for (const statement of this.#parsing) if (statement) statement.prepared = false
    if (!areUnknown || !this.statement) return
    this.#wasUnknown = true
    line.statements.drop(this.statement)
    for (const text of this.statement.several?.texts ?? []) line.statements.drop(line.statements.get(text))
  }

  #goesTogether(line: Line): boolean {
    const { bulk } = line.statements
    return this.asked.inTransaction && bulk?.isFit === true && bulk.sql === this.asked.sql && this.#mayBeMany(line)
  }

  /** There is enough to do, and the text can be written for several rows. */
  #mayBeMany(line: Line): boolean {
    const { count, width } = this.#sets
    if (count < FEWEST) return false
    const { scan, several } = this.found(line)
    return scan.shape.parameterCount === width && several !== null
  }

  #writeSingles(line: Line): void {
    const isBlaming = this.#way === 'blaming'
    if (isBlaming) {
      writeOnce(line.out, `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, [])
      this.#done--
    }
    const statement = this.prepare(line)
    this.#writeSets(line, statement, 0, 1)
    this.sent(statement)
    if (isBlaming) writeOnce(line.out, `RELEASE SAVEPOINT ${SAVEPOINT}`, [])
    else if (this.asked.inTransaction) this.#join(line)
  }

  // Behind the sets, which have locked the table: nobody can change what is seen of it here before the transaction ends.
  #join(line: Line): void {
    const { sql } = this.asked
    const { bulk } = line.statements
    if (bulk?.sql === sql) this.bulk = bulk
    else if (this.#sets.count >= FEWEST_TO_ASK && this.#mayBeMany(line)) {
      this.bulk = { sql, isFit: false }
      writeOnce(line.out, FITNESS, [this.statement?.several?.table ?? ''])
    }
  }

  #writeTogether(line: Line, several: Several): void {
    const { count } = this.#sets
    this.bulk = line.statements.bulk
    this.#parsing = [null]
    writeOnce(line.out, `SAVEPOINT ${SAVEPOINT}`, [])
    let from = 0
    for (const rows of several.sizes) {
      if (count - from >= rows) from = this.#writeParts(line, line.statements.get(several.text(rows)), from, rows)
    }
    if (from < count) this.#writeParts(line, this.found(line), from, 1)
    this.#parsing.push(null)
    writeOnce(line.out, `RELEASE SAVEPOINT ${SAVEPOINT}`, [])
  }

  #writeParts(line: Line, statement: Statement, from: number, rows: number): number {
    if (!statement.prepared) this.#parsing.push(statement)
    writePrepare(line.out, line.statements, statement)
    this.sent(statement)
    return this.#writeSets(line, statement, from, rows)
  }

  /** Writes the sets from there on, so many at a time as long as there are as many; gives where the rest begins. */
  #writeSets(line: Line, { name }: Statement, from: number, rows: number): number {
    const { values, width, count } = this.#sets
    let at = from
    for (; at + rows <= count; at += rows) {
      writeBind(line.out, '', name, values.slice(at * width, (at + rows) * width), null)
      writeExecute(line.out, '', 0)
    }
    return at
  }
}

/** Whether it may be one of the sets that is to blame: neither the state of the transaction nor what others do. */
function isOfOneSet({ record: { kind, retryable } }: Failure): boolean {
  return retryable !== true && kind !== 'rolledBack' && kind !== 'aborted'
}
