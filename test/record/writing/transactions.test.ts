import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitUnknownError, ConnectionPool, type Transaction, TransactionEndedError } from 'offloop'
import { type Driver, Failure } from 'offloop/driver'
import { connect, RecordStateError } from 'offloop/record'
import { closedAtEnd, onTunedAndServers } from '../../databases.ts'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { createTables, modelsOf, opened } from './fixtures.ts'

const mine = new Error('mine')

onTunedAndServers((database, suite) => {
  const o = opened(suite, database, { pool: { max: 1 } })
  type Person = InstanceType<typeof o.Person>

  /** What a program can see of a record. */
  const seen = (record: Person) => ({
    id: record.id,
    name: record.name,
    age: record.age,
    role: record.role,
    data: record.data,
    isNew: record.isNew,
    isDeleted: record.isDeleted,
    wasCreated: record.wasCreated,
    changes: { ...record.changes },
    previous: { ...record.previousChanges },
  })
  const rolledBack = async (work: (txn: Transaction) => unknown) => {
    const error = await rejectionOf(() =>
      o.db.transaction(async (txn) => {
        await work(txn)
        throw mine
      }),
    )
    assert.equal(error, mine)
  }
  let count = 0
  const name = () => `name ${++count}`

  test('TWI-139 TWI-140 TWI-141 SQO-028 models join the transaction; its result comes out, or the very error', async () => {
    const result = await o.Person.transaction(async (txn) => {
      await o.Person.create({ name: 'joined', age: 1 })
      const [row] = await txn.query('SELECT age FROM people')
      return row?.age
    })
    assert.equal(result, 1)
    await rolledBack(() => o.Person.create({ name: 'undone' }))
    assert.deepEqual(await o.Person.all().pluck('name'), ['joined'])
    await usable(o.pool)
  })

  test('TWI-142 TWI-143 TWI-147 SQO-029 strangers do not join, whatever they do meanwhile', async () => {
    const { promise: inside, resolve: enter } = Promise.withResolvers<void>()
    const { promise: done, resolve: finish } = Promise.withResolvers<void>()
    const failing = rolledBack(async () => {
      await o.Person.create({ name: 'of the transaction' })
      enter()
      await done
    })
    await inside
    const stranger = o.Person.create({ name: 'stranger' })
    finish()
    await failing
    await stranger
    assert.deepEqual(await o.Person.where({ name: ['stranger', 'of the transaction'] }).pluck('name'), ['stranger'])
  })

  test('SQO-030 SQO-031 one inside another is a savepoint, and whatever is thrown rolls back', async () => {
    await o.db.transaction(async () => {
      await o.Person.create({ name: 'outer' })
      for (const thrown of [null, undefined, 'text', 7]) {
        const inner = o.Person.transaction(async () => {
          await o.Person.create({ name: 'inner' })
          throw thrown
        })
        assert.equal(await rejectionOf(() => inner), thrown)
      }
    })
    assert.equal(await o.Person.where({ name: ['inner', 'outer'] }).count(), 1)
  })

  test('TWI-148 what was inserted in a transaction that is rolled back is new again, and can be saved', async () => {
    const person = new o.Person({ name: name(), data: { tags: ['a'] } })
    const before = seen(person)
    await rolledBack(async () => {
      await person.save()
      assert.notEqual(person.id, null)
    })
    assert.deepEqual(seen(person), before)
    assert.deepEqual([person.id, person.isNew, person.role], [null, true, null])
    await person.save()
    assert.equal((await o.Person.find(person.id))?.name, person.name)
  })

  test('TWI-148 several saves of one record are undone together, to what it was before the first', async () => {
    const person = await o.Person.create({ name: name(), age: 1, data: { tags: [] } })
    person.age = 2
    person.data?.tags.push('x')
    const before = seen(person)
    await rolledBack(async () => {
      await person.save()
      await person.update({ age: 3 })
      await person.increment('age')
      await person.update({ name: name() })
    })
    assert.deepEqual(seen(person), before)
    assert.deepEqual(seen((await o.Person.find(person.id)) as Person).age, 1)
    await person.save()
    assert.equal((await o.Person.find(person.id))?.age, 2)
  })

  test('TWI-148 a delete that is rolled back was none; so was one after an insert', async () => {
    const person = await o.Person.create({ name: name() })
    const before = seen(person)
    await rolledBack(() => person.delete())
    assert.deepEqual(seen(person), before)
    await person.update({ age: 5 })
    const fresh = new o.Person({ name: name() })
    await rolledBack(async () => {
      await fresh.save()
      await fresh.delete()
      assert.ok(fresh.isDeleted)
    })
    assert.deepEqual([fresh.isNew, fresh.isDeleted], [true, false])
  })

  test('TWI-148 what was read anew in a transaction that is rolled back is forgotten', async () => {
    const person = await o.Person.create({ name: name(), age: 1 })
    await rolledBack(async (txn) => {
      await txn.execute(database.dialect.sql('UPDATE people SET age = 99 WHERE id = ?'), [person.id])
      await person.reload()
      assert.equal(person.age, 99)
    })
    assert.equal(person.age, 1)
  })

  test('TWI-148 an inner part is undone alone; what was done around it stays, or goes later', async () => {
    const person = await o.Person.create({ name: name(), age: 1 })
    const before = seen(person)
    await rolledBack(async () => {
      await person.update({ age: 2 })
      person.age = 3
      const kept = seen(person)
      await rejectionOf(() =>
        o.db.transaction(async () => {
          await person.save()
          await o.db.transaction(() => person.update({ age: 4 }))
          throw mine
        }),
      )
      assert.deepEqual(seen(person), kept)
      await o.db.transaction(() => person.update({ age: 5 }))
      assert.equal(person.age, 5)
    })
    assert.deepEqual(seen(person), before)
    await o.db.transaction(async () => {
      await o.db.transaction(() => person.update({ age: 6 }))
      await rejectionOf(() =>
        o.db.transaction(async () => {
          await person.increment('age')
          throw mine
        }),
      )
    })
    assert.deepEqual([person.age, person.isChanged(), (await o.Person.find(person.id))?.age], [6, false, 6])
  })

  test('TWI-148 each attempt begins with the record as it was before the first', async () => {
    const person = new o.Person({ name: name(), age: 0 })
    const states: unknown[] = []
    await o.db.transaction({ retry: { attempts: 3, delay: 0, on: () => true } }, async (txn) => {
      states.push([person.isNew, person.id === null])
      await person.save()
      await person.increment('age')
      if (txn.attempt < 3) throw mine
    })
    assert.deepEqual(states, [
      [true, true],
      [true, true],
      [true, true],
    ])
    assert.deepEqual([person.age, person.isNew], [1, false])
  })

  test('TWI-148 F83 a save that nobody awaited belongs to the transaction: it is kept or undone with it', async () => {
    const person = new o.Person({ name: name() })
    await rolledBack(() => void person.save())
    assert.deepEqual([person.isNew, person.id], [true, null])
    await o.db.transaction(() => void person.save())
    assert.equal((await o.Person.find(person.id))?.name, person.name)
    const failing = o.db.transaction(() => void o.Person.create({ name: person.name }))
    await assert.rejects(failing, { kind: 'unique' })
    await o.db.transaction(() => {
      void person.update({ age: 3 })
      void o.Person.findOrCreate({ name: `${person.name} forgotten` })
    })
    assert.deepEqual([person.age, await o.Person.where({ name: `${person.name} forgotten` }).count()], [3, 1])
  })

  test('TWI-148 of a lent connection what is rolled back by hand is undone, and what is committed stays', async () => {
    const person = await o.Person.create({ name: name(), age: 1 })
    await o.pool.runWithConnection(async (connection) => {
      await person.update({ age: 2 })
      await connection.commit()
      await person.increment('age')
      await connection.rollback()
      assert.equal(person.age, 2)
      await connection.setAutocommit(true)
      await person.update({ age: 4 })
    })
    assert.deepEqual([person.age, (await o.Person.find(person.id))?.age], [4, 4])
  })

  test('D15 TWI-148 where nobody knows whether it was committed, a record is what it was before', async () => {
    const lost = new Failure({ type: 'ConnectionLostError', message: 'cut', kind: 'connectionLost' })
    const options = database.connect(suite)
    const { default: driver } = (await import(`offloop/${database.driver}`)) as { default: Driver }
    const cut: Driver = {
      ...driver,
      async connect(options, context) {
        const connection = await driver.connect(options as never, context)
        return Object.assign(connection, { commit: () => connection.rollback().then(() => lost) })
      },
    }
    const good = new ConnectionPool(driver, options)
    await createTables(good)
    await good.close()
    const pool = closedAtEnd(suite, new ConnectionPool(cut, options))
    const { Person } = modelsOf()
    const db = connect(pool, [Person])
    const person = new Person({ name: 'unknown' })
    assert.ok((await rejectionOf(() => db.transaction(() => person.save()))) instanceof CommitUnknownError)
    assert.deepEqual([person.isNew, person.id, { ...person.changes }], [true, null, { name: [null, 'unknown'] }])
  })

  test('a record that another transaction is just writing is not waited for: that could have no end', async () => {
    const person = await o.Person.create({ name: name(), age: 1 })
    const { promise: inside, resolve: enter } = Promise.withResolvers<void>()
    const { promise: go, resolve: leave } = Promise.withResolvers<void>()
    const transaction = o.db.transaction(async () => {
      enter()
      await go
      return await rejectionOf(() => person.save())
    })
    await inside
    person.age = 2
    const outside = person.save()
    leave()
    const error = await transaction
    assert.ok(error instanceof RecordStateError)
    assert.equal(error.code, 'RECORD_BUSY')
    await outside
    assert.equal((await o.Person.find(person.id))?.age, 2)
  })

  test('an explicit handle wins over the transaction that the running code is in', async () => {
    const [first, second] = [name(), name()]
    await o.pool.runInteraction(async (txn) => {
      await rejectionOf(() =>
        o.db.transaction(async () => {
          await o.Person.create({ name: first })
          throw mine
        }),
      )
      await o.pool.outside(() => o.Person.on(txn).create({ name: second }))
      assert.equal(await o.Person.on(txn).where({ name: second }).count(), 1)
    })
    assert.deepEqual(await o.Person.where({ name: [first, second] }).pluck('name'), [second])
  })

  test('through a handle a record is undone with its transaction, and refused after its end', async () => {
    let dead = o.Person
    let person = new o.Person()
    await rolledBack(async (txn) => {
      dead = o.Person.on(txn)
      assert.equal(o.Person.on(txn), dead)
      person = new dead({ name: name() })
      assert.ok(person instanceof o.Person)
      await o.pool.outside(() => person.save())
      assert.equal(person.isNew, false)
      const other = await dead.findOrCreate({ name: name() })
      assert.ok(other.wasCreated)
    })
    assert.deepEqual([person.isNew, person.id], [true, null])
    assert.ok((await rejectionOf(() => person.save())) instanceof TransactionEndedError)
    assert.ok((await rejectionOf(() => dead.all().count())) instanceof TransactionEndedError)
  })
})
