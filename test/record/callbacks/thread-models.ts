import type { BlockingTransaction } from 'offloop'
import { inThread } from 'offloop'
import { column as c, Model } from 'offloop/record'

export class Person extends Model('people', { id: c.integer().primaryKey(), name: c.text() }) {
  static {
    this.validatesUniquenessOf('name')
    this.beforeSave((person) => {
      person.name = person.name.trim()
    })
    this.afterSave((person) => {
      if (person.name === 'root') throw new Error('not that one')
    })
  }
}

export class Follower extends Person {
  static {
    this.afterCommit(() => undefined)
  }
}

export const saves = inThread(import.meta, 'saves', async (txn: BlockingTransaction, name: string) => {
  const person = new (Person.on(txn))({ name })
  const saved = await person.trySave()
  return { saved, errors: [...person.errors.fullMessages] }
})

export const follows = inThread(import.meta, 'follows', async (txn: BlockingTransaction) => {
  await Follower.on(txn).create({ name: 'follower' })
})
