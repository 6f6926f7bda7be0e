import type { Connection } from '../../../contract/connection.ts'
import type { Case } from '../case.ts'
import { answer, done, failure, holds, same, success } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

export const closing: readonly Case[] = [
  {
    name: 'DBA-020 close closes, and asked again it gives the same promise',
    async run(subject) {
      const connection = await subject.connect()
      const first = connection.close()
      const second = connection.close()
      holds(first === second, 'close must give the same promise when it is asked again')
      same(await answer(first, 'close'), null, 'close must resolve to null when nothing went wrong')
      same(await connection.closed, null, '`closed` must resolve to null when somebody asked for it')
    },
  },
  {
    name: '`closed` does not settle while the connection is open',
    async run(subject) {
      const connection = await subject.connect()
      await subject.run(connection, 'SELECT 1')
      const still = Symbol('open')
      const first = await Promise.race([connection.closed, new Promise((go) => setImmediate(() => go(still)))])
      holds(first === still, '`closed` must settle only when the connection is gone')
    },
  },
  {
    name: 'close answers what was asked before it',
    async run(subject) {
      const connection = await subject.table()
      const asked = Array.from({ length: 20 }, (_, id) => subject.insert(connection, [id]))
      const last = subject.query(connection, `SELECT count(*) FROM ${TABLE}`)
      await answer(connection.close(), 'close')
      for (const call of asked) await success(call, 'an INSERT asked for before close')
      same((await success(last, 'a SELECT before close')).rows, [[20]], 'what was asked before close must have run')
    },
  },
  { name: 'DBA-020 DBA-022 every call after close is a Failure', run: refusesAfterClose },
  {
    name: 'DBA-020 close rolls back what is not committed',
    needs: ['sharedDatabase'],
    async run(subject) {
      const connection = await subject.table()
      await done(connection.begin('write'), 'begin')
      await subject.run(connection, subject.insertion(1), [1], { inTransaction: true })
      await answer(connection.close(), 'close inside a transaction')
      const other = await subject.connect()
      same(await subject.ids(other), [], 'what was not committed before close must be gone')
    },
  },
  {
    name: 'a result that is open when the connection is closed neither hangs nor hinders',
    async run(subject) {
      const connection = await subject.connect()
      const query = subject.statement(subject.sql.count, [1000])
      const result = await success(connection.open(query, 10), 'open')
      await answer(connection.close(), 'close while a result is open')
      await failure(result.next(10), 'next() after the connection was closed')
      await answer(result.close(), 'close() of a result after the connection was closed')
    },
  },
]

async function refusesAfterClose(subject: Subject): Promise<void> {
  const connection: Connection = await subject.connect()
  await answer(connection.close(), 'close')
  const query = subject.statement('SELECT 1')
  await failure(connection.query(query), 'query after close', 'closed', 'connectionLost')
  const insertion = subject.statement(subject.insertion(1))
  await failure(connection.queryMany(insertion, [[1]]), 'queryMany after close', 'closed', 'connectionLost')
  await failure(connection.open(query, 1), 'open after close', 'closed', 'connectionLost')
  await failure(connection.begin('write'), 'begin after close', 'closed', 'connectionLost')
  await failure(connection.commit(), 'commit after close', 'closed', 'connectionLost')
  await failure(connection.savepoint('offloop_1'), 'savepoint after close', 'closed', 'connectionLost')
}
