import type { Fate } from '../contract/connection.ts'
import { Failure } from '../contract/failure.ts'
import { AskedCancels } from './asked-cancels.ts'
import { Backlog } from './backlog.ts'
import { boundOf } from './byte-writer.ts'
import { ANSWERED, type Call, UNSENT } from './call.ts'
import { type Cancels, SharedCancels } from './cancels.ts'
import type { ChannelSetting, Content } from './channel-setting.ts'
import { giveUp, inOrder } from './give-up.ts'
import { Listener } from './listener.ts'
import { closedRecord, lostRecord, notBegunRecord } from './loss.ts'
import { asleep, CALL_SLOTS, cell } from './memory.ts'
import type { Exit, LoopPort } from './port.ts'
import { askFlag, request } from './protocol.ts'
import { decodeAlone, encodeAlone, type Message, OVERSIZE, RingReader, RingWriter } from './ring.ts'
import { type KnownStatement, StatementBook } from './statements.ts'

/** How long the loop may read replies before it lets others run. */
const SLICE_MILLISECONDS = 1
/** How many bytes are read between two looks at the time. */
const BYTES_BETWEEN_LOOKS = 16 * 1024

/** So many calls of one turn of the loop are enough for the thread to begin with. */
const CALLS_BEFORE_PUBLISHING = 8

/**
 * The loop's side of one thread: calls go out through one ring, answers come in through the other. Calls are sent in
 * the order in which they were made; all that one turn of the loop makes wake the thread once.
 */
export class Channel {
  readonly #port: LoopPort
  readonly #control: Int32Array
  readonly #out: RingWriter
  readonly #in: RingReader
  readonly #statements: StatementBook
  readonly #cancels: Cancels
  readonly #calls: (Call | null)[] = new Array(CALL_SLOTS).fill(null)
  readonly #freeSlots: number[] = Array.from({ length: CALL_SLOTS }, (_, i) => CALL_SLOTS - 1 - i)
  /** Calls for which the ring or the slots had no room; all later ones wait behind them. */
  readonly #backlog = new Backlog()
  readonly #listener: Listener
  #flushScheduled = false
  #unpublished = 0
  #listening = false
  #held = false
  #isLetGo = false
  #ending = false
  #exit: Exit | null = null
  #sent = 0
  /** What calls fail with that are made while those before them are given up. */
  #givenUp: Failure | null = null
  readonly #onEnd: (exit: Exit) => void

