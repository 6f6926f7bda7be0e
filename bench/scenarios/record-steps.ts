import { closedLoop, type Work, warmUp } from '../harness/closed-loop.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Scope, Trial, Variant } from '../harness/scenario.ts'
import type { Peer } from '../peers/peer.ts'
import type { AuthorRecord, RecordsSession } from '../peers/records.ts'
import { type Blog, makeAuthors } from '../tables/blog.ts'

/** What most steps are on: few authors, with posts. */
export const BLOG: Blog = { authors: 2000, posts: true }
/** Of these a third is deleted to warm up, at most. Each library loads all of them first, which takes some long. */
export const DELETED: Blog = { authors: 12_000, posts: false }
export const IN_FLIGHT = 16
const LISTED = 200
const NESTED = 50

export const STEPS = {
  find: 'find by key',
  list: `list ${LISTED}`,
  insert: 'insert',
  update: 'update a loaded one',
  nested: `${NESTED} with their posts and the comments on these`,
  remove: 'delete a loaded one',
} as const

export type Step = keyof typeof STEPS

/** A step as a column of conditions; of a check the two that say most. */
export function stepVariants({ quick }: Scope): Stepping[] {
  const steps = quick ? (['find', 'nested'] as const) : (Object.keys(STEPS) as Step[])
  return steps.map((step) => ({ name: STEPS[step], step }))
}

export interface Stepping extends Variant {
  readonly step: Step
}

/** Which blog a step needs. */
export function blogOf(step: Step): Blog {
  return step === 'remove' ? DELETED : BLOG
}

// A process has one peer, whose results are compared in its first trial.
let isCompared = false

/** Times a step of a peer on a database that is as it was made. */
export async function timedStep(peer: Peer, step: Step, address: string, conditions: Conditions): Promise<Trial> {
  if (!peer.openRecords) throw new Error('The peer has no records')
  const session = await peer.openRecords(address)
  const hash = isCompared || step === 'remove' ? null : await comparedHash(session)
  isCompared ||= hash !== null
  const [early, work] = await workOf(session, step)
  // Of many rows no more are in flight than are timed: of the slowest, each call blocks for tens of milliseconds.
  const isLarge = step === 'list' || step === 'nested'
  await (isLarge ? closedLoop : warmUp)(IN_FLIGHT, conditions.warmUpMilliseconds, early)
  const figures = await measure(() => closedLoop(IN_FLIGHT, conditions.timedMilliseconds, work))
  await session.close()
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
  const anyId = () => 1 + random(BLOG.authors)
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
