import assert from 'node:assert/strict'
import { SqlError } from '../../../contract/errors.ts'
import type { Case } from '../case.ts'
import { done, failure, holds, same } from '../expect.ts'

export const connecting: readonly Case[] = [
  {
    name: 'DBA-001 connect gives a connection that answers and tells its layout',
    async run(subject) {
      const connection = await subject.connect()
      const { rows } = await subject.run(connection, 'SELECT 1')
      same(rows, [[1]], 'SELECT 1 must give one row with the number 1')
      const layouts = ['one', 'writer-readers', 'equal']
      holds(layouts.includes(connection.layout), `connection.layout must be one of ${layouts.join(', ')}`)
    },
  },
  {
    name: 'connect opens nothing before context.after has resolved',
    async run(subject) {
      const { promise: after, resolve } = Promise.withResolvers<void>()
      let opened = false
      const opening = subject.connect('any', { after })
      const settled = opening.then(() => {
        opened = true
      })
      for (let turn = 0; turn < 5; turn++) await new Promise((go) => setImmediate(go))
      holds(!opened, 'connect must wait for context.after: whoever gave it is still preparing the database')
      resolve()
      await settled
    },
  },
  {
    name: 'connect rejects with the reason of context.after when that rejects',
    async run(subject) {
      const reason = new Error('not today')
      const after = Promise.reject(reason)
      const opening = subject.connect('any', { after })
      const promise = 'connect must reject with the very reason with which context.after rejects'
      await assert.rejects(opening, (error) => error === reason, promise)
    },
  },
  {
    name: 'DBA-015 connect rejects with an error of the tree when the database cannot be opened',
    needs: ['unreachable'],
    async run(subject) {
      const { options } = await subject.unreachablePlan()
      const opening = subject.driver.connect(options, { role: 'any', name: 'conformance' })
      const promise = 'connect must reject with an error of PEP 249, which has a message and a kind'
      await assert.rejects(opening, (error) => error instanceof SqlError && error.message.length > 0, promise)
    },
  },
  {
    name: 'a reader reads, and refuses to write',
    needs: ['readers', 'sharedDatabase'],
    async run(subject) {
      const writer = await subject.table()
      await subject.run(writer, subject.insertion(1), [1])
      const reader = await subject.connect('reader')
      same(await subject.ids(reader), [1], 'a reader must see what was committed before it was opened')
      await failure(subject.insert(reader, [2]), 'an INSERT on a reader', 'readOnly')
      same(await subject.ids(writer), [1], 'an INSERT that a reader refused must leave no trace')
      await done(reader.begin('read'), "begin('read') on a reader")
      same(await subject.ids(reader, { inTransaction: true }), [1], 'a reader must read inside a transaction')
      await done(reader.commit(), 'commit of a transaction that only read')
    },
  },
]
