import { ConnectionPool, type PooledConnection } from 'offloop'

/* What the next borrower of a connection finds of the one before. */

const MANY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT i FROM n'

type Leave = (connection: PooledConnection, pool: ConnectionPool) => Promise<unknown>

/** Must be gone: an open transaction with what it changed, and whatever holds an old state of the database. */
const gone: Readonly<Record<string, Leave>> = {
  transaction: (connection) => connection.query('INSERT INTO t VALUES (2)'),
  cursor: async (connection) => await (await connection.cursor().execute(`${MANY}, t`)).fetchOne(),
  autocommitCursor: async (connection) => {
    await connection.setAutocommit(true)
    await (await connection.cursor().execute(`${MANY}, t`)).fetchOne()
  },
  stream: (_, pool) => pool.stream(`${MANY}, t`, [], { pageSize: 10 }).next(),
  autocommit: (connection) => connection.setAutocommit(true),
}

/** Stays, as docs/limits.md says: nobody but the borrower knows what it is for. */
const stays: Readonly<Record<string, { leave: string; seen: string }>> = {
  temporaryTable: { leave: 'CREATE TEMP TABLE mine (a)', seen: 'SELECT 1 FROM temp.sqlite_schema' },
  pragma: { leave: 'PRAGMA cache_size = -123', seen: 'SELECT 1 FROM pragma_cache_size WHERE cache_size = -123' },
  attach: { leave: "ATTACH ':memory:' AS side", seen: "SELECT 1 FROM pragma_database_list WHERE name = 'side'" },
}

/** What of a borrower's doings the next one found, over and over on a pool of one connection. */
export interface SessionFigures {
  readonly borrowers: number
  /** Of what must be gone. */
  readonly found: readonly string[]
  /** Of what stays. */
  readonly stayed: readonly string[]
}

/** Leaves everything behind that a borrower can leave, by returning and by throwing, and lets the next one look. */
export async function leaveTraces(url: string, rounds: number): Promise<SessionFigures> {
  await using pool = new ConnectionPool(url, { max: 1 })
  await pool.runOperation('CREATE TABLE t (a)')
  await pool.runOperation('INSERT INTO t VALUES (1)')
  const found = new Set<string>()
  let borrowers = 0
  for (let round = 0; round < rounds; round++) {
    for (const [what, leave] of Object.entries(gone)) {
      borrowers++
      await borrow(pool, leave, round % 2 === 0)
      if (!(await isClean(pool))) found.add(what)
    }
  }
  const stayed: string[] = []
  for (const [what, { leave, seen }] of Object.entries(stays)) {
    await pool.runWithConnection(async (connection) => {
      await connection.setAutocommit(true)
      await connection.query(leave)
    })
    if ((await pool.runQuery(seen)).length > 0) stayed.push(what)
  }
  return { borrowers, found: [...found], stayed }
}

async function borrow(pool: ConnectionPool, leave: Leave, throws: boolean): Promise<void> {
  const mine = new Error('mine')
  const lent = pool.runWithConnection(async (connection) => {
    await leave(connection, pool)
    if (throws) throw mine
    await connection.rollback()
  })
  await lent.catch((error: unknown) => {
    if (error !== mine) throw error
  })
}

/** The next borrower begins in a transaction of his own, sees what is committed and nothing else, and can write. */
async function isClean(pool: ConnectionPool): Promise<boolean> {
  const read = async (connection: PooledConnection) => (await connection.query('SELECT a FROM t')).map(({ a }) => a)
  const fresh = await pool.runWithConnection(async (connection) => {
    const { autocommit } = connection
    const before = await read(connection)
    await connection.query('INSERT INTO t VALUES (3)')
    await connection.commit()
    return !autocommit && before.join() === '1'
  })
  const rows = await pool.runWithConnection(read)
  await pool.runOperation('DELETE FROM t WHERE a <> 1')
  return fresh && rows.join() === '1,3'
}
