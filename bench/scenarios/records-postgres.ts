import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import type { Conditions, Scenario, Trial } from '../harness/scenario.ts'
import type { PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { onPool, prepareServer, serverUrl } from '../servers/server.ts'
import type { Blog } from '../tables/blog.ts'
import { fillBlog, postgresTypes } from '../tables/on-servers.ts'
import { BLOG, blogOf, DELETED, IN_FLIGHT, type Stepping, stepVariants, timedStep } from './record-steps.ts'

const ORMS: readonly PeerName[] = ['drizzle-pg', 'typeorm-pg', 'sequelize-pg', 'mikro-orm-pg', 'objection-pg']
const LIBRARIES: readonly PeerName[] = [...ORMS, 'kysely-pg']
const BLOCKS = 2
/** Of the others: a block of them takes most of a minute. */
const FEWER_BLOCKS = 1

/** S10 on a server: records against those of other libraries, step by step. */
export const recordsOnPostgres: Scenario<Stepping> = {
  code: 'S10-PG',
  name: 'records-postgres',
  title: `Records on PostgreSQL: each step with ${IN_FLIGHT} in flight`,
  peers: [...LIBRARIES, 'offloop-pg-sql', 'offloop-pg'],
  baselines: [
    { label: 'best ORM', peers: ORMS },
    { label: 'SQL by hand', peers: ['offloop-pg-sql'] },
  ],
  columns: [rate('steps'), loopCost, loopDelay, processor],
  charts: [{ figure: 'operationsPerSecond', title: 'Steps per second on PostgreSQL', logarithmic: true }],
  targets: [
    { figure: 'operationsPerSecond', to: 'best ORM', atLeast: 2, appliesTo: () => true },
    { figure: 'operationsPerSecond', to: 'SQL by hand', atLeast: 0.8, appliesTo: () => true },
  ],
  fewerBlocks: { peers: LIBRARIES, blocks: FEWER_BLOCKS },
  budget: { firstMilliseconds: 250, warmUpMilliseconds: 100, timedMilliseconds: 150 },
  notes: [
    `All libraries are on pg, each with a pool of at most ${CONNECTIONS} connections. Each insert, update and delete is its own transaction.`,
    'Before anything is timed, what all of them read, and one record that each of them inserted, changed and read back by key, is compared.',
    'offloop-pg-sql: the same SQL by hand on the same pool. Its rate may be 1.25 times that of the records.',
    `Tried in ${BLOCKS} blocks, the other libraries in ${FEWER_BLOCKS}. Kysely, which makes no records, is not among the ORMs.`,
  ],
  variants: (scope) => stepVariants(scope).map((variant) => ({ ...variant, blocks: BLOCKS })),
  prepare,
  trial,
}

async function prepare(folder: string): Promise<string> {
  let note = ''
  for (const blog of [BLOG, DELETED]) {
    note = await prepareServer(folder, {
      server: 'postgres',
      database: databaseOf(blog),
      async fill(pool) {
        await fillBlog(pool, postgresTypes, blog)
        // So that no copy has the server do it beside.
        await pool.runOperation('VACUUM ANALYZE')
      },
    })
  }
  return note
}

async function trial(peer: Peer, { step }: Stepping, conditions: Conditions): Promise<Trial> {
  const copy = `blog_copy_${process.pid}`
  const server = serverUrl(conditions.folder, 'postgres')
  await onPool(server, (pool) => pool.runOperation(`CREATE DATABASE ${copy} TEMPLATE ${databaseOf(blogOf(step))}`))
  const result = await timedStep(peer, step, serverUrl(conditions.folder, 'postgres', copy), conditions)
  // It waits for connections that are about to end; by force it would break those of peers that do not wait for that.
  await onPool(server, (pool) => pool.runOperation(`DROP DATABASE ${copy}`))
  return result
}

function databaseOf({ authors }: Blog): string {
  return `blog_${authors}`
}
