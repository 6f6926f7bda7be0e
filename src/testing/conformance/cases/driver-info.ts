import assert from 'node:assert/strict'
import type { Case } from '../case.ts'
import { holds, same } from '../expect.ts'
import type { Subject } from '../subject.ts'

export const driverInfo: readonly Case[] = [
  {
    name: 'DBA-002 DBA-003 DBA-004 the driver tells its name, apilevel, threadsafety and paramstyle',
    run({ driver }) {
      holds(typeof driver.name === 'string' && driver.name.length > 0, 'name must be a text that is not empty')
      same(driver.apilevel, '2.0', "apilevel must be '2.0'")
      holds([0, 1, 2, 3].includes(driver.threadsafety), 'threadsafety must be 0, 1, 2 or 3')
      const styles = ['qmark', 'numeric', 'named', 'format', 'pyformat']
      holds(styles.includes(driver.paramstyle), `paramstyle must be one of ${styles.join(', ')}`)
    },
  },
  {
    name: 'the driver tells the traits of its database',
    run({ driver: { traits } }) {
      holds(Number.isSafeInteger(traits.maxParameters), 'traits.maxParameters must be a whole number')
      holds(typeof traits.infinity === 'boolean', 'traits.infinity must be true or false')
      holds(typeof traits.nulInText === 'boolean', 'traits.nulInText must be true or false')
      const [lowest, highest] = traits.integerRange
      holds(
        typeof lowest === 'bigint' && typeof highest === 'bigint' && lowest < highest,
        'traits.integerRange must be the lowest and the highest integer, as bigints',
      )
    },
  },
  {
    name: 'DBA-001 plan completes what it is given and refuses what it does not know, by name',
    async run(subject) {
      const plan = await subject.plan()
      const layouts = ['one', 'writer-readers', 'equal']
      holds(layouts.includes(plan.layout), `plan().layout must be one of ${layouts.join(', ')}`)
      holds(typeof plan.readOnly === 'boolean', 'plan().readOnly must be true or false')
      holds(typeof plan.label === 'string' && plan.label.length > 0, 'plan().label must name the database')
      const source = await subject.source()
      const wrong = { ...(typeof source === 'object' ? source : {}), noSuchOption: 1 }
      const promise = 'plan must throw for an unknown option, and its message must hold the name of that option'
      assert.throws(() => subject.driver.plan(wrong), /noSuchOption/, promise)
    },
  },
  { name: 'DBA-005 shape counts statements and placeholders, not what only looks like them', run: countsPlaceholders },
  {
    name: 'NOD-017 quoteIdentifier makes one identifier of any name',
    async run(subject) {
      const connection = await subject.connect()
      for (const name of ['plain', 'two words', 'quote"and`and\'and]', 'select', 'a.b', 'x--y', '名前']) {
        const sql = `SELECT 1 AS ${subject.driver.quoteIdentifier(name)}`
        const { rows } = await subject.run(connection, sql, [], { rowMode: 'object' })
        same(Object.keys(rows[0] as object), [name], 'a quoted name must come back as the name of the column')
      }
    },
  },
]

function countsPlaceholders({ driver, sql }: Subject): void {
  const one = sql.placeholder(1)
  const texts: [sql: string, statements: number, parameters: number][] = [
    ['', 0, 0],
    ['-- nothing', 0, 0],
    ['SELECT 1', 1, 0],
    ['SELECT 1;', 1, 0],
    ['SELECT 1; SELECT 2', 2, 0],
    ["SELECT ';'", 1, 0],
    [`SELECT ${one}`, 1, 1],
    [`SELECT ${one}, ${sql.placeholder(2)}`, 1, 2],
    [`SELECT '${one}', ${one} /* ${one} */ -- ${one}`, 1, 1],
    [`SELECT 'it''s ${one}' AS ${driver.quoteIdentifier(one)}`, 1, 0],
  ]
  for (const [text, statements, parameters] of texts) {
    const shape = driver.shape(text)
    same(shape.statementCount, statements, `shape(${JSON.stringify(text)}).statementCount`)
    same(shape.parameterCount, parameters, `shape(${JSON.stringify(text)}).parameterCount`)
    const named = shape.parameterNames === null || shape.parameterNames.length === parameters
    holds(named, `shape(${JSON.stringify(text)}).parameterNames must be null or name each value that crosses`)
  }
}
