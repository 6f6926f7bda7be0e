import type { Clock } from '../base/clock.ts'
import type { BlockingTransaction } from '../contract/blocking-transaction.ts'
import type { Connection } from '../contract/connection.ts'
import { packArguments, unpack } from '../contract/crossing.ts'
import { InterfaceError, NotSupportedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import { type InThread, type InThreadMark, markOf } from '../contract/in-thread.ts'
import type { StatementShape } from '../contract/statement.ts'
import type { ThreadAnswer, ThreadCall } from '../contract/thread-call.ts'
import type { Scope } from './ambient.ts'
import { type Autocommit, failureOn } from './autocommit.ts'
import type { Callback } from './calls.ts'
import { unknownCommit } from './commit.ts'
import { isUnstarted } from './given-up.ts'
import type { InteractionSetting, Interactions } from './interactions.ts'
import type { Lane } from './lane.ts'
import type { Intent, Lanes } from './lanes.ts'
import { errorWithin, type Limit } from './limit.ts'
import { describe } from './options.ts'
import { retrying } from './retry.ts'
import type { Session } from './session.ts'
import { Statement } from './statement.ts'

/** A function marked by `inThread` whose first parameter is the transaction. */
export type ThreadInteraction<A extends unknown[], T> = InThread<[txn: BlockingTransaction, ...args: A], T>

/** Runs functions marked by `inThread` whole in a database thread. */
export class InThreadCalls {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #interactions: Interactions
  readonly #clock: Clock
  /** What the runs of each function have taught. */
  readonly #learnt = new WeakMap<InThreadMark, Statement>()

  constructor(lanes: Lanes, autocommit: Autocommit, interactions: Interactions, clock: Clock) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#interactions = interactions
    this.#clock = clock
  }

  /** A callback on the loop, or a marked function in a thread: either way in a transaction. */
  interaction<T>(
    setting: InteractionSetting,
    callback: Callback<unknown, unknown[], T>,
    args: readonly unknown[],
  ): Promise<unknown> {
    const mark = markOf(callback)
    if (mark) return this.#transaction(setting, mark, args)
    return this.#interactions.run(setting, (txn) => callback(txn, ...args))
  }

  /** Without a transaction: on a lane that reads, or behind what the interaction around it has asked for. */
  async plain(setting: InteractionSetting, fn: unknown, args: readonly unknown[]): Promise<unknown> {
    const mark = markedOnly(fn)
    const call = callOf(setting, mark, args, null)
    const { current } = this.#interactions
    current?.session.check()
    const answer = current
      ? await threadOf(current.session.connection)(call)
      : await this.#onLane('read', mark, call, setting.limit)
    return given(answer, setting.limit)
  }

  // A transaction of its own, or a savepoint of the one around it.
  async #transaction(setting: InteractionSetting, mark: InThreadMark, args: readonly unknown[]): Promise<unknown> {
    const intent = setting.readOnly ? 'read' : 'write'
    const call = callOf(setting, mark, args, intent)
    const { limit, retry } = setting
    const { current } = this.#interactions
    if (current) {
      const check = (session: Session) => this.#interactions.refuseWeaker(session, setting)
      return given(await joined(current, call, limit, check), limit)
    }
    const once = async () => given(await this.#onLane(intent, mark, call, limit), limit)
    return retry ? await retrying(retry, this.#clock, limit, once) : await once()
  }

  // Like a statement it is one request that leaves the connection as it found it: others may be sent right behind it.
  async #onLane(intent: Intent, mark: InThreadMark, call: ThreadCall, limit: Limit | null): Promise<ThreadAnswer> {
    const need = this.#needOf(mark)
    for (;;) {
      const lane = this.#lanes.take(intent, need) ?? (await this.#autocommit.waitFor(intent, need, limit))
      try {
        const answer = meant(lane, await threadOf(lane.open)(call))
        if (answer.time !== null) need.learn(answer.time)
        await this.#keepUp(lane, answer)
        // It waited behind a call over which the connection was given up or ended: it is made again on another one.
        if (!(answer.result instanceof Failure && isUnstarted(answer.result))) return answer
      } finally {
        this.#lanes.giveBack(lane, need)
      }
    }
  }

  /** What the lanes are told of a function: a statement that is taken for slow until its runs show how long it takes. */
  #needOf(mark: InThreadMark): Statement {
    const known = this.#learnt.get(mark)
    if (known) return known
    const need = new Statement(mark.name, NO_TEXT)
    need.learn(Number.POSITIVE_INFINITY)
    this.#learnt.set(mark, need)
    return need
  }

  async #keepUp(lane: Lane, { result, transaction }: ThreadAnswer): Promise<void> {
    // The thread could not roll back. If that cannot be done now either, the connection is of no use to anybody.
    if (transaction === 'open' && (await lane.open.rollback())) return this.#lanes.abandon(lane)
    if (!(result instanceof Failure)) return
    const { kind } = result.record
    // The thread is still at it: nobody is to be sent there before it has seen that its work is not wanted.
    if (kind === 'aborted' && lane.connection) this.#lanes.recovery.recover(lane)
    else if (kind === 'connectionLost') this.#lanes.abandon(lane)
  }
}

