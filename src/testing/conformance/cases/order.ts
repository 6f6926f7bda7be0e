import type { Case } from '../case.ts'
import { done, failure, same, success } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

const inside = { inTransaction: true } as const

export const order: readonly Case[] = [
  {
    name: 'DBA-050 statements sent together run in the order in which they were sent',
    async run(subject) {
      const connection = await subject.table()
      const inserts: Promise<unknown>[] = []
      const counts: Promise<number>[] = []
      for (let id = 1; id <= 100; id++) {
        inserts.push(success(subject.insert(connection, [id]), 'INSERT'))
        counts.push(subject.ids(connection).then((ids) => ids.length))
      }
      await Promise.all(inserts)
      const expected = Array.from({ length: 100 }, (_, i) => i + 1)
      same(await Promise.all(counts), expected, 'each SELECT must see the INSERTs sent before it, and none sent after')
    },
  },
  { name: 'calls of every kind sent together run in the order in which they were sent', run: everyKind },
  {
    name: 'every answer belongs to its own question, however many are under way',
    async run(subject) {
      const connection = await subject.connect()
      const one = subject.sql.placeholder(1)
      const wrong = subject.query(connection, 'SELEC 1')
      const asked = Array.from({ length: 1000 }, (_, i) => i)
      // The sum makes it an expression of a known type where a database must know the type of a value.
      const answers = asked.map((i) => subject.run(connection, `SELECT 0 + ${one}`, [i]))
      const got = (await Promise.all(answers)).map(({ rows }) => (rows[0] as unknown[])[0])
      same(got, asked, 'each statement must get the row that it asked for')
      await failure(wrong, 'a syntax error among many statements', 'syntax')
    },
  },
]

async function everyKind(subject: Subject): Promise<void> {
  const connection = await subject.table()
  const many = (ids: number[], more = {}) =>
    connection.queryMany(
      subject.statement(subject.insertion(1), [], more),
      ids.map((id) => [id]),
    )
  const calls = [
    success(connection.begin('write'), 'begin'),
    success(subject.insert(connection, [1], inside), 'INSERT'),
    success(many([2, 3], inside), 'queryMany'),
    success(connection.commit(), 'commit'),
    success(connection.begin('write'), 'begin'),
    success(subject.insert(connection, [4], inside), 'INSERT'),
    success(connection.rollback(), 'rollback'),
    failure(subject.insert(connection, [5], inside), 'an INSERT of a transaction that is over', 'rolledBack'),
    success(subject.insert(connection, [6]), 'INSERT'),
    success(connection.open(subject.statement(`SELECT id FROM ${TABLE} ORDER BY id`), 100), 'open'),
    success(many([7]), 'queryMany'),
  ]
  const results = await Promise.all(calls)
  const opened = results[9] as { first: { rows: unknown[] } }
  same(
    opened.first.rows,
    [[1], [2], [3], [6]],
    'open must see what was sent before it, and nothing that was sent after',
  )
  same(
    await subject.ids(connection),
    [1, 2, 3, 6, 7],
    'commit and rollback must end what was sent before them, only that',
  )
  await done(connection.rollback(), 'rollback without a transaction')
}
