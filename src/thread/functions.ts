import type { BlockingConnection } from '../contract/blocking.ts'
import { pack, unpackArguments } from '../contract/crossing.ts'
import type { BlockingDriver } from '../contract/driver.ts'
import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, recordOf } from '../contract/failure.ts'
import type { ThreadCall } from '../contract/thread-call.ts'
import type { Ask, Decisions } from './ask.ts'
import { BlockingSession, Texts } from './blocking-session.ts'
import type { ByteReader } from './byte-reader.ts'
import { CheckedTransaction } from './checked-transaction.ts'
import { readCall } from './function-call.ts'
import { printed } from './printed.ts'
import { pendingPromise } from './promised.ts'
import { callFlag } from './protocol.ts'
import { cancelledRecord, goneRecord, Refusal } from './refusals.ts'
import type { Replies } from './replies.ts'
import type { ThreadClock } from './thread-clock.ts'
import { type UserFunction, UserModules } from './user-modules.ts'

/** Milliseconds from which on a function is slow: earlier replies do not wait for it. */
const SLOW = 0.2

/** What the functions of a thread are told of it. */
export interface FunctionsSetting {
  readonly connection: BlockingConnection
  readonly driver: BlockingDriver
  readonly replies: Replies
  readonly decisions: Decisions
  readonly clock: ThreadClock
  /** Names what was thrown. */
  readonly failure: (thrown: unknown) => ErrorRecord
  /** Ends what earlier statements share. */
  readonly endBatch: () => void
}

/** What a function threw, told apart from what was thrown around it. */
class Threw extends Error {
  readonly value: unknown

  constructor(value: unknown) {
    super('a function threw')
    this.value = value
  }
}

type Job = Omit<ThreadCall, 'signal'>
type Transaction = NonNullable<Job['transaction']>

/** Runs functions of the user's on the thread's connection. */
export class Functions {
  readonly #setting: FunctionsSetting
  readonly #decisions: Decisions
  readonly #modules = new UserModules()
  readonly #texts: Texts
  /** The transaction of the latest function could not be rolled back. */
  #stuck = false
  #started = 0
  /** How long each function took the last time, in milliseconds. */
  readonly #times = new Map<string, number>()

  constructor(setting: FunctionsSetting) {
    this.#setting = setting
    this.#decisions = setting.decisions
    this.#texts = new Texts(setting.driver)
  }

  /**
   * Takes a call. Gives what has to be waited for before anything else is done: its module, if that is not loaded yet, or
   * that what it printed is taken.
   */
  take(ask: Ask, body: ByteReader): Promise<void> | null {
    const job = readCall(body)
    this.#setting.endBatch()
    if (!this.#isFast(job)) this.#setting.replies.wake()
    if (!this.#modules.has(job.module)) return this.#loadAndRun(ask, job)
    const later = this.#run(ask, job)
    return later ? this.#whenDone(later) : printed()
  }

  async #loadAndRun(ask: Ask, job: Job): Promise<void> {
    try {
      this.#decisions.refuseIfCancelled(ask)
      await this.#modules.load(job)
    } catch (error) {
      return this.#setting.replies.failure(ask.slot, this.#record(error))
    }
    await this.#whenDone(this.#run(ask, job))
  }

  async #whenDone(later: Promise<void> | null): Promise<void> {
    await later
    this.#setting.replies.wake()
    await printed()
  }

