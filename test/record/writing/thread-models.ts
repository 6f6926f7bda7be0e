import { type BlockingTransaction, inThread } from 'offloop'
import { column as c, Model } from 'offloop/record'

/*
 * Models, and functions that use them in a database thread.
 */
export class Person extends Model('people', {
  id: c.integer().primaryKey(),
  name: c.text(),
  age: c.integer().nullable(),
  role: c.enum(['admin', 'guest']).databaseDefault("'guest'"),
  data: c.json<{ tags: string[] }>().nullable(),
}) {
  notes = this.hasMany(() => Note)
}

export class Note extends Model('thread_notes', {
  id: c.integer().primaryKey(),
  text: c.text(),
  personId: c.integer('person_id').nullable(),
}) {}

/** Uses nearly all that a model can do; gives what came of it. */
export const everything = inThread(import.meta, 'everything', async (txn: BlockingTransaction, name: string) => {
  const People = Person.on(txn)
  const ann = await People.create({ name, age: 1 })
  await ann.update({ age: 2 })
  await ann.increment('age')
  await Note.on(txn).insertMany([{ text: 'a', personId: ann.id }, { text: 'b', personId: ann.id }, { text: 'c' }])
  const same = await People.findOrCreate({ name })
  const upserted = await People.upsert({ name, age: 4 }, { conflict: 'name' })
  const [found] = await People.where({ name }).include('notes')
  const [counted, existing] = await Promise.all([People.where({ name }).count(), People.where({ name }).exists()])
  return {
    age: ann.age,
    isSame: same.equals(ann) && upserted.equals(ann),
    isPerson: found instanceof Person && People.on(txn) === People,
    notes: found?.notes.value.map(({ text }) => text) ?? [],
    counted,
    existing,
    upserted: upserted.age,
  }
})

/** Saves in parts that are undone; gives what the record is then. */
export const undone = inThread(import.meta, 'undone', async (txn: BlockingTransaction, name: string) => {
  const People = Person.on(txn)
  const person = new People({ name })
  const failed = await People.transaction(async () => {
    await person.save()
    await People.transaction(() => person.increment('age'))
    throw new Error('undo')
  }).then(
    () => null,
    (error: Error) => error.message,
  )
  const state = [person.isNew, person.id]
  const taken = await Promise.all([1, 2, 3].map(() => People.findOrCreate({ name: `${name} once` })))
  return { failed, state, left: await People.where({ name }).count(), ids: new Set(taken.map(({ id }) => id)).size }
})

/** Saves, and fails: all of it is rolled back. */
export const fails = inThread(import.meta, 'fails', async (txn: BlockingTransaction, name: string) => {
  await Person.on(txn).create({ name })
  await Person.on(txn).create({ name })
})

/** Inserts rows that come later, of which the last is there already. */
export const manyLater = inThread(import.meta, 'manyLater', async (txn: BlockingTransaction, name: string) => {
  async function* rows() {
    for (let at = 0; at < 2500; at++) yield { name: `${name} ${at % 2499}` }
  }
  const error = await Person.on(txn)
    .insertMany(rows())
    .catch((failed: { kind: string; index: number }) => failed)
  return { error, left: await Person.on(txn).all().count() }
})

/** Uses a model that no database was given. */
export const unconnected = inThread(import.meta, 'unconnected', async (_txn: BlockingTransaction) => {
  await Person.all().count()
})