// A connection that was ended since the function had no end was not lost.
function meant(lane: Lane, answer: ThreadAnswer): ThreadAnswer {
  const { result } = answer
  if (!(result instanceof Failure)) return answer
  const failure = failureOn(lane, result)
  return failure === result ? answer : { ...answer, result: failure, transaction: 'ended' }
}

/** The shape of what has no text. */
const NO_TEXT: StatementShape = { parameterCount: 0, parameterNames: null, statementCount: 0 }

/** Refuses a function that nobody marked. */
function markedOnly(fn: unknown): InThreadMark {
  const mark = markOf(fn)
  if (mark) return mark
  throw new InterfaceError(
    `runInThread needs a function that inThread(import.meta, name, fn) gave, exported under that name, not ${describe(fn)}: ` +
      'a thread cannot be sent code, it imports the module',
    { code: 'NOT_IN_THREAD', kind: 'usage' },
  )
}

/** Refuses a marked function where only a callback of the loop can be used. */
export function refuseMarked(fn: unknown, method: string): void {
  const mark = markOf(fn)
  if (!mark) return
  throw new InterfaceError(
    `${method} lends a connection to a callback on the event loop, but ${JSON.stringify(mark.name)} is marked by inThread: ` +
      'run it by runInteraction, or by runInThread if it takes no transaction',
    { code: 'IN_THREAD_ONLY', kind: 'usage' },
  )
}

// Packed when the call is made: what its caller does with the arguments while the call waits is nobody's business.
function callOf(
  { rowMode, limit }: InteractionSetting,
  { module, name }: InThreadMark,
  args: readonly unknown[],
  transaction: ThreadCall['transaction'],
): ThreadCall {
  return { module, name, args: packArguments(args, name), transaction, rowMode, signal: limit?.signal }
}

async function joined(
  scope: Scope,
  call: ThreadCall,
  limit: Limit | null,
  check: (session: Session) => void,
): Promise<ThreadAnswer> {
  const turn = scope.nested.enter()
  if (turn) await turn
  try {
    const { session, depth } = scope
    session.check()
    await scope.begin()
    check(session)
    const signal = (limit ?? session.limit)?.signal
    const savepoint = `offloop_${depth + 1}`
    return await threadOf(session.connection)({ ...call, transaction: { savepoint }, signal })
  } finally {
    scope.nested.leave()
  }
}

function threadOf(connection: Connection): (call: ThreadCall) => Promise<ThreadAnswer> {
  if (connection.runInThread) return (call) => (connection as Required<Connection>).runInThread(call)
  throw new NotSupportedError(
    'the connections of this driver do not block, so there is no thread in which a function could run: use a callback',
    { code: 'NO_THREAD', kind: 'unsupported' },
  )
}

/** What the function gave; throws what it threw, or what went wrong around it, in the frame that the caller awaits. */
function given({ result, transaction }: ThreadAnswer, limit: Limit | null): unknown {
  if (result instanceof Failure) throw transaction === 'unknown' ? unknownCommit(result) : errorWithin(limit, result)
  if ('returned' in result) return unpack(result.returned)
  throw withCaller(unpack(result.threw))
}

/** The error of a thread, whose stack goes on with whoever called from the loop. */
function withCaller(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  const here: { stack?: string } = {}
  Error.captureStackTrace(here, given)
  const [, ...callers] = (here.stack ?? '').split('\n')
  const value = [thrown.stack ?? String(thrown), '    -- in the database thread; called by --', ...callers].join('\n')
  return Object.defineProperty(thrown, 'stack', { value, configurable: true, writable: true })
}
