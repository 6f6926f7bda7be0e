import { Failure, type Outcome, type Query, type Value, ValueSets } from '../../contract/index.ts'
import { overdueFailure, PATIENCE } from '../server/overdue.ts'
import { serverFailure } from './errors.ts'
import {
  abortedRecord,
  goneRecord,
  implicitCommitRecord,
  notBegunRecord,
  parameterCountRecord,
  tooLongRecord,
} from './records.ts'
import type { Session } from './session.ts'
import type { Known } from './statements.ts'
import type { Done, ServerError } from './wire/answers.ts'
import { columnTypes, writeBulk } from './wire/bulk.ts'
import type { Exchange } from './wire/exchange.ts'
import { executeSize, writeExecute } from './wire/execute.ts'
import type { PacketWriter } from './wire/packet-writer.ts'
import { sizeOf } from './wire/parameters.ts'
import type { WireStatement } from './wire/statement.ts'
import { WriteCommand } from './wire/write-command.ts'

/** The most bytes, and sets, that are with the server at a time. */
const MOST_BYTES = 1024 * 1024
const MOST_SETS = 1000
const HEAD = 64
const INTERRUPTED = 1317
const SAVEPOINT = 'offloop_many'

type Many = Omit<Query, 'values' | 'rowMode'>
type Answer = Done | ServerError | Failure

/** Sets from one up to another, and the bytes that they take at most. */
interface Part {
  readonly from: number
  readonly to: number
  readonly size: number
}

/** Runs one statement once per set of values: all of them or, outside a transaction, none. */
export class ManyRun {
  readonly #session: Session
  readonly #query: Many
  readonly #sets: ValueSets
  #rowCount = 0
  /** COMMIT was sent. */
  #commits = false
  /** The connection was ended over it. */
  #isOverdue = false
  /** What is with the server, for whoever stops it. */
  #sent: Exchange[] = []

  constructor(session: Session, query: Many, sets: Iterable<readonly Value[]>) {
    this.#session = session
    this.#query = query
    this.#sets = ValueSets.of(sets)
  }

