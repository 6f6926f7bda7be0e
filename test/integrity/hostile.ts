import fc from 'fast-check'
import { type ConnectionPool, SqlError } from 'offloop'
import { asc, column as c, connect, desc, gt, like, Model, oneOf, startsWith } from 'offloop/record'
import { scan } from '../../src/drivers/sqlite/scan.ts'

/** What became of queries that were made of hostile input. */
export interface HostileFigures {
  readonly tried: number
  /** Ran, as the very statement that harmless input gives. */
  readonly ran: number
  /** Refused by an error with a code, before anything was sent or by the database's own check of values. */
  readonly refused: number
  /** Statements that were another one than with harmless input, or more than one. */
  readonly escaped: readonly string[]
  /** Ended in an error without a code. */
  readonly strange: readonly string[]
  /** Rows, tables and prototypes that are not what they were. */
  readonly harmed: readonly string[]
}

const payloads = [
  "'; DROP TABLE canary; --",
  '" OR 1=1 --',
  "' UNION SELECT secret FROM canary --",
  'id; DELETE FROM canary',
  'name ASC, (SELECT secret FROM canary)',
  'desc; --',
  '1; x',
  "\\' OR 1=1 --",
  '\\',
  '`',
  ']',
  "a'b",
  'a.b[*]',
  "$.x') OR 1=1 --",
  '?',
  '?1',
  ':x',
  '/*',
  '--',
  '%',
  '_',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  'id desc',
  '-id',
  '--id',
  'users.id',
  '"id"',
  'count(*)',
  'x'.repeat(3000),
] as const

const bodies: readonly unknown[] = [
  { gt: 0 },
  { not: '' },
  { $or: [{ id: 1 }] },
  { $gt: '' },
  [0],
  [[1]],
  { toSqlString: 'x' },
  { isRawBuilder: true, sql: '1=1' },
  { kind: 'RawNode', sqlFragments: ['1=1'], parameters: [] },
  { name: '=', values: [1] },
  { word: 'or', parts: [] },
  { by: 'id', descending: 'desc; DROP TABLE canary' },
  { plan: {} },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { constructor: { prototype: { polluted: true } } },
  true,
  null,
  -1,
  1e21,
  1.5,
]

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<string>(...payloads) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom<string>(...payloads), fc.string()).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
const body = fc.oneof(
  fc.constantFrom(...bodies),
  text,
  fc.dictionary(fc.oneof(fc.constantFrom('id', 'name', 'tags'), text), fc.oneof(fc.constantFrom(...bodies), text), {
    maxKeys: 3,
  }),
)

/** A question, made of hostile input and, beside it, of harmless input. */
interface Question {
  readonly given: unknown
  ask(input: never): Asked
  readonly harmless: unknown
}

interface Asked extends PromiseLike<unknown> {
  toSql(): { readonly sql: string }
}

/** Asks questions that are made of hostile names, values, directions, limits and whole bodies, and looks what they did. */
export async function askHostile(pool: ConnectionPool, count: number, seed: number): Promise<HostileFigures> {
  await pool.runOperation('CREATE TABLE canary (secret TEXT NOT NULL)')
  await pool.runOperation("INSERT INTO canary VALUES ('sings')")
  await pool.runOperation('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, tags TEXT)')
  await pool.insertMany('people', [
    { id: 1, name: 'ann', tags: '[]' },
    { id: 2, name: 'bob', tags: '[]' },
  ])
  const before = await state(pool)
  const figures = {
    tried: 0,
    ran: 0,
    refused: 0,
    escaped: [] as string[],
    strange: [] as string[],
    harmed: [] as string[],
  }
  for (const question of fc.sample(questions(pool), { numRuns: count, seed })) {
    figures.tried++
    const end = await outcome(question)
    if (end === 'ran') figures.ran++
    else if (end === 'refused') figures.refused++
    else figures[end.kind].push(end.what)
  }
  const after = await state(pool)
  if (after !== before) figures.harmed.push(after)
  if ('polluted' in {}) figures.harmed.push('Object.prototype')
  return figures
}

