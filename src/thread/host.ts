import { Patience } from '../base/patience.ts'
import type { BlockingConnection } from '../contract/blocking.ts'
import type { BlockingDriver, ConnectContext } from '../contract/driver.ts'
import { causeRecord, type ErrorRecord } from '../contract/failure.ts'
import { type Ask, Decisions, isCancellable } from './ask.ts'
import { Executor } from './executor.ts'
import { Functions } from './functions.ts'
import { HostStatement } from './host-statements.ts'
import { asleep, cell } from './memory.ts'
import type { ThreadPort } from './port.ts'
import { askFlag, type ControlVerb, reply, request } from './protocol.ts'
import { Refusal } from './refusals.ts'
import { Replies } from './replies.ts'
import { decodeAlone, type Message, OVERSIZE, RingReader } from './ring.ts'
import { ThreadClock } from './thread-clock.ts'

/** The driver that the thread was started for, or why it could not be loaded. */
export type LoadedDriver = { readonly driver: BlockingDriver } | { readonly error: unknown }

/** What the loop says of the connection to open; see {@link ConnectContext}. */
type HostContext = Required<Omit<ConnectContext, 'after' | 'isolation'>>

/** The thread's side: reads requests, runs them on the one blocking connection, writes replies. */
export class Host {
  readonly #port: ThreadPort
  readonly #loaded: LoadedDriver
  readonly #control: Int32Array
  readonly #in: RingReader
  readonly #clock = new ThreadClock()
  readonly #patience = new Patience({ shortPause: SHORT_PAUSE, trialEvery: TRIAL_EVERY }, () => this.#clock.now())
  readonly #replies: Replies
  readonly #decisions: Decisions
  readonly #statements: HostStatement[] = []
  #connection: BlockingConnection | null = null
  #executor: Executor | null = null
  #functions: Functions | null = null
  #interval: Promise<void> | null = null
  #wakesAdaptively = false
  #closed = false

  constructor(port: ThreadPort, loaded: LoadedDriver) {
    this.#port = port
    this.#loaded = loaded
    const { requests, control } = port.memory
    this.#control = new Int32Array(control)
    this.#in = new RingReader(requests, this.#control, cell.requestHead, cell.requestTail)
    this.#replies = new Replies(port, this.#clock)
    this.#decisions = port.decisions ?? new Decisions(this.#control)
  }

