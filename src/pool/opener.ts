import type { Clock } from '../base/clock.ts'
import type { Connection } from '../contract/connection.ts'
import type { ConnectContext } from '../contract/driver.ts'
import { InterfaceError, TimeoutError } from '../contract/errors.ts'
import type { Ambient } from './ambient.ts'
import { commit } from './commit.ts'
import { scopeOf } from './interactions.ts'
import type { Connect } from './lane-life.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'
import type { Connecting } from './source.ts'

/**
 * Makes the function that opens the pool's connections and lets `onOpen` have each before anybody else, both within
 * `connectTimeout`.
 */
export function opener(
  source: Connecting,
  preparer: Preparer,
  options: CheckedPoolOptions,
  ambient: Ambient,
): Connect<Promise<unknown> | null> {
  const { driver, plan } = source
  const { clock, life, tuning, isolation } = options
  const within = life.connectTimeout + (plan.lockWait ?? 0)
  const { pid } = process
  const open = async (context: ConnectContext & { readonly signal: AbortSignal }) => {
    const connection = await driver.connect(plan.options, context)
    const session = new Session(connection, preparer, 'connection', null)
    if (options.onOpen) await prepare(session, options, ambient, context.signal)
    return connection
  }
  return async (role, id, after) => {
    if (process.pid !== pid) throw forked()
    const late = new AbortController()
    const name = `${options.name}-${id}`
    const setsUp = options.onOpen !== null
    const opening = open({ role, name, tuning, isolation, setsUp, signal: late.signal, ...(after && { after }) })
    return await inTime({ opening, after, late, within, clock })
  }
}

interface Opening {
  readonly opening: Promise<Connection>
  /** The time does not run before this has resolved. */
  readonly after: Promise<unknown> | null
  /** Fires when the time is up. */
  readonly late: AbortController
  readonly within: number
  readonly clock: Clock
}

/** Gives the connection if it comes in time; one that comes later is closed. */
async function inTime({ opening, after, late, within, clock }: Opening): Promise<Connection> {
  if (within === Number.POSITIVE_INFINITY) return await opening
  const { promise: timeUp, reject } = Promise.withResolvers<never>()
  let timer: unknown
  const start = () => {
    timer = clock.setTimer(() => {
      late.abort()
      reject(tooLate(within))
    }, within)
  }
  if (after) after.then(start, () => undefined)
  else start()
  try {
    return await Promise.race([opening, timeUp])
  } catch (error) {
    opening.then(
      (connection) => connection.close(),
      () => undefined,
    )
    throw error
  } finally {
    clock.clearTimer(timer)
  }
}

// Calls through the pool inside are made on this very connection: they would wait for it otherwise.
async function prepare(
  session: Session,
  { rowMode, onOpen }: CheckedPoolOptions,
  ambient: Ambient,
  signal: AbortSignal,
): Promise<void> {
  const { connection } = session
  const lent = new PooledConnection(session, { rowMode, autocommit: true, readOnly: false })
  // Whatever onOpen still waits for then, it gets nothing more.
  const giveUp = () => {
    session.end()
    void connection.close()
  }
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const scope = scopeOf(session, () => lent.begin())
    await ambient.run(scope, { holder: session, lane: null, around: null }, async () => onOpen?.(lent))
    await session.settle()
    if (session.inTransaction) await commit(session)
    await session.dropResults()
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    session.end()
  }
}

function tooLate(within: number): TimeoutError {
  return new TimeoutError(`the connection was not open after ${within} ms`, {
    code: 'CONNECT_TIMEOUT',
    kind: 'timeout',
    retryable: true,
  })
}

// Threads and locks do not come along to a process that is made by a fork.
function forked(): InterfaceError {
  return new InterfaceError('the pool belongs to another process: make one in each process', {
    code: 'OTHER_PROCESS',
    kind: 'usage',
  })
}
