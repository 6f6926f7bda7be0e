import type { Connection, OpenResult } from '../../../contract/connection.ts'
import type { Case } from '../case.ts'
import { answer, done, failure, holds, same, success } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

/** How many rows two pages of one size may differ by: "about so many". */
const ABOUT = 2

export const pages: readonly Case[] = [
  {
    name: 'DBA-046 a result that is opened comes page by page, whole and in its order',
    async run(subject) {
      const connection = await subject.connect()
      for (const [count, size] of [
        [1000, 300],
        [1000, 250],
        [3, 1],
        [1, 1],
      ] as const) {
        const result = await open(subject, connection, count, size)
        holds(result.first.rows.length <= size * ABOUT, `a page of about ${size} rows had ${result.first.rows.length}`)
        const rows = await all(result, size)
        same(
          rows,
          Array.from({ length: count }, (_, i) => [i + 1]),
          `the pages must hold the rows 1 to ${count}`,
        )
        await subject.run(connection, 'SELECT 1')
      }
    },
  },
  {
    name: 'a result that fits its first page says that nothing more comes',
    async run(subject) {
      const connection = await subject.table()
      const { first } = await open(subject, connection, 3, 100)
      same([first.rows.length, first.more], [3, false], 'the first page must hold all rows, and `more` must be false')
      same(first.description?.length, 1, 'the first page must describe the columns')
      const query = subject.statement(`SELECT id FROM ${TABLE}`)
      const empty = await success(connection.open(query, 10), 'open')
      same([empty.first.rows, empty.first.more], [[], false], 'no rows: an empty page, and `more` false')
      const insert = await success(connection.open(subject.statement(subject.insertion(1), [1]), 10), 'open of INSERT')
      same(
        [insert.first.description, insert.first.more, insert.first.rowCount],
        [null, false, 1],
        'an INSERT is one page',
      )
    },
  },
  {
    name: 'a result can be closed in its middle and after its end, and what follows is not disturbed',
    async run(subject) {
      const connection = await subject.connect()
      const result = await open(subject, connection, 10_000, 10)
      await done(result.close(), 'close of a result in its middle')
      same(
        (await subject.run(connection, 'SELECT 2')).rows,
        [[2]],
        'the connection must answer after a result was closed',
      )
      await done(result.close(), 'close of a result that is closed')
      const whole = await open(subject, connection, 5, 10)
      await done(whole.close(), 'close of a result after its last page')
      same(
        (await subject.run(connection, 'SELECT 3')).rows,
        [[3]],
        'the connection must answer after a result was closed',
      )
    },
  },
  { name: 'DBA-025 inside a transaction, results can be read in turns, with other statements between', run: inTurns },
  {
    name: 'an end of the transaction ends its open results, and disturbs nothing',
    async run(subject) {
      const connection = await subject.table()
      for (const ending of ['commit', 'rollback'] as const) {
        await done(connection.begin('write'), 'begin')
        const result = await open(subject, connection, 1000, 10, true)
        await done(connection[ending](), `${ending} while a result is open`)
        await answer(result.next(10), 'next() after the end of the transaction')
        await answer(result.close(), 'close() of a result after the end of the transaction')
        same((await subject.run(connection, 'SELECT 1')).rows, [[1]], `the connection must answer after ${ending}`)
      }
    },
  },
  {
    name: 'a statement that fails cannot be opened',
    async run(subject) {
      const connection = await subject.connect()
      const query = subject.statement('SELECT * FROM offloop_no_such_table')
      await failure(connection.open(query, 10), 'open of a missing table', 'missing')
      same((await subject.run(connection, 'SELECT 1')).rows, [[1]], 'the connection must answer after a failed open')
    },
  },
]

async function open(
  subject: Subject,
  connection: Connection,
  count: number,
  size: number,
  inTransaction: boolean = false,
): Promise<OpenResult> {
  return success(connection.open(subject.statement(subject.sql.count, [count], { inTransaction }), size), 'open')
}

async function all(result: OpenResult, size: number): Promise<unknown[]> {
  const rows = [...result.first.rows]
  for (let { more } = result.first; more; ) {
    const page = await success(result.next(size), 'next')
    holds(page.rows.length > 0 || !page.more, 'a page that says that more comes must hold rows')
    rows.push(...page.rows)
    more = page.more
  }
  return rows
}

async function inTurns(subject: Subject): Promise<void> {
  const connection = await subject.table()
  await done(connection.begin('write'), 'begin')
  const [first, second] = [await open(subject, connection, 30, 10, true), await open(subject, connection, 20, 10, true)]
  const inserted = await subject.run(connection, subject.insertion(1), [1], { inTransaction: true })
  same(inserted.rowCount, 1, 'a statement must run while results are open')
  const pages = await Promise.all([first.next(10), second.next(10), first.next(10)])
  const starts = pages.map((page) => ('rows' in page ? (page.rows[0] as unknown[])[0] : page.record.message))
  same(starts, [11, 11, 21], 'each result must go on where it stopped (the first row of each page)')
  await done(first.close(), 'close of a result')
  await done(second.close(), 'close of a result')
  await done(connection.commit(), 'commit')
  same(await subject.ids(connection), [1], 'what was written between the pages must be committed')
}
