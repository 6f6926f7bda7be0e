import type { ConnectionPool } from 'offloop'
import { heading, print, safe, size, table } from './screen.ts'
import { type Words, wordsFor } from './words.ts'

const MOST_CHAINS = 50_000
const SHOWN_NAMES = 8
const ARROW = ' → '

type Heavy = { name: string; version: string | null; own: number; total: number; pulled: number }

const heaviest = ({ sum }: Words) => `
  SELECT asking.name, asking.version, asking.bytes AS own, ${sum('pulled.bytes')} AS total, count(*) - 1 AS pulled
  FROM pulls
  JOIN packages AS asking ON asking.id = pulls.from_id
  JOIN packages AS pulled ON pulled.id = pulls.to_id
  GROUP BY asking.id ORDER BY total DESC, asking.path LIMIT 8`

type Chain = { depth: number; names: string; walked: number }

// A chain starts where nobody pulls a package in but those that it pulls in itself: at the top, or on a cycle at the
// top. It visits no package twice. There can be more chains than anyone will wait for, hence the LIMIT.
const deepest = ({ text, concat, position, deepestFirst }: Words) => `
  WITH RECURSIVE
    start(id) AS (
      SELECT id FROM packages WHERE NOT EXISTS (
        SELECT 1 FROM pulls AS up WHERE up.to_id = packages.id AND NOT EXISTS (
          SELECT 1 FROM pulls AS back WHERE back.from_id = packages.id AND back.to_id = up.from_id))
    ),
    chain(first, last, depth, trail, names) AS (
      SELECT id, id, 0, ${text(concat("'/'", 'id', "'/'"))}, ${text('name')} FROM start JOIN packages USING (id)
      UNION ALL
      SELECT chain.first, needed.id, chain.depth + 1, ${concat('chain.trail', 'needed.id', "'/'")},
        ${concat('chain.names', `'${ARROW}'`, 'needed.name')}
      FROM chain
      JOIN links ON links.from_id = chain.last
      JOIN packages AS needed ON needed.id = links.to_id
      WHERE ${position('chain.trail', concat("'/'", 'needed.id', "'/'"))} = 0
      ${deepestFirst(MOST_CHAINS)}
    ),
    walked AS (SELECT * FROM chain LIMIT ${MOST_CHAINS}),
    ranked AS (
      SELECT depth, names, row_number() OVER (PARTITION BY first ORDER BY depth DESC, names) AS place FROM walked
    )
  SELECT depth, names, (SELECT count(*) FROM walked) AS walked
  FROM ranked WHERE place = 1 AND depth > 0 ORDER BY depth DESC, names LIMIT 5`

type Duplicate = { name: string; copies: number; versions: string; bytes: number }

const duplicates = ({ list, sum }: Words) => `
  SELECT name, count(*) AS copies, ${list('version')} AS versions, ${sum('bytes')} AS bytes
  FROM (SELECT * FROM packages ORDER BY version) AS sorted
  GROUP BY name HAVING count(DISTINCT version) > 1 ORDER BY copies DESC, name LIMIT 8`

/** Asks three questions at once and prints the answers as tables. */
export async function answer(pool: ConnectionPool): Promise<void> {
  const words = wordsFor(pool)
  const [heavy, chains, doubles] = await Promise.all([
    pool.runQuery<Heavy>(heaviest(words)),
    pool.runQuery<Chain>(deepest(words)),
    pool.runQuery<Duplicate>(duplicates(words)),
  ])
  showHeaviest(heavy)
  showChains(chains)
  showDuplicates(doubles)
}

function showHeaviest(rows: Heavy[]): void {
  heading('The heaviest packages, with everything they pull in')
  table(
    [['package'], ['version'], ['own size', 'right'], ['with all', 'right'], ['pulls in', 'right']],
    rows.map(({ name, version, own, total, pulled }) => {
      return [safe(name), safe(version ?? '?'), size(own), size(total), pulled]
    }),
  )
}

function showChains(rows: Chain[]): void {
  heading('The deepest dependency chains')
  if (rows.length === 0) return print('None: no package needs another.')
  table(
    [['steps', 'right'], ['chain']],
    rows.map(({ depth, names }) => [depth, safe(shortened(names))]),
  )
  if (rows[0]?.walked === MOST_CHAINS) print('There are more chains than were walked; deeper ones may exist.')
}

function shortened(chain: string): string {
  const names = chain.split(ARROW)
  if (names.length <= SHOWN_NAMES) return chain
  return [...names.slice(0, SHOWN_NAMES - 2), '…', ...names.slice(-1)].join(ARROW)
}

function showDuplicates(rows: Duplicate[]): void {
  heading('Packages installed in several versions')
  if (rows.length === 0) return print('None: each package is there in one version only.')
  table(
    [['package'], ['copies', 'right'], ['versions'], ['together', 'right']],
    rows.map(({ name, copies, versions, bytes }) => {
      return [safe(name), copies, safe(versions.replaceAll(',', ', ')), size(bytes)]
    }),
  )
}
