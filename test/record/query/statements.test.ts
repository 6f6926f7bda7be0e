import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { between, desc, gt, like, not, oneOf, or, type QueryOf, sql } from 'offloop/record'
import { PLAN } from '../../../src/record/query/answers.ts'
import { describeSelection, writeSelection } from '../../../src/record/query/selection.ts'
import { Shape, Statements, type Write, written } from '../../../src/record/statement.ts'
import { writerFor } from '../../../src/sql/index.ts'
import { type Database, tunedDatabases } from '../../databases.ts'
import { openBlog } from './fixtures.ts'

const [database] = tunedDatabases as readonly [Database, ...Database[]]
const sqlite = { dialect: 'sqlite', writer: writerFor('sqlite') } as const

/** Counts how often a text was asked to be written. */
class Counted extends Statements {
  writes = 0

  override of(shape: Shape, write: Write) {
    return super.of(shape, (place) => {
      this.writes++
      return write(place)
    })
  }
}

describe('statements', () => {
  const { User, Picture } = openBlog({ after: (work) => after(work) }, database)
  type AnyQuery = QueryOf<typeof User>

  /** What a query is known by, and what is written for it, without any cache. */
  function shaped(query: Pick<AnyQuery, typeof PLAN>) {
    const plan = query[PLAN]
    const { table } = plan.definition
    const shape = new Shape('query ', 'sqlite')
    describeSelection(plan, shape)
    const write: Write = (place) => writeSelection(plan, { table, place, dialect: 'sqlite' })
    return { shape, write, text: written(sqlite, write).sql }
  }

  it('a repeated query is not written again, whatever its values', () => {
    const statements = new Counted(sqlite)
    const ask = (age: number, limit: number) => {
      const query = User.where({ age: gt(age), role: ['admin', 'guest'] })
        .orderBy('-age')
        .limit(limit)
      const { shape, write } = shaped(query)
      return statements.of(shape, write)
    }
    const first = ask(1, 2)
    for (let at = 0; at < 100; at++) assert.equal(ask(at, at + 1), first)
    assert.equal(statements.writes, 1)
  })

  it('SQL written by hand has no shape: it is written each time', () => {
    const statements = new Counted(sqlite)
    for (const age of [1, 2]) {
      const { shape, write } = shaped(User.where(sql`age > ${age}`))
      const { bind } = statements.of(shape, write)
      assert.deepEqual(bind(shape.values), [age])
    }
    assert.deepEqual([statements.writes, statements.size], [2, 0])
  })

  it('the number of texts that are kept is bounded, and those in use stay', () => {
    const statements = new Counted(sqlite, 100)
    const often = shaped(User.where({ age: 1 }))
    for (let at = 0; at < 1000; at++) {
      const { write } = often
      const { shape } = shaped(User.where({ age: 1 }))
      statements.of(shape, write)
      const other = new Shape('other', 'sqlite')
      other.add(String(at))
      statements.of(other, write)
    }
    assert.ok(statements.size <= 100, `${statements.size} texts`)
    assert.equal(statements.writes, 1001)
  })

  it('lists of similar lengths share a text', () => {
    const texts = new Set(
      Array.from({ length: 1000 }, (_, length) => shaped(User.where({ id: Array(length).fill(1) })).text),
    )
    assert.ok(texts.size <= 13, `${texts.size} texts`)
  })

  it('P18 queries of equal shape have equal texts, and values for every place', () => {
    const name = fc.constantFrom('id' as const, 'age' as const)
    const number = fc.integer({ min: 0, max: 3 })
    const one = fc.oneof(
      fc.tuple(name, number).map(([key, value]) => ({ [key]: value })),
      fc.tuple(name, number).map(([key, value]) => ({ [key]: gt(value) })),
      fc.tuple(name, fc.array(number, { maxLength: 5 })).map(([key, values]) => ({ [key]: oneOf([...values, null]) })),
      fc.tuple(number, number).map(([low, high]) => ({ age: between(low, high) })),
      fc.constantFrom({}, { age: null }, { firstName: 'in 2 age' }, { firstName: like('2:=') }, { age: 1, id: 1 }),
      fc.constantFrom(['age = ?', 1] as const, ['age = 1'] as const, ["first_name = '4:desc'"] as const),
      fc.constantFrom({ id: User.where({ age: 1 }).valuesOf('id') }, { id: Picture.limit(1).valuesOf('userId') }),
    )
    const { condition } = fc.letrec<{ condition: unknown }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 3 },
        one,
        fc.array(tie('condition'), { maxLength: 3 }).map((parts) => or(...parts)),
        fc.array(tie('condition'), { maxLength: 3 }).map((parts) => not(...parts)),
      ),
    }))
    const refinement: fc.Arbitrary<(query: AnyQuery) => AnyQuery> = fc.oneof(
      condition.map((where) => (query: AnyQuery) => query.where(where as never)),
      name.map((key) => (query: AnyQuery) => query.orderBy(key)),
      name.map((key) => (query: AnyQuery) => query.orderBy(desc(key))),
      number.map((count) => (query: AnyQuery) => query.limit(count + 1)),
      number.map((count) => (query: AnyQuery) => query.offset(count)),
      fc.constantFrom<(query: AnyQuery) => AnyQuery>(
        (query) => query.distinct(),
        (query) => query.select('id') as never,
        (query) => query.select('age', 'id') as never,
        (query) => query.joins('pictures') as never,
        (query) => query.leftJoins('pictures') as never,
        (query) => query.whereHas('pictures', { name: 'x' }),
        (query) => query.whereHasNo('pictures'),
      ),
    )
    const texts = new Map<string, string>()
    const query = fc
      .array(refinement, { maxLength: 5 })
      .map((all) => all.reduce((made, refine) => refine(made), User.all()))
    fc.assert(
      fc.property(query, (made) => {
        const { shape, text } = shaped(made)
        assert.equal(texts.get(shape.key) ?? text, text)
        texts.set(shape.key, text)
        assert.equal(text.split('?').length - 1, shape.values.length)
      }),
      { numRuns: 2000 },
    )
    assert.ok(texts.size > 200, `${texts.size} shapes`)
    assert.equal(new Set(texts.values()).size <= texts.size, true)
  })
})
