import type { Case } from '../case.ts'
import { answer, failure, holds, same, success } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

export const statements: readonly Case[] = [
  {
    name: 'DBA-037 values are bound, never part of the SQL text',
    async run(subject) {
      const connection = await subject.table()
      for (const [id, words] of ["Cooper's", "'); DROP TABLE offloop_conformance; --", '? $1 :a %s'].entries()) {
        await subject.run(connection, subject.insertion(4), [id, null, null, words])
        const one = subject.sql.placeholder(1)
        const { rows } = await subject.run(connection, `SELECT words FROM ${TABLE} WHERE id = ${one}`, [id])
        same(rows, [[words]], 'text that looks like SQL must come back as it was given')
      }
    },
  },
  { name: 'DBA-032 DBA-033 rowCount tells what a statement changed, -1 what does not apply', run: tellsRowCount },
  {
    name: 'DBA-057 lastRowId is the id of the last INSERT, and null for what is none',
    needs: ['lastRowId'],
    async run(subject) {
      const connection = await subject.table()
      const inserted = await subject.run(connection, subject.insertion(1), [41])
      same(inserted.lastRowId, 41, 'lastRowId must be the id of the row that was inserted')
      const selected = await subject.run(connection, 'SELECT 1')
      same(selected.lastRowId, null, 'lastRowId must be null for a statement that is no INSERT')
      const updated = await subject.run(connection, `UPDATE ${TABLE} SET amount = 1`)
      same(updated.lastRowId, null, 'lastRowId must be null for a statement that is no INSERT')
    },
  },
  {
    name: 'every outcome tells the milliseconds that the database took',
    async run(subject) {
      const connection = await subject.table()
      const { databaseTime } = await subject.run(connection, subject.insertion(1), [1])
      holds(databaseTime >= 0 && databaseTime < 60_000, `databaseTime must be milliseconds, not ${databaseTime}`)
    },
  },
  {
    name: 'DBA-038 the same text runs again and again, with other values, also after the schema changed',
    async run(subject) {
      const connection = await subject.table()
      for (let id = 1; id <= 20; id++) await subject.run(connection, subject.insertion(1), [id])
      const all = `SELECT * FROM ${TABLE} WHERE id <= ${subject.sql.placeholder(1)}`
      same((await subject.run(connection, all, [7])).rows.length, 7, 'a statement must run with the values it is given')
      await subject.run(connection, `ALTER TABLE ${TABLE} ADD COLUMN later INTEGER`)
      const { rows, description } = await subject.run(connection, all, [7])
      same(description?.length, 7, 'description must have the column that was added since the statement ran first')
      same((rows[0] as unknown[]).length, 7, 'rows must have the column that was added since the statement ran first')
    },
  },
  { name: 'DBA-040 queryMany runs once per set of values and tells the total', run: runsMany },
  {
    name: 'DBA-042 queryMany tells which set failed, and the transaction can still be rolled back',
    async run(subject) {
      const connection = await subject.table()
      await success(connection.begin('write'), 'begin')
      const query = subject.statement(subject.insertion(1), [], { inTransaction: true })
      const failed = await failure(connection.queryMany(query, [[1], [2], [1], [3]]), 'queryMany', 'unique')
      same(failed.record.index, 2, 'the Failure must have the index of the set that failed, counted from 0')
      await success(connection.rollback(), 'rollback')
      same(await subject.ids(connection), [], 'rollback must undo the sets that ran before the one that failed')
    },
  },
]

async function tellsRowCount(subject: Subject): Promise<void> {
  const connection = await subject.connect()
  await answer(subject.query(connection, `DROP TABLE ${TABLE}`), 'DROP TABLE')
  const rowCount = async (sql: string, values: number[] = []) => (await subject.run(connection, sql, values)).rowCount
  same(await rowCount(subject.sql.createTable), -1, 'rowCount must be -1 after CREATE TABLE')
  same(await rowCount(subject.insertion(1), [1]), 1, 'rowCount must be 1 after an INSERT of one row')
  same(await rowCount(subject.insertion(1), [2]), 1, 'rowCount must be 1 after an INSERT of one row')
  const update = `UPDATE ${TABLE} SET amount = 0`
  same(await rowCount(update), 2, 'rowCount must count the rows that UPDATE matched, also those that it left the same')
  same(await rowCount(`${update} WHERE id = 9`), 0, 'rowCount must be 0 when UPDATE matched no row')
  const selected = await rowCount(`SELECT id FROM ${TABLE}`)
  holds(selected === -1 || selected === 2, `rowCount of a SELECT must be -1 or the number of rows, not ${selected}`)
  same(await rowCount(`DELETE FROM ${TABLE}`), 2, 'rowCount must be the number of deleted rows')
}

async function runsMany(subject: Subject): Promise<void> {
  const connection = await subject.table()
  const query = subject.statement(subject.insertion(4))
  const sets = Array.from({ length: 300 }, (_, id) => [id, id * 2, null, `row ${id}`])
  const outcome = await success(connection.queryMany(query, sets), 'queryMany')
  same(outcome.rowCount, 300, 'rowCount of queryMany must be the total over all sets')
  const { rows } = await subject.run(connection, `SELECT id, whole, fraction, words FROM ${TABLE} ORDER BY id`)
  same(rows, sets, 'queryMany must run once with each set of values, whole and in their order')
  const none = await success(connection.queryMany(query, []), 'queryMany without sets')
  holds(none.rowCount === 0 || none.rowCount === -1, 'rowCount of queryMany without sets must be 0, or -1 if unknown')
  same((await subject.ids(connection)).length, 300, 'queryMany without sets must run nothing')
}