  async run(): Promise<Outcome | Failure> {
    const session = this.#session
    const query = this.#query
    const started = performance.now()
    if (query.signal?.aborted) return new Failure(abortedRecord)
    if (query.inTransaction && !session.inTransaction) return new Failure(goneRecord)
    if (this.#sets.count === 0) return this.#outcome(0)
    const known = session.statement(query.sql, this.#sets.set(0))
    let patience: NodeJS.Timeout | undefined
    const abort = () => {
      this.#stop()
      patience = setTimeout(() => this.#onOverdue(), PATIENCE)
    }
    query.signal?.addEventListener('abort', abort, { once: true })
    try {
      const failure = await this.#prepared(known)
      if (failure && this.#isOverdue) return overdueFailure(new Failure(abortedRecord), !this.#commits)
      return failure ?? this.#outcome(performance.now() - started)
    } finally {
      clearTimeout(patience)
      query.signal?.removeEventListener('abort', abort)
      session.statements.giveBack(known)
    }
  }

  #onOverdue(): void {
    this.#isOverdue = true
    this.#session.endOverdue()
  }

  async #prepared(known: Known): Promise<Failure | null> {
    if (this.#query.inTransaction && known.scan.commits) return new Failure(implicitCommitRecord(known.scan.verb))
    if (known.scan.leaves) this.#session.hasTraces = true
    const failure = known.wire ? null : await this.#session.prepare(known)
    if (failure) return failure
    if (!known.wire || known.wire.parameterCount !== this.#sets.width) {
      return new Failure(parameterCountRecord(known.wire?.parameterCount ?? 0, this.#sets.width))
    }
    const wire = known.wire
    if (this.#query.inTransaction) return this.#runAll(wire, known)
    const whole = known.scan.inserts ? this.#part(0) : null
    if (whole === null || whole.to < this.#sets.count) return this.#inTransaction(() => this.#runAll(wire, known))
    return this.#atOnce(wire, known, whole)
  }

  /** MariaDB stores all sets of one message, or none. */
  async #atOnce(wire: WireStatement, known: Known, part: Part): Promise<Failure | null> {
    const bulk = this.#bulk(wire, known, part)
    if (!bulk) return this.#inTransaction(() => this.#runAll(wire, known))
    const answer = await bulk
    if (!(answer instanceof Failure) && !('errno' in answer)) {
      this.#rowCount = answer.affectedRows
      return null
    }
    const failure = this.#failureOf(answer)
    if (answer instanceof Failure || answer.errno === INTERRUPTED) return failure
    return this.#inTransaction(() => this.#oneByOne(wire, part.from, part.to))
  }

  async #inTransaction(work: () => Promise<Failure | null>): Promise<Failure | null> {
    const session = this.#session
    const begun = session.control('START TRANSACTION')
    const failure = await work()
    const unbegun = await begun
    if (unbegun) return unbegun
    const failed = failure ?? (this.#query.signal?.aborted ? new Failure(abortedRecord) : null)
    this.#commits = !failed
    if (!failed) return session.control('COMMIT')
    await session.control('ROLLBACK')
    return failed
  }

  async #runAll(wire: WireStatement, known: Known): Promise<Failure | null> {
    const { mostBytes } = this.#session
    for (let from = 0; from < this.#sets.count; ) {
      const part = this.#part(from)
      if (part.size >= mostBytes) return new Failure({ ...tooLongRecord(part.size, mostBytes), index: from })
      const failure = await this.#together(wire, known, part)
      if (failure) return failure
      from = part.to
    }
    return null
  }

  /** As many sets from here on as are sent together. */
  #part(from: number): Part {
    const { count, width, values } = this.#sets
    const most = Math.min(MOST_BYTES, this.#session.mostBytes - 1)
    let to = from
    let size = HEAD + width * 2
    for (; to < count && to - from < MOST_SETS; to++) {
      const next = sizeOf(values, to * width, (to + 1) * width)
      if (to > from && size + next > most) break
      size += next
    }
    return { from, to, size }
  }

  async #together(wire: WireStatement, known: Known, part: Part): Promise<Failure | null> {
    const { from, to } = part
    if (to - from === 1) return this.#oneByOne(wire, from, to)
    const savepoint = this.#session.control(`SAVEPOINT ${SAVEPOINT}`)
    const answers = await this.#send(wire, known, part)
    const unsaved = await savepoint
    const failed = answers.find((answer) => answer instanceof Failure || 'errno' in answer)
    if (!failed) {
      for (const answer of answers) this.#rowCount += (answer as Done).affectedRows
      return this.#query.signal?.aborted ? new Failure(abortedRecord) : null
    }
    return unsaved ?? this.#blame(wire, part, failed as ServerError | Failure)
  }

  // All is undone and run again one by one, which finds the set to blame and leaves those before it.
  async #blame(
    wire: WireStatement,
    { from, to }: { from: number; to: number },
    failed: ServerError | Failure,
  ): Promise<Failure | null> {
    const failure = this.#failureOf(failed)
    if (failed instanceof Failure || failed.errno === INTERRUPTED) return failure
    await this.#session.probe()
    const back = this.#session.inTransaction
      ? await this.#session.control(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
      : failure
    if (back) return new Failure({ ...failure.record, index: from })
    return this.#oneByOne(wire, from, to)
  }

  async #oneByOne(wire: WireStatement, from: number, to: number): Promise<Failure | null> {
    for (let at = from; at < to; at++) {
      if (this.#query.signal?.aborted) return new Failure(abortedRecord)
      const values = this.#sets.set(at)
      const size = executeSize(values)
      const answer = await this.#ask(wire, (out) => writeExecute(out, wire, values, size))
      if (answer instanceof Failure) return answer
      if ('errno' in answer) {
        await this.#session.probe()
        return new Failure({ ...this.#failureOf(answer).record, index: at })
      }
      this.#rowCount += answer.affectedRows
    }
    return null
  }

  #send(wire: WireStatement, known: Known, part: Part): Promise<Answer[]> {
    const bulk = this.#bulk(wire, known, part)
    if (bulk) return Promise.all([bulk])
    const asked: Promise<Answer>[] = []
    for (let at = part.from; at < part.to; at++) {
      const set = this.#sets.set(at)
      asked.push(this.#ask(wire, (out) => writeExecute(out, wire, set, executeSize(set))))
    }
    return Promise.all(asked)
  }

  /** Sends many sets in one message, where the server takes that; null where it does not. */
  #bulk(wire: WireStatement, { scan }: Known, { from, to, size }: Part): Promise<Answer> | null {
    const { width, values } = this.#sets
    if (!this.#session.link.takesBulk || width === 0 || size >= this.#session.mostBytes) return null
    if (!scan.shape.changesRows || scan.returns) return null
    const types = columnTypes(values, width, from * width, to * width)
    if (!types) return null
    const content = { values, types, from: from * width, to: to * width }
    return this.#ask(wire, (out) => writeBulk(out, wire, content, size))
  }

  #ask(wire: WireStatement, write: (out: PacketWriter) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const { ended, line } = this.#session
      if (ended) return resolve(ended)
      const command = new WriteCommand(wire, write, (answer) => {
        this.#sent.splice(this.#sent.indexOf(command), 1)
        if ('status' in answer) this.#session.status = answer.status
        resolve(answer)
      })
      this.#sent.push(command)
      line.send(command)
    })
  }

  #stop(): void {
    for (const exchange of [...this.#sent]) this.#session.stopper.stop(exchange)
  }

  #failureOf(failed: ServerError | Failure): Failure {
    if (failed instanceof Failure) return failed
    if (failed.errno !== INTERRUPTED) return serverFailure(failed)
    if (this.#query.signal?.aborted) return new Failure(abortedRecord)
    return this.#session.stopper.isStriking ? new Failure(notBegunRecord) : serverFailure(failed)
  }

  #outcome(databaseTime: number): Outcome {
    return { rows: [], description: null, rowCount: this.#rowCount, lastRowId: null, databaseTime }
  }
}
