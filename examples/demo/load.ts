import type { ConnectionPool } from 'offloop'
import type { Collection } from './collect.ts'
import { DemoError } from './options.ts'
import { Progress } from './screen.ts'
import { type Words, wordsFor } from './words.ts'

const tables = ({ key, name, word, strict, keyed, quote }: Words) => [
  `CREATE TABLE packages (
    id ${key}, name TEXT NOT NULL, version TEXT, path ${name} NOT NULL UNIQUE, license TEXT,
    description TEXT, bytes INTEGER NOT NULL, file_count INTEGER NOT NULL
  )${strict}`,
  `CREATE TABLE dependencies (
    package_id INTEGER NOT NULL REFERENCES packages (id), name ${name} NOT NULL, ${quote('range')} TEXT NOT NULL,
    kind ${word} NOT NULL, resolved_id INTEGER REFERENCES packages (id),
    PRIMARY KEY (package_id, name, kind)
  )${keyed}`,
  `CREATE TABLE files (
    id ${key}, package_id INTEGER NOT NULL REFERENCES packages (id), path TEXT NOT NULL,
    bytes INTEGER NOT NULL
  )${strict}`,
  `CREATE TABLE authors (id ${key}, name ${name} NOT NULL UNIQUE)${strict}`,
  `CREATE TABLE authors_packages (
    author_id INTEGER NOT NULL REFERENCES authors (id), package_id INTEGER NOT NULL REFERENCES packages (id),
    PRIMARY KEY (author_id, package_id)
  )${keyed}`,
  `CREATE TABLE notes (
    id ${key}, text TEXT NOT NULL, subject_id INTEGER NOT NULL, subject_type TEXT NOT NULL
  )${strict}`,
  'CREATE INDEX dependencies_resolved ON dependencies (resolved_id)',
  // What npm installs because a package asks for it; peers and development tools are somebody else's wish.
  `CREATE VIEW links AS
    SELECT DISTINCT package_id AS from_id, resolved_id AS to_id FROM dependencies
    WHERE kind IN ('runtime', 'optional') AND resolved_id IS NOT NULL`,
  `CREATE TABLE pulls (from_id INTEGER, to_id INTEGER, PRIMARY KEY (from_id, to_id))${keyed}`,
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

// Each statement by itself: not every database can undo a CREATE TABLE.
async function createTables(pool: ConnectionPool): Promise<void> {
  const words = wordsFor(pool)
  const [first] = await pool.runQuery(words.anyTable)
  if (first) throw new DemoError('The database of --db already holds tables; name a new one.')
  for (const sql of tables(words)) await pool.runOperation(sql)
}
