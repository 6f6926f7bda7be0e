import { Failure } from '../../../contract/failure.ts'
import type { Case } from '../case.ts'
import { answer, failure, same, success } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

const COLUMN_ITEMS = ['displaySize', 'internalSize', 'name', 'nullOk', 'precision', 'scale', 'typeCode']

export const rows: readonly Case[] = [
  {
    name: 'DBA-028 description has the seven items of each column, and is null for what gives no rows',
    async run(subject) {
      const connection = await subject.table()
      const inserted = await subject.run(connection, subject.insertion(1), [1])
      same(inserted.description, null, 'description must be null for a statement that gives no rows')
      same(inserted.rows, [], 'rows must be empty for a statement that gives none')
      const { description } = await subject.run(connection, 'SELECT 1 AS a, 2 AS b')
      same(
        description?.map((column) => column.name),
        ['a', 'b'],
        'description must name the columns in their order',
      )
      const items = Object.keys(description?.[0] ?? {}).sort()
      same(items, COLUMN_ITEMS, "a column must have PEP 249's seven items, those that are unknown as null")
    },
  },
  {
    name: 'DBA-029 DBA-031 description is there for a result without rows, every time, with its aliases',
    async run(subject) {
      const connection = await subject.table()
      const none = `SELECT id AS ${subject.driver.quoteIdentifier('Alias')} FROM ${TABLE}`
      for (let time = 0; time < 3; time++) {
        const outcome = await subject.run(connection, none)
        const names = outcome.description?.map((column) => column.name)
        same(names, ['Alias'], 'description must be there whenever the statement is one that gives rows')
        same(outcome.rows, [], 'an empty table must give no rows')
      }
    },
  },
  {
    name: 'rows are objects by column name, or tuples, as the call asks',
    async run(subject) {
      const connection = await subject.connect()
      const sql = 'SELECT 1 AS b, NULL AS a'
      const first = async (rowMode: 'object' | 'array') => {
        const [row] = (await subject.run(connection, sql, [], { rowMode })).rows
        return Array.isArray(row) ? row : { ...(row as object) }
      }
      same(await first('object'), { b: 1, a: null }, "rowMode 'object' must give an object by column name")
      same(await first('array'), [1, null], "rowMode 'array' must give the values in the order of the columns")
      same(await first('object'), { b: 1, a: null }, 'the row mode is that of the call, not of the first one')
    },
  },
  {
    name: 'a column named __proto__ is a property like any other',
    async run(subject) {
      const connection = await subject.connect()
      const sql = `SELECT 7 AS ${subject.driver.quoteIdentifier('__proto__')}`
      const [row] = (await subject.run(connection, sql, [], { rowMode: 'object' })).rows
      same(Object.entries(row as object), [['__proto__', 7]], 'the row must have the column as a property of its own')
    },
  },
  {
    name: 'DBA-031 columns of the same name are all there in a tuple, and no object loses one in silence',
    async run(subject) {
      const connection = await subject.connect()
      const sql = 'SELECT 1 AS a, 2 AS a'
      same((await subject.run(connection, sql)).rows, [[1, 2]], 'a tuple must keep columns of the same name apart')
      const objects = await answer(subject.query(connection, sql, [], { rowMode: 'object' }), sql)
      if (objects instanceof Failure) return
      const values = Object.values(objects.rows[0] as object)
      same(values, [1, 2], 'an object must hold both columns under names of their own, or the call must be a Failure')
    },
  },
  {
    name: 'a large result comes whole and in its order',
    async run(subject) {
      const connection = await subject.connect()
      const outcome = await subject.run(connection, subject.sql.count, [20_000])
      const wrong = outcome.rows.findIndex((row, i) => (row as unknown[])[0] !== i + 1)
      same(
        [outcome.rows.length, wrong],
        [20_000, -1],
        'the rows must be 1 to 20,000 (their number, the first wrong one)',
      )
    },
  },
  {
    name: 'a result of more rows than the call allows is a Failure, one of just so many is not',
    async run(subject) {
      const connection = await subject.connect()
      const count = (rows: number) => subject.query(connection, subject.sql.count, [rows], { maxRows: 1000 })
      for (let time = 0; time < 4; time++) {
        same((await success(count(1000), 'maxRows')).rows.length, 1000, 'as many rows as maxRows allows must be given')
      }
      const { record } = await failure(count(1001), 'a result of more than maxRows', 'tooBig')
      same(record.code, 'RESULT_TOO_LARGE', 'the Failure must have the record that tooLargeRecord gives')
      const endless = subject.query(connection, subject.sql.endless, [], { maxRows: 10 })
      await failure(endless, 'a result without end, with maxRows', 'tooBig')
      same((await subject.run(connection, 'SELECT 1')).rows, [[1]], 'the connection must go on after such a failure')
    },
  },
  { name: 'a value of several megabytes comes back whole, and so does what follows it', run: largeValues },
]

async function largeValues(subject: Subject): Promise<void> {
  const connection = await subject.table()
  const words = 'größer 😀 '.repeat(300_000)
  const bytes = new Uint8Array(4 * 1024 * 1024).map((_, i) => i % 251)
  await subject.run(connection, subject.insertion(5), [1, null, null, words, bytes])
  await subject.run(connection, subject.insertion(5), [2, null, null, 'small', Uint8Array.of(1)])
  const { rows } = await subject.run(connection, `SELECT words, bytes FROM ${TABLE} ORDER BY id`)
  const [large, small] = rows as [string, Uint8Array][]
  same(large?.[0] === words, true, 'a text of several megabytes must come back unchanged')
  same(Buffer.compare(bytes, large?.[1] ?? new Uint8Array(0)), 0, 'bytes of several megabytes must come back unchanged')
  same([small?.[0], [...(small?.[1] ?? [])]], ['small', [1]], 'what follows a large value must come back unchanged')
}