  /** Runs a function; gives what has to be waited for before it is done. */
  #run(ask: Ask, job: Job): Promise<void> | null {
    this.#stuck = false
    this.#started = this.#setting.clock.now()
    this.#decisions.start(ask)
    let session: BlockingSession | null = null
    try {
      this.#decisions.refuseIfCancelled(ask)
      const fn = this.#modules.find(job)
      const args = unpackArguments(job.args)
      // What it does beside the database nobody can undo.
      if (job.transaction === null) this.#decisions.standOrRefuse()
      else session = this.#begin(ask, job.transaction)
      const given = session ? [new CheckedTransaction(session, job.rowMode), ...args] : args
      const result = called(fn, given)
      if (result instanceof Promise) return this.#endLater(ask, job, session, result)
      this.#end(ask, job, session, result)
    } catch (error) {
      this.#stop(ask, job, session, error)
    }
    return null
  }

  async #endLater(ask: Ask, job: Job, session: BlockingSession | null, result: Promise<unknown>): Promise<void> {
    try {
      this.#end(ask, job, session, await settledHere(result, job.name))
    } catch (error) {
      this.#stop(ask, job, session, error)
    }
  }

  #end(ask: Ask, job: Job, session: BlockingSession | null, result: unknown): void {
    const packed = pack(result, `the result of ${job.name}`)
    if (session) this.#keepIfDecided(ask, session, job.transaction as Transaction)
    this.#setting.replies.returned(ask.slot, packed, this.#time(job))
    this.#decisions.rest()
  }

  #stop(ask: Ask, job: Job, session: BlockingSession | null, error: unknown): void {
    try {
      if (session) {
        session.end()
        this.#undo(job.transaction as Transaction)
      }
      this.#fail(ask, job, error)
    } finally {
      this.#decisions.rest()
    }
  }

  #keepIfDecided(ask: Ask, session: BlockingSession, transaction: Transaction): void {
    session.end()
    if (!this.#setting.connection.inTransaction) throw new Refusal(goneRecord)
    if (!this.#decisions.decide(ask)) throw new Refusal(cancelledRecord)
    if (typeof transaction === 'string') this.#decisions.standOrRefuse()
    this.#keep(transaction)
  }

  #begin(ask: Ask, transaction: Transaction): BlockingSession {
    const { connection, driver, failure } = this.#setting
    const isCancelled = () => this.#decisions.isCancelled(ask)
    const session = new BlockingSession(connection, { driver, failure, texts: this.#texts, isCancelled })
    if (typeof transaction === 'string') connection.begin(transaction)
    else connection.savepoint(transaction.savepoint)
    return session
  }

  #keep(transaction: Transaction): void {
    const { connection } = this.#setting
    if (typeof transaction === 'string') connection.commit()
    else connection.releaseSavepoint(transaction.savepoint)
  }

  #undo(transaction: Transaction): void {
    const { connection } = this.#setting
    if (!connection.inTransaction) return
    try {
      if (typeof transaction === 'string') return connection.rollback()
      connection.rollbackToSavepoint(transaction.savepoint)
      connection.releaseSavepoint(transaction.savepoint)
    } catch {
      // What led here is the error that counts; the loop is told that the transaction is still open.
      this.#stuck = true
    }
  }

  #fail({ slot }: Ask, job: Job, error: unknown): void {
    const { replies } = this.#setting
    const flags = this.#stuck ? callFlag.open : 0
    if (!(error instanceof Threw)) return replies.failure(slot, this.#record(error), flags)
    try {
      replies.threw(slot, pack(error.value, `what ${job.name} threw`), this.#time(job), flags)
    } catch (unpackable) {
      replies.failure(slot, this.#record(unpackable), flags)
    }
  }

  #time({ module, name }: Job): number {
    const time = this.#setting.clock.now() - this.#started
    this.#times.set(`${module} ${name}`, time)
    return time
  }

  // Replies that wait for company do not wait for a function that may be slow.
  #isFast({ module, name }: Job): boolean {
    return (this.#times.get(`${module} ${name}`) ?? SLOW) < SLOW
  }

  #record(thrown: unknown): ErrorRecord {
    return thrown instanceof SqlError ? recordOf(thrown) : this.#setting.failure(thrown)
  }
}

function called(fn: UserFunction, args: readonly unknown[]): unknown {
  try {
    return fn(...args)
  } catch (value) {
    throw new Threw(value)
  }
}

/**
 * What a promise gives that waits for nothing but what is settled in the thread: the thread serves nobody meanwhile, so
 * what waits for anything else would keep the connection for as long as that takes. It is refused.
 */
function settledHere(result: Promise<unknown>, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // It comes when all is done that is not waiting for an event.
    const immediate = setImmediate(() => reject(pendingPromise(name)))
    result.then(resolve, (value) => reject(new Threw(value))).finally(() => clearImmediate(immediate))
  })
}