  /** Answers every request that is there; false once the connection was asked to close. */
  drain(): boolean {
    this.#clock.now()
    while (!this.#closed && !this.#interval && !this.#in.isEmpty) this.#batch()
    this.#replies.wake()
    return !this.#closed
  }

  /** What has to be waited for before the next request is looked at: a module that is being loaded. */
  get interval(): Promise<void> | null {
    return this.#interval
  }

  /** Answers requests until the connection was asked to close. */
  async run(): Promise<void> {
    while (this.drain()) {
      if (this.#interval) await this.#interval
      else this.sleep()
    }
  }

  // What comes while these run is the next batch, whatever they are still waiting for together.
  #batch(): void {
    const end = this.#in.published
    let message = this.#in.next()
    if (message) this.#executor?.beginBatch(this.#in.distanceTo(end) >= MANY * message.length)
    while (message) {
      this.#answer(message)
      const { length } = message
      this.#in.release()
      this.#replies.wakeIfDue(length, this.#in.distanceTo(this.#in.published), this.#clock.last)
      const goesOn = !this.#closed && !this.#interval && this.#in.distanceTo(end) > 0
      message = goesOn ? this.#in.next() : null
    }
    if (!this.#closed) this.#executor?.endBatch()
  }

  #answer(message: Message): void {
    const content = message.type === OVERSIZE ? decodeAlone(this.#port.receive()) : message
    const { slot } = content
    try {
      this.#handle(content)
    } catch (thrown) {
      this.#replies.failure(slot, this.#record(thrown))
    }
    this.#executor?.answered()
  }

  /** Waits until a request is there. */
  sleep(): void {
    if (!this.#wakesAdaptively || !this.#patience.start() || !this.#look()) {
      Atomics.store(this.#control, cell.threadAsleep, asleep.forRequests)
      if (this.#in.isEmpty) this.#port.sleep(asleep.forRequests)
      Atomics.store(this.#control, cell.threadAsleep, asleep.no)
    }
    this.#patience.end()
  }

  /** Looks for requests for a short while. */
  #look(): boolean {
    do {
      for (let i = 0; i < LOOKS; i++) if (!this.#in.isEmpty) return true
    } while (!this.#patience.isOver)
    return false
  }

  #handle(message: Message): void {
    const { body, type } = message
    switch (type) {
      case request.statement: {
        const number = body.uint32()
        this.#statements[number] = new HostStatement(body.value() as string, body.value() as string[] | null)
        return
      }
      case request.forget:
        delete this.#statements[body.uint32()]
        return
      case request.connect:
        return this.#connect(message)
      case request.close:
        return this.#close(message)
      case request.control:
        this.#running.control(message.slot, body.value() as ControlVerb, body.value() as string)
        return this.#replies.done(message.slot)
      case request.call:
        return this.#call(message)
      case request.drop:
        this.#running.drop(body.value() as number)
        return this.#replies.done(message.slot)
      default:
        return this.#run(message)
    }
  }

  #run(message: Message): void {
    const { body, type, slot, flags } = message
    const ask: Ask = flags & askFlag.bounded ? { slot, flags, maxRows: body.float64() } : { slot, flags }
    if (isCancellable(ask)) this.#decisions.arrived(ask)
    const number = body.uint32()
    if (type === request.next) return this.#running.next(ask, number, body.uint32())
    const statement = this.#statements[number] as HostStatement
    // Replies that wait for company do not wait for a statement that may be slow.
    if (!statement.isFast) this.#replies.wake()
    if (type === request.query) {
      this.#running.query(ask, statement, statement.readValues(body, body.uint32()))
    } else if (type === request.open) {
      const size = body.uint32()
      const cursor = body.uint32()
      this.#running.open(ask, cursor, size, statement, statement.readValues(body, body.uint32()))
    } else this.#many(message, ask, statement)
  }

  #many({ body }: Message, ask: Ask, statement: HostStatement): void {
    const count = body.uint32()
    const width = body.uint32()
    this.#running.many(ask, statement, statement.readSets(body, count, width))
  }

  #call({ slot, flags, body }: Message): void {
    if (!this.#functions) throw new Refusal(unconnectedRecord)
    const ask: Ask = { slot, flags }
    if (isCancellable(ask)) this.#decisions.arrived(ask)
    const interval = this.#functions.take(ask, body)
    if (interval) this.#interval = this.#during(interval)
  }

  async #during(interval: Promise<void>): Promise<void> {
    await interval
    this.#interval = null
  }

  #connect(message: Message): void {
    const context = message.body.value() as HostContext
    const options = message.body.value()
    if ('error' in this.#loaded) throw new Refusal(unloadableRecord(this.#loaded.error))
    const { driver } = this.#loaded
    const { connection, layout } = driver.connect(options, context)
    this.#connection = connection
    this.#replies.gathers = context.tuning.adaptiveWaking
    this.#wakesAdaptively = context.tuning.adaptiveWaking && this.#port.parallel
    this.#replies.columnChunks = context.tuning.columnChunks
    this.#executor = new Executor(connection, this.#replies, {
      decisions: this.#decisions,
      writes: context.role !== 'reader',
      tuning: context.tuning,
      clock: this.#clock,
      shape: (sql) => driver.shape(sql),
      failure: (thrown) => this.#record(thrown),
      refusesTransaction: (thrown) => driver.refusesTransaction?.(thrown) ?? false,
    })
    this.#functions = new Functions({
      connection,
      driver,
      replies: this.#replies,
      decisions: this.#decisions,
      clock: this.#clock,
      failure: (thrown) => this.#record(thrown),
      endBatch: () => this.#executor?.endBatch(),
    })
    this.#replies.send(reply.ready, message.slot, 0, READY_BYTES, (writer) => writer.value(layout))
  }

  #close(message: Message): void {
    this.#closed = true
    this.#executor?.endBatch()
    this.#connection?.close()
    this.#replies.done(message.slot)
  }

  get #running(): Executor {
    if (!this.#executor) throw new Refusal(unconnectedRecord)
    return this.#executor
  }

  #record(thrown: unknown): ErrorRecord {
    if (thrown instanceof Refusal) return thrown.record
    if ('driver' in this.#loaded) return this.#loaded.driver.failure(thrown)
    return unloadableRecord(thrown)
  }
}

const READY_BYTES = 64
/** A pause between requests, in milliseconds, for which a thread need not sleep. */
const SHORT_PAUSE = 0.1
const TRIAL_EVERY = 64
/** Looks for requests between two looks at the clock. */
const LOOKS = 32
/** From so many waiting requests on, reads share a transaction. */
const MANY = 4

function unloadableRecord(error: unknown): ErrorRecord {
  return {
    type: 'DriverError',
    message: `the driver could not be loaded in its thread: ${error instanceof Error ? error.message : String(error)}`,
    code: 'DRIVER_UNLOADABLE',
    kind: 'driver',
    cause: causeRecord(error),
  }
}

const unconnectedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the thread has no open connection',
  code: 'NOT_CONNECTED',
  kind: 'connectionLost',
}
