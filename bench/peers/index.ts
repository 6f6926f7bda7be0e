import type { Peer } from './peer.ts'

// A trial's process loads its own peer and no other.
const peers = {
  'better-sqlite3': () => import('./better-sqlite3.ts'),
  'node-sqlite': () => import('./node-sqlite.ts'),
  'bare-thread': () => import('./bare-thread.ts'),
  'docs-worker': () => import('./docs-worker.ts'),
  'docs-worker-cached': () => import('./docs-worker-cached.ts'),
  'docs-worker-one': () => import('./docs-worker-one.ts'),
  piscina: () => import('./piscina.ts'),
  libsql: () => import('./libsql.ts'),
  sqlite3: () => import('./sqlite3.ts'),
  adbapi: () => import('./adbapi.ts'),
  drizzle: () => import('./drizzle.ts'),
  kysely: () => import('./kysely.ts'),
  knex: () => import('./knex.ts'),
  typeorm: () => import('./typeorm.ts'),
  sequelize: () => import('./sequelize.ts'),
  'mikro-orm': () => import('./mikro-orm.ts'),
  objection: () => import('./objection.ts'),
  prisma: () => import('./prisma.ts'),
  pg: () => import('./pg.ts'),
  'postgres.js': () => import('./postgres.ts'),
  mariadb: () => import('./mariadb.ts'),
  mysql2: () => import('./mysql2.ts'),
  'drizzle-pg': () => import('./on-postgres/drizzle.ts'),
  'kysely-pg': () => import('./on-postgres/kysely.ts'),
  'typeorm-pg': () => import('./on-postgres/typeorm.ts'),
  'sequelize-pg': () => import('./on-postgres/sequelize.ts'),
  'mikro-orm-pg': () => import('./on-postgres/mikro-orm.ts'),
  'objection-pg': () => import('./on-postgres/objection.ts'),
  'offloop-sql': () => import('./offloop-sql.ts'),
  'offloop-node-sqlite': () => import('./offloop-node-sqlite.ts'),
  'offloop-better-sqlite3': () => import('./offloop-better-sqlite3.ts'),
  'offloop-pg-sql': () => import('./on-postgres/sql.ts'),
  'offloop-pg': () => import('./offloop-pg.ts'),
  'offloop-mysql': () => import('./offloop-mysql.ts'),
} satisfies Record<string, () => Promise<{ peer: Peer }>>

export type PeerName = keyof typeof peers

export const peerNames = Object.keys(peers) as PeerName[]

/** The peers that are offloop on a file. */
export const ownPeers: readonly PeerName[] = ['offloop-node-sqlite', 'offloop-better-sqlite3']

/** All that are offloop, of which targets speak. */
export const judgedPeers: readonly PeerName[] = [...ownPeers, 'offloop-pg', 'offloop-mysql']

/** The peers whose calls block the event loop until they have answered. */
export const blockingPeers: readonly PeerName[] = ['better-sqlite3', 'node-sqlite']

/** What a reader of the figures must know of a peer. */
export const whatPeersAre: ReadonlyMap<PeerName, string> = new Map([
  ['bare-thread', 'bare-thread: a thread without a pool; a message and its answer, no database unless said otherwise.'],
  ['docs-worker', "docs-worker: the thread pool of better-sqlite3's documentation, which prepares every time."],
  ['docs-worker-cached', 'docs-worker-cached: the same with kept statements.'],
  ['docs-worker-one', 'docs-worker-one: the same with kept statements and one thread, so that there is one writer.'],
  ['piscina', 'piscina: its own defaults, threads with better-sqlite3 and kept statements.'],
  ['libsql', 'libsql: @libsql/client on a local file, which blocks the loop although its calls give promises.'],
  ['sqlite3', 'sqlite3: archived; callbacks on the thread pool of libuv, one connection, kept statements.'],
  [
    'adbapi',
    'adbapi: twisted.enterprise.adbapi on the sqlite3 of Python; loop is processor time of the reactor thread.',
  ],
  ['pg', 'pg: its Pool with named statements, which the server prepares once for each connection.'],
  ['postgres.js', 'postgres.js: the package postgres, by unsafe() with prepared statements; it pipelines.'],
  ['mariadb', 'mariadb: its pool, execute() for prepared statements and batch() for many rows.'],
  ['mysql2', 'mysql2: its promise pool, execute() for prepared statements and one INSERT with many rows.'],
  ['kysely', 'kysely: a query builder; it gives plain objects, not records.'],
  ['prisma', 'prisma: 7, without an engine of its own, on its adapter for better-sqlite3.'],
  ['typeorm', 'typeorm: bulk inserts by insert() of its query builder.'],
  ['mikro-orm', 'mikro-orm: bulk inserts by em.insertMany().'],
  ['sequelize', 'sequelize: on sqlite3, bulk inserts by bulkCreate().'],
])

export async function loadPeer(name: PeerName): Promise<Peer> {
  return (await peers[name]()).peer
}
