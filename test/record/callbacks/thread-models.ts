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

export const invalid = inThread(import.meta, 'invalid', async (txn: BlockingTransaction, name: string) => {
  await Person.on(txn).create({ name })
})

export const missing = inThread(import.meta, 'missing', async (txn: BlockingTransaction, kind: string) => {
  const People = Person.on(txn)
  if (kind === 'notFound') await People.get(77)
  if (kind === 'notUnique') await People.all().getOne()
  if (kind === 'state') await new People({ name: 'new' }).reload()
  if (kind === 'left out') return String((await People.select('id').first())?.get('name' as never))
  if (kind === 'mine') throw new NotFoundError('mine')
  return People.where({ nope: 1 } as never).toSql()
})

class NotFoundError extends Error {}

export const follows = inThread(import.meta, 'follows', async (txn: BlockingTransaction) => {
  await Follower.on(txn).create({ name: 'follower' })
})
