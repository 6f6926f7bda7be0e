import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { closedLoop, type Work, warmUp } from '../harness/closed-loop.ts'
import { loopCost, loopDelay, processor, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers, type PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import type { AuthorRecord, RecordsSession } from '../peers/records.ts'
import { settingsNote } from '../peers/settings.ts'
import { type Blog, blogFile, createBlog, makeAuthors } from '../tables/blog.ts'
import { removeDatabase } from '../tables/items.ts'

/** The libraries that make records or objects of rows. */
export const ORMS: readonly PeerName[] = ['drizzle', 'prisma', 'typeorm', 'sequelize', 'mikro-orm', 'objection']
/** With those that only build queries: no ORM, but asked for by who would do without one. */
export const LIBRARIES: readonly PeerName[] = [...ORMS, 'kysely']
const AUTHORS = 2000
const BLOG: Blog = { authors: AUTHORS, posts: true }
/** Of these a third is deleted to warm up, at most. Each library loads all of them first, which takes some long. */
const DELETED: Blog = { authors: 12_000, posts: false }
const IN_FLIGHT = 16
const LISTED = 200
const NESTED = 50
/** Of the others: each of their blocks takes long. */
export const FEWER_BLOCKS = 3

const STEPS = {
  find: 'find by key',
  list: `list ${LISTED}`,
  insert: 'insert',
  update: 'update a loaded one',
  nested: `${NESTED} with their posts and the comments on these`,
  remove: 'delete a loaded one',
} as const

type Step = keyof typeof STEPS

interface Records extends Variant {
  readonly step: Step
}

/** S10: records against those of other libraries, step by step. */
export const records: Scenario<Records> = {
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
  variants: ({ quick }: Scope) =>
    (quick ? (['find', 'nested'] as const) : (Object.keys(STEPS) as Step[])).map((step) => ({
      name: STEPS[step],
      step,
    })),
  prepare: (folder) => {
    for (const blog of [BLOG, DELETED]) createBlog(folder, blog)
  },
  trial,
}

// A process has one peer, whose results are compared in its first trial.
let isCompared = false

async function trial(peer: Peer, { step }: Records, conditions: Conditions): Promise<Trial> {
  const file = join(conditions.folder, `records-${process.pid}.db`)
  copyFileSync(blogFile(conditions.folder, step === 'remove' ? DELETED : BLOG), file)
  if (!peer.openRecords) throw new Error('The peer has no records')
  const session = await peer.openRecords(file)
  const hash = isCompared || step === 'remove' ? null : await comparedHash(session)
  isCompared ||= hash !== null
  const [early, work] = await workOf(session, step)
  // Of many rows no more are in flight than are timed: of the slowest, each call blocks for tens of milliseconds.
  const isLarge = step === 'list' || step === 'nested'
  await (isLarge ? closedLoop : warmUp)(IN_FLIGHT, conditions.warmUpMilliseconds, early)
  const figures = await measure(() => closedLoop(IN_FLIGHT, conditions.timedMilliseconds, work))
  await session.close()
  removeDatabase(file)
  return { hash, figures }
}

/** Of what every library must give alike. */
async function comparedHash(session: RecordsSession): Promise<string> {
  const { name, email, age } = await session.find(7)
  const listed = await session.list(30, 20)
  const nested = await session.nested(3)
  const created = await session.insert({ name: 'new', email: 'new@example.org', age: 40 })
  await session.update(await session.find(created.id), 41)
  const changed = (await session.find(created.id)).age
  await session.remove(await session.find(created.id))
  const posts = nested.map((author) => [
    author.name,
    author.posts.map((post) => [post.title, post.comments.map(({ text }) => text)]),
  ])
  return hashOf([name, email, age, listed.map((author) => [author.id, author.age]), posts, created.id, changed])
}

type AnyWork = Work<unknown, unknown>

/** What warms up, and what is timed. */
type Works = readonly [AnyWork, AnyWork]

async function workOf(session: RecordsSession, step: Step): Promise<Works> {
  if (step === 'remove') return await removals(session)
  const work = await endlessWork(session, step)
  return [work, work]
}

async function endlessWork(session: RecordsSession, step: Exclude<Step, 'remove'>): Promise<AnyWork> {
  const random = seededRandom(20_250_505)
  const anyId = () => 1 + random(AUTHORS)
  const one = (
    next: () => unknown,
    operation: (input: never) => Promise<unknown>,
    check: AnyWork['check'] = () => {},
  ) => ({
    next,
    operation: operation as AnyWork['operation'],
    check,
  })
  switch (step) {
    case 'find':
      return one(anyId, session.find, (id, found) => expect((found as AuthorRecord).id === id))
    case 'list':
      return one(
        () => 20 + random(20),
        (age: number) => session.list(age, LISTED),
        (_, found) => expect((found as AuthorRecord[]).length === LISTED),
      )
    case 'nested':
      return one(
        () => NESTED,
        (count: number) => session.nested(count),
        (_, found) => expect((found as unknown[]).length === NESTED),
      )
    case 'insert': {
      const authors = makeAuthors(1000)
      return one(
        () => authors[random(authors.length)],
        session.insert,
        (_, created) => expect(Number.isInteger((created as AuthorRecord).id)),
      )
    }
    case 'update': {
      const loaded = await session.all()
      let at = 0
      return one(
        () => loaded[at++ % loaded.length],
        // Always another age: what a row has already, SQLite does not write.
        (record: AuthorRecord) => session.update(record, at),
      )
    }
  }
}

/** Deletes each author once, until there is none left. */
async function removals(session: RecordsSession): Promise<Works> {
  const loaded = await session.all()
  const early = Math.floor(loaded.length / 3)
  return [removal(session, loaded.slice(0, early)), removal(session, loaded.slice(early))]
}

function removal(session: RecordsSession, records: readonly AuthorRecord[]): AnyWork {
  let at = 0
  return {
    isOver: () => at === records.length,
    next: () => records[at++],
    operation: (record) => session.remove(record as AuthorRecord),
    check: () => {},
  }
}

function expect(holds: boolean): void {
  if (!holds) throw new Error('A record is not what was asked for')
}
