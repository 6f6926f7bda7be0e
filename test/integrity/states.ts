import {
  AbortError,
  CommitUnknownError,
  ConnectionLostError,
  type ConnectionPool,
  InterfaceError,
  OperationalError,
  PoolClosedError,
  ProgrammingError,
  TimeoutError,
  TransactionEndedError,
} from 'offloop'
import type { FakeClock } from 'offloop/testing'
import { Gate } from '../pool/fixtures/gate-memory.ts'
import type { Operation } from './operations.ts'

/** What a hostile state has to do with. */
export interface Stage {
  /** The pool that is worked with. */
  readonly pool: ConnectionPool
  readonly clock: FakeClock
  /** Another on the same file. */
  readonly other: ConnectionPool
  /** A third, that only reads the file. */
  readonly readOnly: ConnectionPool
  /** One more like the first, for states that use it up. */
  readonly fresh: () => ConnectionPool
}

/** How an operation must end: well, or with an error of this class and kind. */
export type End =
  | 'done'
  | { readonly error: abstract new (...args: never[]) => Error; readonly kind: string; readonly kept?: 'unknown' }

/** A state of affairs in which an operation is to keep its promises. */
export interface State {
  /** Left out: every operation can meet it. */
  readonly meets?: (operation: Operation) => boolean
  /** How each ends in it. */
  readonly end: (operation: Operation) => End
  /** Runs the operation in it, and mends everything afterwards. */
  readonly run: (stage: Stage, operation: Operation) => Promise<unknown>
}

const writes = ({ nature }: Operation) => nature !== 'read'
const commits = ({ nature, entries }: Operation) =>
  (nature === 'interaction' || nature === 'lent' || nature === 'bulk') && entries > 0

const lost: End = { error: ConnectionLostError, kind: 'connectionLost' }
// The thread may have committed a single write before it died; docs/limits.md says so.
const lostOrDone: End = { ...lost, kept: 'unknown' }
const unknown: End = { error: CommitUnknownError, kind: 'commitUnknown', kept: 'unknown' }

function dies(mark: string, end: State['end'], meets?: State['meets']): State {
  return { ...(meets && { meets }), end, run: ({ pool }, operation) => operation.run(pool, mark, {}) }
}

/** Runs the operation up to a gate, does something there, and lets it go on. */
async function atGate(start: (mark: string) => Promise<unknown>, when: string, act: () => unknown): Promise<unknown> {
  const gate = new Gate()
  const running = start(`/*${when} wait ${gate.number}*/`)
  running.catch(() => undefined)
  await gate.reached()
  await act()
  gate.open()
  return await running
}

function aborted(when: string): State {
  return {
    end: () => ({ error: AbortError, kind: 'aborted' }),
    run({ pool }, operation) {
      const controller = new AbortController()
      const start = (mark: string) => operation.run(pool, mark, { signal: controller.signal })
      return atGate(start, when, () => controller.abort())
    },
  }
}

async function meanwhile<T>(change: () => Promise<unknown>, back: () => Promise<unknown>, run: () => Promise<T>) {
  await change()
  try {
    return await run()
  } finally {
    await back()
  }
}

