import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import type { AuthorRecord } from '../peers/records.ts'
import { settingsNote } from '../peers/settings.ts'
import { blogFile, createBlog } from '../tables/blog.ts'
import { FEWER_BLOCKS, LIBRARIES, ORMS } from './records.ts'

const WARM_UP = 2000
const HASHED_ONE_IN = 101

interface Hydration extends Variant {
  readonly rows: number
}

/** S11: many rows of one query to records. */
export const hydration: Scenario<Hydration> = {
  code: 'S11',
  name: 'hydration',
  title: 'Hydration: every row of a table as a record',
  peers: [...LIBRARIES, 'offloop-sql', ...ownPeers],
  baselines: [
    { label: 'best ORM', peers: ORMS },
    { label: 'plain objects', peers: ['offloop-sql'] },
  ],
  columns: [rate('records'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Records per second', logarithmic: true }],
  targets: [
    { figure: 'loopMicroseconds', to: 'plain objects', atMost: 1.5, appliesTo: () => true },
    { figure: 'operationsPerSecond', to: 'best ORM', atLeast: 3, appliesTo: () => true },
  ],
  fewerBlocks: { peers: LIBRARIES, blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 300, warmUpMilliseconds: 0, timedMilliseconds: 0 },
  notes: [
    settingsNote,
    'offloop-sql: the same rows as plain objects, from the same pool on node:sqlite.',
    `Timed is one query, all of it at once, warmed up by one of ${WARM_UP} rows again and again. One record in ${HASHED_ONE_IN} is compared.`,
  ],
  variants: ({ quick }: Scope) => {
    const rows = quick ? 10_000 : 100_000
    return [{ name: `${rows.toLocaleString('en')} rows x 4 columns`, rows }]
  },
  prepare: (folder, variants) => {
    for (const { rows } of variants) createBlog(folder, { authors: rows, posts: false })
  },
  trial,
}

async function trial(peer: Peer, { rows }: Hydration, { folder, warmUpMilliseconds }: Conditions): Promise<Trial> {
  if (!peer.openRecords) throw new Error('The peer has no records')
  const session = await peer.openRecords(blogFile(folder, { authors: rows, posts: false }))
  const end = performance.now() + warmUpMilliseconds
  do await session.list(0, WARM_UP)
  while (performance.now() < end)
  let found: readonly AuthorRecord[] = []
  const figures = await measure(async () => {
    found = await session.all()
    return found.length
  })
  if (found.length !== rows) throw new Error(`Read ${found.length} records instead of ${rows}`)
  const compared = found.filter((_, index) => index % HASHED_ONE_IN === 0)
  const hash = hashOf(compared.map(({ id, name, email, age }) => [id, name, email, age]))
  await session.close()
  return { hash, figures }
}
