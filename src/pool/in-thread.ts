import type { BlockingTransaction } from '../contract/blocking-transaction.ts'
import type { Connection } from '../contract/connection.ts'
import { packArguments, unpack } from '../contract/crossing.ts'
import { InterfaceError, NotSupportedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import { type InThread, type InThreadMark, markOf } from '../contract/in-thread.ts'
import type { ThreadAnswer, ThreadCall } from '../contract/thread-call.ts'
import type { Callback } from './calls.ts'
import { commitError } from './commit.ts'
import type { InteractionSetting, Interactions, Scope } from './interactions.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { errorWithin, type Limit } from './limit.ts'
import { describe } from './options.ts'
import type { Transaction } from './transaction.ts'

/** A function marked by `inThread` whose first parameter is the transaction. */
export type ThreadInteraction<A extends unknown[], T> = InThread<[txn: BlockingTransaction, ...args: A], T>

/** Runs functions marked by `inThread` whole in a database thread. */
export class InThreadCalls {
  readonly #lanes: Lanes
  readonly #interactions: Interactions

  constructor(lanes: Lanes, interactions: Interactions) {
    this.#lanes = lanes
    this.#interactions = interactions
  }

  /** A callback on the loop, or a marked function in a thread: either way in a transaction. */
  interaction<T>(
    setting: InteractionSetting,
    callback: Callback<Transaction<never>, unknown[], T>,
    args: readonly unknown[],
  ): Promise<unknown> {
    const mark = markOf(callback)
    if (mark) return this.#transaction(setting, mark, args)
    return this.#interactions.run(setting, (txn) => callback(txn, ...args))
  }

  // A transaction of its own, or a savepoint of the one around it.
  async #transaction(setting: InteractionSetting, mark: InThreadMark, args: readonly unknown[]): Promise<unknown> {
    const call = callOf(setting, mark, args, setting.readOnly ? 'read' : 'write')
    const { current } = this.#interactions
    const answer = current
      ? await joined(current, call, setting.limit)
      : await this.#interactions.onLane(setting, (lane) => this.#on(lane, call))
    return given(answer, setting.limit)
  }

  /** Without a transaction: on a lane that reads, or behind what the interaction around it has asked for. */
  async plain(setting: InteractionSetting, fn: unknown, args: readonly unknown[]): Promise<unknown> {
    const call = callOf(setting, markedOnly(fn), args, null)
    const { current } = this.#interactions
    current?.session.check()
    const answer = current
      ? await threadOf(current.session.connection)(call)
      : await this.#interactions.onLane({ ...setting, readOnly: true }, (lane) => this.#on(lane, call))
    return given(answer, setting.limit)
  }

  async #on(lane: Lane, call: ThreadCall): Promise<ThreadAnswer> {
    const answer = await threadOf(lane.open)(call)
    if (answer.transaction === 'open') return await this.#rolledBack(lane, answer)
    if (!(answer.result instanceof Failure)) return answer
    const { kind } = answer.result.record
    // The thread is still at it: nobody is to be sent there before it has seen that its work is not wanted.
    if (kind === 'aborted' && lane.connection) void this.#lanes.recover(lane)
    else if (kind === 'connectionLost') this.#lanes.abandon(lane)
    return answer
  }

  // The thread could not roll back. If that cannot be done now either, the connection is of no use to anybody.
  async #rolledBack(lane: Lane, answer: ThreadAnswer): Promise<ThreadAnswer> {
    if (await lane.open.rollback()) this.#lanes.abandon(lane)
    return answer
  }
}

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

async function joined(scope: Scope, call: ThreadCall, limit: Limit | null): Promise<ThreadAnswer> {
  const turn = scope.nested.enter()
  if (turn) await turn
  try {
    const { session, depth } = scope
    session.check()
    await scope.begin()
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
  if (result instanceof Failure) throw transaction === 'unknown' ? commitError(result) : errorWithin(limit, result)
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