export const states: Readonly<Record<string, State>> = {
  'nothing is wrong': { end: () => 'done', run: ({ pool }, operation) => operation.run(pool, '', {}) },
  'the thread dies before its statement': dies('/*before exit*/', () => lost),
  'the thread dies behind its statement': dies('/*after exit*/', ({ nature }) =>
    nature === 'single' ? lostOrDone : lost,
  ),
  'the thread dies before COMMIT': dies('/*commit before exit*/', () => unknown, commits),
  'the thread dies behind COMMIT': dies('/*commit after exit*/', () => unknown, commits),
  'its signal was aborted before': {
    end: () => ({ error: AbortError, kind: 'aborted' }),
    run: ({ pool }, operation) => operation.run(pool, '', { signal: AbortSignal.abort() }),
  },
  'its signal is aborted before its statement runs': aborted('before'),
  'its signal is aborted behind its statement': aborted('after'),
  'its signal is aborted when it is over': {
    end: () => 'done',
    async run({ pool }, operation) {
      const controller = new AbortController()
      const result = await operation.run(pool, '', { signal: controller.signal })
      controller.abort()
      return result
    },
  },
  'its time is up': {
    end: () => ({ error: TimeoutError, kind: 'timeout' }),
    run: ({ pool, clock }, operation) =>
      atGate(
        (mark) => operation.run(pool, mark, { timeout: 100 }),
        'before',
        () => clock.advance(100),
      ),
  },
  'the pool was closed before': {
    end: () => ({ error: PoolClosedError, kind: 'closed' }),
    async run({ fresh }, operation) {
      const pool = fresh()
      await pool.close()
      return await operation.run(pool, '', {})
    },
  },
  'the pool is closed meanwhile': {
    // What a reader has refused by then would have to ask for the writer.
    end: ({ triesReader }) => (triesReader ? { error: PoolClosedError, kind: 'closed' } : 'done'),
    async run({ fresh }, operation) {
      const pool = fresh()
      let closing: Promise<void> = Promise.resolve()
      const close = () => {
        closing = pool.close()
      }
      try {
        return await atGate((mark) => operation.run(pool, mark, {}), 'before', close)
      } finally {
        await closing
      }
    },
  },
  'the interaction that it was called in has ended': {
    end: ({ nature }) =>
      nature === 'lent'
        ? { error: InterfaceError, kind: 'usage' }
        : { error: TransactionEndedError, kind: 'transactionEnded' },
    async run({ pool }, operation) {
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const late = await pool.runInteraction(() => {
        const call = over.then(() => operation.run(pool, '', {}))
        call.catch(() => undefined)
        return { call }
      })
      resolve()
      return await late.call
    },
  },
  'the interaction around it is rolled back': {
    end: ({ nature }) =>
      nature === 'lent' ? { error: InterfaceError, kind: 'usage' } : { error: OperationalError, kind: 'other' },
    async run({ pool }, operation) {
      return await pool.runInteraction(async () => {
        await operation.run(pool, '', {})
        throw new OperationalError('roll back', { kind: 'other' })
      })
    },
  },
  'an earlier statement took its transaction away': {
    end: ({ nature }) =>
      nature === 'lent' ? { error: InterfaceError, kind: 'usage' } : { error: OperationalError, kind: 'rolledBack' },
    async run({ pool }, operation) {
      return await pool.runInteraction(async (txn) => {
        await txn.execute('INSERT INTO ledger (id, cents) VALUES (-1, 1)')
        await txn.execute('INSERT OR ROLLBACK INTO ledger (id, cents) VALUES (-1, 1)').catch(() => undefined)
        await operation.run(pool, '', {})
      })
    },
  },
  'another holds the lock': {
    end: (operation) => (writes(operation) ? { error: OperationalError, kind: 'busy' } : 'done'),
    run: ({ pool, other }, operation) => other.runInteraction(() => operation.run(pool, '', {})),
  },
  'the disk is full': {
    end: (operation) => (writes(operation) ? { error: OperationalError, kind: 'full' } : 'done'),
    run: ({ pool }, operation) =>
      meanwhile(
        async () => {
          await pool.runOperation('VACUUM')
          const [size] = await pool.runInteraction((txn) => txn.query('PRAGMA page_count'))
          await pool.runWithConnection((lent) => lent.query(`PRAGMA max_page_count = ${size?.page_count}`))
        },
        () => pool.runWithConnection((lent) => lent.query('PRAGMA max_page_count = 1000000')),
        () => operation.run(pool, '', {}),
      ),
  },
  'the file may only be read': {
    end: (operation) => (writes(operation) ? { error: OperationalError, kind: 'readOnly' } : 'done'),
    run: ({ readOnly }, operation) => operation.run(readOnly, '', {}),
  },
  'another took its table away': {
    end: () => ({ error: ProgrammingError, kind: 'missing' }),
    run: ({ pool, other }, operation) =>
      meanwhile(
        () => other.runOperation('ALTER TABLE ledger RENAME TO hidden'),
        () => other.runOperation('ALTER TABLE hidden RENAME TO ledger'),
        () => operation.run(pool, '', {}),
      ),
  },
}
