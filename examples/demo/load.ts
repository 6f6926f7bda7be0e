import type { ConnectionPool } from 'offloop'
import type { Collection } from './collect.ts'
import { DemoError } from './options.ts'
import { Progress } from './screen.ts'

const tables = [
  `CREATE TABLE packages (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT, path TEXT NOT NULL UNIQUE, license TEXT,
    description TEXT, bytes INTEGER NOT NULL, file_count INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE dependencies (
    package_id INTEGER NOT NULL REFERENCES packages, name TEXT NOT NULL, range TEXT NOT NULL, kind TEXT NOT NULL,
    resolved_id INTEGER REFERENCES packages,
    PRIMARY KEY (package_id, name, kind)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE files (
    id INTEGER PRIMARY KEY, package_id INTEGER NOT NULL REFERENCES packages, path TEXT NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT`,
  'CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT',
  `CREATE TABLE authors_packages (
    author_id INTEGER NOT NULL REFERENCES authors, package_id INTEGER NOT NULL REFERENCES packages,
    PRIMARY KEY (author_id, package_id)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE notes (
    id INTEGER PRIMARY KEY, text TEXT NOT NULL, subject_id INTEGER NOT NULL, subject_type TEXT NOT NULL
  ) STRICT`,
  'CREATE INDEX dependencies_resolved ON dependencies (resolved_id)',
  // What npm installs because a package asks for it; peers and development tools are somebody else's wish.
  `CREATE VIEW links AS
    SELECT DISTINCT package_id AS from_id, resolved_id AS to_id FROM dependencies
    WHERE kind IN ('runtime', 'optional') AND resolved_id IS NOT NULL`,
  'CREATE TABLE pulls (from_id INTEGER, to_id INTEGER, PRIMARY KEY (from_id, to_id)) STRICT, WITHOUT ROWID',
  'CREATE INDEX pulls_to ON pulls (to_id)',
]

// UNION, not UNION ALL: a pair already found is not followed again, which is what ends a cycle.
const fillPulls = `
  INSERT INTO pulls
  WITH RECURSIVE pulled(from_id, to_id) AS (
    SELECT id, id FROM packages
    UNION
    SELECT pulled.from_id, links.to_id FROM pulled JOIN links ON links.from_id = pulled.to_id
  )
  SELECT from_id, to_id FROM pulled`

/** Creates the tables and fills them; gives the number of rows. */
export async function load(pool: ConnectionPool, collection: Collection): Promise<number> {
  await createTables(pool)
  const parts = Object.entries(collection)
  const total = parts.reduce((sum, [, rows]) => sum + rows.length, 0)
  const progress = new Progress('loading', total)
  let done = 0
  for (const [name, rows] of parts) {
    const before = done
    const { rowCount } = await pool.insertMany(name, rows, { onProgress: (soFar) => progress.show(before + soFar) })
    done += rowCount
    progress.show(done)
  }
  await pool.runOperation(fillPulls)
  return done
}

async function createTables(pool: ConnectionPool): Promise<void> {
  await pool.runInteraction(async (txn) => {
    const [first] = await txn.query("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1", [])
    if (first) throw new DemoError('The database of --db already holds tables; name a new file.')
    for (const sql of tables) await txn.execute(sql)
  })
}