  constructor(port: LoopPort, setting: ChannelSetting, onEnd: (exit: Exit) => void) {
    this.#port = port
    this.#statements = new StatementBook(setting.statementsKept)
    this.#onEnd = onEnd
    const { requests, replies, control } = port.memory
    this.#control = new Int32Array(control)
    this.#out = new RingWriter(requests, this.#control, cell.requestHead, cell.requestTail)
    this.#cancels = port.cancels ? new AskedCancels(port, setting.writes) : new SharedCancels(this.#control)
    this.#in = new RingReader(replies, this.#control, cell.replyHead, cell.replyTail)
    this.#listener = new Listener(port, this.#control, {
      adaptive: setting.adaptiveWaking && port.parallel,
      isEmpty: () => this.#in.isEmpty,
      onNews: () => this.#read(),
    })
    port.onExit((exit) => this.#end(exit))
  }

  /** Calls that were made and not yet answered. */
  get inFlight(): number {
    return CALL_SLOTS - this.#freeSlots.length + this.#backlog.size
  }

  /** How many calls were answered so far. */
  get answered(): number {
    return this.#sent - CALL_SLOTS + this.#freeSlots.length
  }

  /** The statement under its number, told to the thread before the call that needs it. */
  statement(sql: string, names: readonly string[] | null): KnownStatement {
    const known = this.#statements.find(sql)
    if (known) return known
    const { added, forgotten } = this.#statements.add(sql, names)
    if (forgotten !== null) this.#tell(request.forget, 4, { write: (writer) => writer.uint32(forgotten) })
    this.#tell(request.statement, 4 + boundOf(sql) + boundOf(names), {
      write(writer) {
        writer.uint32(added.number)
        writer.value(sql)
        writer.value(names)
      },
    })
    return added
  }

  /** Sends a call, now or as soon as there is room. */
  send(call: Call): void {
    if (this.#givenUp) call.fail(this.#givenUp)
    else this.sendAnyway(call)
  }

  /**
   * Gives up all calls that were not answered, each as its fate calls for; until {@link reopen} all further ones fail at
   * once. The thread starts nothing before it comes to `recover`. False when there was nothing left to be given up.
   */
  giveUp(failureOf: (fate: Fate) => Failure, recover: Call): boolean {
    const drain = () => this.#drain(Number.POSITIVE_INFINITY)
    drain()
    if (this.inFlight === 0 || this.#exit) return false
    giveUp({ control: this.#control, sent: this.#calls, backlog: this.#backlog, drain }, failureOf)
    this.sendAnyway(recover)
    this.#givenUp = failureOf('unstarted')
    return true
  }

  /** What was given up is over: calls are sent again. */
  reopen(): void {
    this.#givenUp = null
  }

  /** Sends a call even while others are given up. */
  sendAnyway(call: Call): void {
    if (this.#exit) return call.fail(this.#unsent())
    this.#hold()
    if (this.#backlog.size > 0 || !this.#place(call)) this.#backlog.push(() => this.#place(call), call)
    this.#wake()
  }

  /**
   * Gives a call up. True when that decided it: it will leave no trace, and nothing more will be heard of it. False
   * when it was too late, and its answer stands; or when others decide, of whom the call will hear.
   */
  cancel(call: Call): boolean {
    if (call.slot === ANSWERED) return false
    if (call.slot !== UNSENT && !this.#cancels.cancel(call)) return false
    if (call.slot === UNSENT) call.flags |= askFlag.givenUp
    call.abandoned = true
    return true
  }

  /** Keeps the process alive until the thread has ended, which somebody now waits for. */
  holdToTheEnd(): void {
    this.#ending = true
    this.#hold()
  }

  /** Never again keeps the process alive, whoever waits. */
  letGo(): void {
    this.#isLetGo = true
    if (this.#held) this.#port.release()
  }

  #place(call: Call): boolean {
    const slot = this.#freeSlots.at(-1)
    if (slot === undefined) return false
    if (!this.#write(call.type, slot, call.flags, call.bound(), call)) return false
    call.slot = slot
    call.order = this.#sent++
    this.#freeSlots.pop()
    this.#calls[slot] = call
    this.#cancels.placed(call)
    if (++this.#unpublished === CALLS_BEFORE_PUBLISHING) this.#publish()
    return true
  }

  #tell(type: number, bound: number, content: Content): void {
    const write = () => this.#write(type, 0, 0, bound, content)
    if (this.#backlog.size > 0 || !write()) this.#backlog.push(write)
    this.#wake()
  }

  #write(type: number, slot: number, flags: number, bound: number, content: Content): boolean {
    const fits = bound <= this.#out.largest
    const writer = this.#out.begin(fits ? type : OVERSIZE, slot, fits ? bound : 0)
    if (!writer) return false
    if (fits) content.write(writer)
    else this.#port.send(encodeAlone(type, slot, flags, (alone) => content.write(alone), bound))
    this.#out.end(flags)
    return true
  }

  #wake(): void {
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    process.nextTick(this.#flush)
  }

  readonly #flush = (): void => {
    this.#flushScheduled = false
    if (this.#backlog.size > 0) this.#backlog.flush()
    this.#publish()
    if (this.#freeSlots.length < CALL_SLOTS) {
      if (!this.#listening) this.#listen()
    } else if (this.#backlog.size > 0) setImmediate(this.#flush)
  }

  #publish(): void {
    this.#unpublished = 0
    this.#out.publish()
    this.#wakeThread(asleep.forRequests)
  }

  #listen(): void {
    this.#listening = true
    this.#listener.listen(this.inFlight)
  }

  #read(): void {
    if (this.#exit) return
    if (!this.#drain(SLICE_MILLISECONDS)) {
      setImmediate(() => this.#read())
      return
    }
    if (this.#backlog.size > 0) this.#wake()
    if (this.inFlight > 0) this.#listen()
    else this.#rest()
  }

  /** Reads what is there; false when the time was up before the end. */
  #drain(milliseconds: number): boolean {
    const started = performance.now()
    let bytes = 0
    for (let message = this.#in.next(); message; message = this.#in.next()) {
      bytes += this.#receive(message)
      this.#in.release()
      if (bytes < BYTES_BETWEEN_LOOKS) continue
      bytes = 0
      this.#letThreadGoOn()
      if (performance.now() - started > milliseconds) return false
    }
    this.#letThreadGoOn()
    return true
  }

  #receive(message: Message): number {
    const { length } = message
    const content = message.type === OVERSIZE ? decodeAlone(this.#port.receive()) : message
    const call = this.#calls[content.slot]
    if (!call) throw new Error(`an answer came for call ${content.slot}, which nobody made`)
    if (call.receive(content)) {
      call.slot = ANSWERED
      call.onAnswer?.()
      this.#calls[content.slot] = null
      this.#freeSlots.push(content.slot)
    }
    return length + content.length
  }

  // A thread that found no room for its reply sleeps until some is made.
  #letThreadGoOn(): void {
    this.#wakeThread(asleep.forSpace)
  }

  #wakeThread(from: number): void {
    const before = Atomics.compareExchange(this.#control, cell.threadAsleep, from, asleep.no)
    if (before === from) this.#port.wakeThread()
  }

  #hold(): void {
    if (this.#held || this.#isLetGo) return
    this.#held = true
    this.#port.hold()
  }

  #rest(): void {
    this.#listening = false
    if (this.#ending) return
    this.#held = false
    this.#port.release()
  }

  #end(exit: Exit): void {
    this.#drain(Number.POSITIVE_INFINITY)
    this.#exit = exit
    for (const call of inOrder(this.#calls)) this.#lose(call)
    for (const call of this.#backlog.takeCalls()) call.fail(this.#unsent())
    this.#calls.fill(null)
    this.#listener.stop()
    this.#onEnd(exit)
  }

  #unsent(): Failure {
    return this.#exit?.killed ? new Failure(notBegunRecord) : this.#lost()
  }

  #lose(call: Call): void {
    const known = this.#cancels.failureOf(call)
    if (known) call.fail(known)
    else call.lose(this.#lost(), this.#cancels.mayBeDecided(call))
  }

  #lost(): Failure {
    const exit = this.#exit ?? { code: 0 }
    return new Failure(this.#ending && exit.code === 0 ? closedRecord : lostRecord(exit))
  }
}
