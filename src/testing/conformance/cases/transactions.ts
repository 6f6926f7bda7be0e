import type { Case } from '../case.ts'
import { done, failure, same } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

const inside = { inTransaction: true } as const

export const transactions: readonly Case[] = [
  {
    name: 'DBA-021 commit keeps what the transaction did',
    async run(subject) {
      const connection = await subject.table()
      await done(connection.begin('write'), "begin('write')")
      await subject.run(connection, subject.insertion(1), [1], inside)
      await done(connection.commit(), 'commit')
      same(await subject.ids(connection), [1], 'what was committed must be there')
    },
  },
  {
    name: 'DBA-023 rollback undoes all that the transaction did, and nothing before it',
    async run(subject) {
      const connection = await subject.table()
      await subject.run(connection, subject.insertion(1), [1])
      await done(connection.begin('write'), "begin('write')")
      await subject.run(connection, subject.insertion(1), [2], inside)
      await subject.run(connection, `UPDATE ${TABLE} SET amount = 5`, [], inside)
      await done(connection.rollback(), 'rollback')
      same(await subject.ids(connection), [1], 'what was rolled back must not be there')
      const { rows } = await subject.run(connection, `SELECT amount FROM ${TABLE}`)
      same(rows, [[0]], 'what was changed before rollback must be as before the transaction')
    },
  },
  {
    name: 'DBA-023 rollback without a transaction does nothing',
    async run(subject) {
      const connection = await subject.table()
      await subject.run(connection, subject.insertion(1), [1])
      await done(connection.rollback(), 'rollback without a transaction')
      same(await subject.ids(connection), [1], 'rollback must not undo what was its own transaction')
    },
  },
  {
    name: 'a commit is only confirmed when there was a transaction to commit',
    async run(subject) {
      const connection = await subject.table()
      await failure(connection.commit(), 'commit without a transaction', 'rolledBack')
      await done(connection.begin('write'), 'begin')
      await done(connection.rollback(), 'rollback')
      await failure(connection.commit(), 'commit after rollback', 'rolledBack')
    },
  },
  {
    name: 'a statement of a transaction is refused when there is none, and leaves no trace',
    async run(subject) {
      const connection = await subject.table()
      await failure(
        subject.insert(connection, [1], inside),
        'a statement with inTransaction, outside any',
        'rolledBack',
      )
      const query = subject.statement(subject.insertion(1), [], inside)
      await failure(connection.queryMany(query, [[2]]), 'queryMany with inTransaction, outside any', 'rolledBack')
      const opening = connection.open(subject.statement(subject.insertion(1), [3], inside), 10)
      await failure(opening, 'open with inTransaction, outside any', 'rolledBack')
      same(await subject.ids(connection), [], 'a refused statement must not have run on its own')
    },
  },
  {
    name: 'a transaction cannot be begun inside another',
    async run(subject) {
      const connection = await subject.table()
      await done(connection.begin('write'), 'begin')
      await subject.run(connection, subject.insertion(1), [1], inside)
      await failure(connection.begin('write'), 'begin inside a transaction')
      await done(connection.rollback(), 'rollback')
      same(await subject.ids(connection), [], 'a begin that was refused must not have committed the transaction')
    },
  },
  {
    name: 'outside a transaction each statement is committed by itself',
    needs: ['sharedDatabase'],
    async run(subject) {
      const connection = await subject.table()
      const other = await subject.connect('any')
      await subject.run(connection, subject.insertion(1), [1])
      same(await subject.ids(other), [1], 'another connection must see a statement that was its own transaction')
    },
  },
  { name: 'DBA-026 another connection sees a transaction only once it is committed', ...needsShared(isolated) },
  {
    name: 'a savepoint is undone, or kept, as part of its transaction',
    needs: ['savepoints'],
    run: savepoints,
  },
]

function needsShared(run: Case['run']): Pick<Case, 'needs' | 'run'> {
  return { needs: ['sharedDatabase'], run }
}

async function isolated(subject: Subject): Promise<void> {
  const connection = await subject.table()
  const other = await subject.connect('any')
  await done(connection.begin('write'), 'begin')
  await subject.run(connection, subject.insertion(1), [1], inside)
  same(await subject.ids(connection, inside), [1], 'a transaction must see what it did itself')
  same(await subject.ids(other), [], 'another connection must not see what is not committed')
  await done(connection.commit(), 'commit')
  same(await subject.ids(other), [1], 'another connection must see what is committed')
}

async function savepoints(subject: Subject): Promise<void> {
  const connection = await subject.table()
  const insert = (id: number) => subject.run(connection, subject.insertion(1), [id], inside)
  await done(connection.begin('write'), 'begin')
  await insert(1)
  for (const [id, undone] of [
    [2, true],
    [3, false],
    [4, true],
  ] as const) {
    await done(connection.savepoint('offloop_1'), 'savepoint')
    await insert(id)
    if (undone) await done(connection.rollbackToSavepoint('offloop_1'), 'rollbackToSavepoint')
    await done(connection.releaseSavepoint('offloop_1'), 'releaseSavepoint')
  }
  await done(connection.savepoint('outer'), 'savepoint')
  await insert(5)
  await done(connection.savepoint('inner "quoted"'), 'savepoint with a name that needs quotes')
  await insert(6)
  await done(connection.rollbackToSavepoint('outer'), 'rollbackToSavepoint of an outer one')
  await done(connection.releaseSavepoint('outer'), 'releaseSavepoint')
  same(
    await subject.ids(connection, inside),
    [1, 3],
    'rolling back to a savepoint must undo what came after it, only that',
  )
  await failure(connection.rollbackToSavepoint('no such'), 'rollbackToSavepoint of a name that is not there')
  await done(connection.rollback(), 'rollback')
  same(await subject.ids(connection), [], 'rollback must undo released savepoints too')
}
