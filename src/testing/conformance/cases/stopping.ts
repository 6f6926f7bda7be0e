import { Failure } from '../../../contract/failure.ts'
import type { Case } from '../case.ts'
import { answer, failure, same } from '../expect.ts'

export const stopping: readonly Case[] = [
  {
    name: 'NOD-007 a call whose signal was aborted before is not run',
    async run(subject) {
      const connection = await subject.table()
      const signal = AbortSignal.abort()
      await failure(subject.insert(connection, [1], { signal }), 'a call with an aborted signal', 'aborted')
      const query = subject.statement(subject.insertion(1), [], { signal })
      await failure(connection.queryMany(query, [[2]]), 'queryMany with an aborted signal', 'aborted')
      const opening = connection.open(subject.statement(subject.insertion(1), [3], { signal }), 10)
      await failure(opening, 'open with an aborted signal', 'aborted')
      same(await subject.ids(connection), [], 'what was aborted before it ran must leave no trace')
    },
  },
  {
    name: 'NOD-007 a call that is aborted while it waits is aborted without a trace, or done, never both',
    async run(subject) {
      const connection = await subject.table()
      const controllers = Array.from({ length: 40 }, () => new AbortController())
      const calls = controllers.map(({ signal }, id) => subject.insert(connection, [id], { signal }))
      for (const controller of controllers.slice(10, 30)) controller.abort()
      const answers = await Promise.all(calls.map((call) => answer(call, 'an INSERT')))
      for (const given of answers) {
        if (given instanceof Failure)
          same(given.record.kind, 'aborted', 'what fails only because it was aborted says so')
      }
      const kept = answers.flatMap((given, id) => (given instanceof Failure ? [] : [id]))
      same(await subject.ids(connection), kept, 'a row must be there if, and only if, its INSERT succeeded')
      const others = kept.filter((id) => id < 10 || id >= 30).length
      same(others, 20, 'calls whose own signals were not aborted must succeed')
    },
  },
  {
    name: 'an abort after the answer changes nothing',
    async run(subject) {
      const connection = await subject.table()
      const controller = new AbortController()
      await subject.run(connection, subject.insertion(1), [1], { signal: controller.signal })
      controller.abort()
      same(await subject.ids(connection), [1], 'what was answered stands, and the connection goes on')
    },
  },
  {
    name: 'a statement that would run for ever stops when its signal is aborted',
    needs: ['stopping'],
    async run(subject) {
      const connection = await subject.connect()
      const controller = new AbortController()
      const call = subject.query(connection, subject.sql.endless, [], { signal: controller.signal })
      for (let turn = 0; turn < 20; turn++) await new Promise((go) => setImmediate(go))
      controller.abort()
      await failure(call, 'a statement without end', 'aborted')
      await answer(connection.close(), 'close after a statement was stopped')
    },
  },
]
