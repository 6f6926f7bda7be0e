import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Conditions, Scenario, Trial } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import { settingsNote } from '../peers/settings.ts'
import { blogFile, createBlog } from '../tables/blog.ts'
import { removeDatabase } from '../tables/items.ts'
import { BLOG, blogOf, DELETED, IN_FLIGHT, type Stepping, stepVariants, timedStep } from './record-steps.ts'

/** The libraries that make records or objects of rows. */
export const ORMS: readonly PeerName[] = ['drizzle', 'prisma', 'typeorm', 'sequelize', 'mikro-orm', 'objection']
/** With those that only build queries: no ORM, but asked for by who would do without one. */
export const LIBRARIES: readonly PeerName[] = [...ORMS, 'kysely']
/** Of the others: each of their blocks takes long. */
export const FEWER_BLOCKS = 3

/** S10: records against those of other libraries, step by step. */
export const records: Scenario<Stepping> = {
  code: 'S10',
  name: 'records',
  title: `Records: each step with ${IN_FLIGHT} in flight`,
  peers: [...LIBRARIES, 'offloop-sql', ...ownPeers],
  baselines: [
    { label: 'best ORM', peers: ORMS },
    { label: 'SQL by hand', peers: ['offloop-sql'] },
  ],
  columns: [rate('steps'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Steps per second', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'best ORM', atLeast: 2, appliesTo: () => true },
    { figure: 'operationsPerSecond', to: 'SQL by hand', atLeast: 0.8, appliesTo: () => true },
  ],
  fewerBlocks: { peers: LIBRARIES, blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 250, warmUpMilliseconds: 120, timedMilliseconds: 100 },
  notes: [
    settingsNote,
    'Each insert, update and delete is its own transaction, with synchronous=FULL. Before anything is timed, what all of ' +
      'them read, and one record that each of them inserted, changed and read back by key, is compared.',
    'offloop-sql: the same SQL by hand on the same pool, node:sqlite. Its rate may be 1.25 times that of the records.',
    `The other libraries are tried in ${FEWER_BLOCKS} blocks. Kysely, which makes no records, is not among the ORMs.`,
  ],
  variants: stepVariants,
  prepare: (folder) => {
    for (const blog of [BLOG, DELETED]) createBlog(folder, blog)
  },
  trial,
}

async function trial(peer: Peer, { step }: Stepping, conditions: Conditions): Promise<Trial> {
  const file = join(conditions.folder, `records-${process.pid}.db`)
  copyFileSync(blogFile(conditions.folder, blogOf(step)), file)
  const result = await timedStep(peer, step, file, conditions)
  removeDatabase(file)
  return result
}
