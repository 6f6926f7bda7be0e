import type { CallOptions, ConnectionPool } from 'offloop'
import { collect } from '../pool/expect.ts'

/** What an operation is, as far as it decides what becomes of it in a hostile state. */
export type Nature = 'read' | 'single' | 'interaction' | 'bulk' | 'lent'

/**
 * An operation of a pool or a transaction. What it writes are entries of a ledger whose sum is nothing, in two halves
 * where it has several steps: a sum that is something else shows that a half was kept.
 */
export interface Operation {
  readonly nature: Nature
  /** Entries that it leaves when it succeeds. */
  readonly entries: number
  /** A reader is tried first, which refuses it. */
  readonly triesReader?: boolean
  /** `mark` is obeyed by the statement that matters. */
  readonly run: (pool: ConnectionPool, mark: string, options: CallOptions) => Promise<unknown>
}

const SELECT = 'SELECT sum(cents) AS total, count(*) AS n FROM ledger'
// Large enough to need room of its own in the file.
const entry = (cents: number) => `INSERT INTO ledger (cents, pad) VALUES (${cents}, zeroblob(9000))`
const both = `${entry(1)}, (-1, zeroblob(9000))`

export const operations: Readonly<Record<string, Operation>> = {
  runQuery: {
    nature: 'read',
    entries: 0,
    run: (pool, mark, options) => pool.runQuery(`${SELECT} ${mark}`, [], options),
  },
  stream: {
    nature: 'read',
    entries: 0,
    run: (pool, mark, options) => collect(pool.stream(`${SELECT} ${mark}`, [], options)),
  },
  'read-only interaction': {
    nature: 'read',
    entries: 0,
    run: (pool, mark, options) =>
      pool.runInteraction({ ...options, readOnly: true }, (txn) => txn.query(`${SELECT} ${mark}`)),
  },
  runOperation: {
    nature: 'single',
    entries: 2,
    run: (pool, mark, options) => pool.runOperation(`${both} ${mark}`, [], options),
  },
  'runQuery that writes': {
    nature: 'single',
    entries: 2,
    triesReader: true,
    run: (pool, mark, options) => pool.runQuery(`${both} RETURNING cents ${mark}`, [], options),
  },
  executeMany: {
    nature: 'bulk',
    entries: 2,
    run: (pool, mark, options) =>
      pool.executeMany(`INSERT INTO ledger (cents, pad) VALUES (?, zeroblob(9000)) ${mark}`, [[1], [-1]], options),
  },
  'statements in an interaction': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        await txn.execute(entry(1))
        await txn.query(`${entry(-1)} ${mark}`)
      }),
  },
  'calls through the pool in an interaction': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async () => {
        await pool.runOperation(entry(1))
        await pool.runOperation(`${entry(-1)} ${mark}`)
      }),
  },
  'a stream in an interaction': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        await txn.execute(entry(1))
        await collect(pool.stream(`${SELECT} ${mark}`))
        await txn.execute(entry(-1))
      }),
  },
  'a cursor in an interaction': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        const cursor = txn.cursor()
        await txn.execute(entry(1))
        await cursor.execute(`${SELECT} ${mark}`)
        await txn.execute(entry(-1))
        return await cursor.fetchAll()
      }),
  },
  'executeMany in an interaction': {
    nature: 'interaction',
    entries: 3,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        await txn.execute(entry(2))
        await txn.executeMany(`INSERT INTO ledger (cents, pad) VALUES (?, zeroblob(9000)) ${mark}`, [[-1], [-1]])
      }),
  },
  'an interaction in an interaction': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        await txn.execute(entry(1))
        await pool.runInteraction((inner) => inner.execute(`${entry(-1)} ${mark}`))
      }),
  },
  'an interaction whose inner one was undone': {
    nature: 'interaction',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runInteraction(options, async (txn) => {
        const undo = new Error('undo')
        await pool
          .runInteraction(async (inner) => {
            await inner.execute(entry(5))
            throw undo
          })
          .catch((error) => {
            if (error !== undo) throw error
          })
        await txn.execute(entry(1))
        await txn.execute(`${entry(-1)} ${mark}`)
      }),
  },
  'a lent connection that commits': {
    nature: 'lent',
    entries: 2,
    run: (pool, mark, options) =>
      pool.runWithConnection(options, async (connection) => {
        await connection.query(entry(1))
        await connection.query(`${entry(-1)} ${mark}`)
        await connection.commit()
      }),
  },
  'a lent connection that rolls back': {
    nature: 'lent',
    entries: 0,
    run: (pool, mark, options) =>
      pool.runWithConnection(options, async (connection) => {
        await connection.query(entry(1))
        await connection.query(`${entry(1)} ${mark}`)
        await connection.rollback()
      }),
  },
}