async function state(pool: ConnectionPool): Promise<string> {
  const tables = await pool.runQuery('SELECT name, sql FROM sqlite_schema ORDER BY name')
  return JSON.stringify([
    tables,
    await pool.runQuery('SELECT * FROM canary'),
    await pool.runQuery('SELECT * FROM people'),
  ])
}

type End = 'ran' | 'refused' | { readonly kind: 'escaped' | 'strange'; readonly what: string }

async function outcome({ ask, given, harmless }: Question): Promise<End> {
  try {
    const asked = ask(given as never)
    const { sql } = asked.toSql()
    if (scan(sql).shape.statementCount !== 1) return { kind: 'escaped', what: sql }
    if (harmless !== undefined && sql !== ask(harmless as never).toSql().sql) return { kind: 'escaped', what: sql }
    await asked
    return 'ran'
  } catch (error) {
    if (error instanceof SqlError || (error as { code?: unknown }).code === 'INVALID_OPTION') return 'refused'
    return { kind: 'strange', what: `${JSON.stringify(given)}: ${String(error)}` }
  }
}

function questions(pool: ConnectionPool): fc.Arbitrary<Question> {
  class Person extends Model('people', {
    id: c.integer().primaryKey(),
    name: c.text().nullable(),
    tags: c.json().nullable(),
  }) {
    others = this.hasMany(() => Person, { foreignKey: 'id' })
  }
  connect(pool, [Person])
  const of = (input: fc.Arbitrary<unknown>, ask: (given: never) => Asked, harmless?: unknown): fc.Arbitrary<Question> =>
    input.map((given) => ({ given, ask, harmless }))
  const anything = fc.oneof(text, body)
  return fc.oneof(
    of(text, (name) => Person.where({ name }), 'x'),
    of(text, (name) => Person.where({ name: like(name) }), 'x'),
    of(text, (name) => Person.where({ name: startsWith(name) }), 'x'),
    of(text, (name) => Person.where({ name: oneOf([name, 'x']) }), 'x'),
    of(text, (name) => Person.where({ name: gt(name) as never }), 'x'),
    of(text, (name) => Person.where(['name = ? OR id = ?', name, 1]), 'x'),
    of(text, (name) => Person.whereHas('others', { name }), 'x'),
    of(body, (tags) => Person.where({ tags: { of: tags } }), 'x'),
    of(anything, (where) => Person.findBy(where)),
    of(anything, (value) => Person.findBy({ id: value, name: value })),
    of(anything, (by) => Person.orderBy(by)),
    of(anything, (by) => Person.orderBy(desc(by))),
    of(anything, (by) => Person.orderBy(asc(by))),
    of(anything, (name) => Person.select(name)),
    of(anything, (name) => Person.where({ id: Person.all().valuesOf(name) as never })),
    of(anything, (name) => Person.include(name)),
    of(anything, (name) => Person.joins(name)),
    of(anything, (name) => Person.whereHas(name)),
    of(anything, (count) => Person.limit(count), 1),
    of(anything, (count) => Person.offset(count)),
    of(anything, (end) => Person.slice(0, end), 1),
    of(anything, (options) => Person.find({ limit: options, orderBy: 'id' }) as never),
    of(anything, (by) => Person.find({ orderBy: by, group: by })),
    of(anything, (key) => keyed(Person, key)),
    of(anything, (name) => summed(Person, name)),
    of(anything, (distinct) => Person.distinct().distinct(distinct)),
  )
}

/** Reading by key, with the statement that it is read by. */
function keyed(model: { get(key: never): Promise<unknown>; all(): Asked }, key: never): Asked {
  const { sql } = model.all().toSql()
  return thenable(model.get(key), sql)
}

function summed(
  model: { pluck(name: never): Promise<unknown>; max(name: never): Promise<unknown>; all(): Asked },
  name: never,
): Asked {
  const { sql } = model.all().toSql()
  return thenable(
    model.pluck(name).then(() => model.max(name)),
    sql,
  )
}

function thenable(promise: Promise<unknown>, sql: string): Asked {
  promise.catch(() => undefined)
  // biome-ignore lint/suspicious/noThenProperty: it stands for a query
  return { toSql: () => ({ sql }), then: (done, failed) => promise.then(done, failed) }
}
