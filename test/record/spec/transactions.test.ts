import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, IntegrityError, InterfaceError } from 'offloop'
import { column as c, connect, Model, ModelError } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { refused, rejectionOf, usable } from '../../pool/expect.ts'
import { prepare } from '../tables.ts'

/** Accounts of which none can be below zero. */
async function bank(pool: ConnectionPool) {
  class Account extends Model('accounts', { id: c.integer().primaryKey(), owner: c.text(), cents: c.integer() }) {}
  connect(pool, [Account])
  await prepare(
    pool,
    'CREATE TABLE accounts (id INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE, cents INTEGER NOT NULL CHECK (cents >= 0))',
  )
  return Account
}

const withdrawn = new Error('withdrawn')

test('TWI-004 SQO-025 a record is made without a database; the first call that needs one says how to get it', async () => {
  class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}
  const user = new User({ name: 'ann' })
  assert.equal(user.name, 'ann')
  for (const call of [
    () => user.save(),
    () => User.find(1),
    () => User.all(),
    () => User.where({ name: 'x' }).count(),
  ]) {
    const error = await refused(call, ModelError, {
      code: 'NO_DATABASE',
      kind: 'usage',
      message: /connect\(pool, \[User\]\)/,
    })
    assert.ok(error instanceof InterfaceError)
  }
})

onTunedAndServers((database) => {
  test('SQO-028 TWI-139 work in a transaction gives its result, and all that its models did is kept', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const ids = await pool.runInteraction(async () => {
      const ann = await Account.create({ owner: 'ann', cents: 5 })
      const bob = await Account.create({ owner: 'bob', cents: 6 })
      return [ann.id, bob.id]
    })
    assert.deepEqual(await Account.all().pluck('id'), ids)
  })

  test('SQO-028 SQO-031 D035 whatever is thrown undoes all of it, and is what the caller gets', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    for (const thrown of [withdrawn, undefined, null, 0, 'text', Symbol('any'), AbortSignal.abort().reason]) {
      const caught = await rejectionOf(() =>
        pool.runInteraction(async () => {
          await Account.create({ owner: 'ann', cents: 5 })
          throw thrown
        }),
      )
      assert.equal(caught, thrown)
      assert.equal(await Account.all().count(), 0)
    }
    await usable(pool)
  })

  test('TWI-140 D035 what the database refuses undoes all, and its error keeps class, kind and cause', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const twice = () =>
      pool.runInteraction(async () => {
        await Account.create({ owner: 'ann', cents: 5 })
        await Account.create({ owner: 'ann', cents: 6 })
      })
    const error = await refused(twice, IntegrityError, { code: database.dialect.codes.unique, kind: 'unique' })
    assert.ok(error.cause instanceof Error)
    assert.equal(await Account.all().count(), 0)
  })

  test('TWI-141 SQL by hand and models are in one transaction', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    await pool.runInteraction(async (txn) => {
      const ann = await Account.create({ owner: 'ann', cents: 5 })
      await txn.execute(database.dialect.sql('UPDATE accounts SET cents = cents * 10 WHERE id = ?'), ann.id)
      assert.equal((await Account.find(ann.id))?.cents, 50)
    })
    assert.deepEqual(await Account.all().pluck('cents'), [50])
  })

  test('TWI-142 SQO-029 D029 D089 strangers outside of a transaction are not in it: its rollback leaves their rows', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const inside = Promise.withResolvers<void>()
    const outside = Promise.withResolvers<void>()
    const undone = pool.runInteraction(async () => {
      await Account.create({ owner: 'mine', cents: 1 })
      inside.resolve()
      await outside.promise
      throw withdrawn
    })
    await inside.promise
    // In SQLite it waits for the writer that the transaction has, and is saved after it.
    const saved = Account.create({ owner: 'stranger', cents: 2 })
    if (database.dialect.name !== 'sqlite') await saved
    assert.equal(await Account.all().count(), database.dialect.name === 'sqlite' ? 0 : 1)
    outside.resolve()
    assert.equal(await rejectionOf(() => undone), withdrawn)
    assert.equal((await saved).owner, 'stranger')
    assert.deepEqual(await Account.all().pluck('owner'), ['stranger'])
  })

  test('TWI-147 D030 transactions that run at the same time do not get into each other', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const ended = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        pool.runInteraction(async () => {
          await Account.create({ owner: `first ${i}`, cents: i })
          await Account.create({ owner: `second ${i}`, cents: i })
          if (i % 3 === 0) throw withdrawn
        }),
      ),
    )
    assert.deepEqual(
      ended.map(({ status }) => status),
      Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
    )
    const kept = Array.from({ length: 12 }, (_, i) => i).filter((i) => i % 3 !== 0)
    assert.deepEqual(
      (await Account.all().orderBy('id').pluck('owner')).sort(),
      kept.flatMap((i) => [`first ${i}`, `second ${i}`]).sort(),
    )
  })

  test('SQO-030 TWI-146 D034 D113 one inside another is a part of it, and one connection is enough', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    const Account = await bank(pool)
    await pool.runInteraction(async () => {
      await Account.create({ owner: 'outer', cents: 1 })
      const inner = pool.runInteraction(async () => {
        await Account.create({ owner: 'inner', cents: 1 })
        throw withdrawn
      })
      assert.equal(await rejectionOf(() => inner), withdrawn)
      await pool.runInteraction(() => Account.create({ owner: 'second', cents: 1 }))
    })
    assert.deepEqual(await Account.all().orderBy('id').pluck('owner'), ['outer', 'second'])
  })

  test('TWI-144 D032 every call of a record joins: what is saved, updated and deleted is undone', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const ann = await Account.create({ owner: 'ann', cents: 5 })
    const bob = await Account.create({ owner: 'bob', cents: 6 })
    const undone = pool.runInteraction(async () => {
      await ann.update({ cents: 50 })
      await bob.delete()
      assert.equal((await Account.find(ann.id))?.cents, 50)
      assert.equal(await Account.find(bob.id), null)
      assert.equal(await Account.where({ cents: 50 }).exists(), true)
      throw withdrawn
    })
    assert.equal(await rejectionOf(() => undone), withdrawn)
    assert.deepEqual(await Account.all().orderBy('id').pluck('cents'), [5, 6])
  })

  test('SQO-193 a connection begins, commits and rolls back by hand, as often as wanted', async (t) => {
    const pool = openPool(t, database)
    await bank(pool)
    await using connection = await pool.acquire()
    const insert = (owner: string) =>
      connection.query(database.dialect.sql('INSERT INTO accounts (owner, cents) VALUES (?, 1)'), owner)
    await connection.setAutocommit(false)
    await insert('kept')
    await connection.commit()
    await insert('undone')
    await connection.rollback()
    await insert('kept too')
    await connection.commit()
    assert.deepEqual(await pool.runQuery('SELECT owner FROM accounts ORDER BY id', [], { rowMode: 'array' }), [
      ['kept'],
      ['kept too'],
    ])
  })

  test('SQO-195 to commit or roll back what has ended already does nothing', async (t) => {
    const pool = openPool(t, database)
    await bank(pool)
    await using connection = await pool.acquire()
    await connection.setAutocommit(false)
    await connection.query("INSERT INTO accounts (owner, cents) VALUES ('ann', 1)")
    await connection.commit()
    await connection.commit()
    await connection.rollback()
    await connection.rollback()
    assert.deepEqual(await pool.runQuery('SELECT owner FROM accounts'), [{ owner: 'ann' }])
  })

  test('SQO-196 a connection that is given back with a transaction open has rolled it back', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    {
      await using connection = await pool.acquire()
      await connection.setAutocommit(false)
      await connection.query("INSERT INTO accounts (owner, cents) VALUES ('ann', 1)")
    }
    assert.equal(await Account.all().count(), 0)
    await usable(pool)
  })

  test('SQO-194 a transaction that has ended is refused, whichever way it ended, and another can begin', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    for (const thrown of [null, withdrawn]) {
      let late: (() => Promise<unknown>) | undefined
      let joined: (() => Promise<unknown>) | undefined
      const ending = pool.runInteraction(async (txn) => {
        late = () => txn.query('SELECT 1')
        const save = Promise.withResolvers<void>()
        const saved = save.promise.then(() => Account.create({ owner: 'late', cents: 1 }))
        saved.catch(() => undefined)
        joined = () => {
          save.resolve()
          return saved
        }
        if (thrown) throw thrown
      })
      await ending.catch((error) => assert.equal(error, thrown))
      for (const call of [late, joined]) {
        assert.ok(call)
        const error = await rejectionOf(call)
        assert.ok(error instanceof InterfaceError)
        assert.equal(error.code, 'TRANSACTION_ENDED')
      }
      assert.equal(await pool.runInteraction(() => Account.all().count()), 0)
    }
  })

  test('SQO-197 records of a transaction are their own; those outside see its commit when they reload', async (t) => {
    const pool = openPool(t, database)
    const Account = await bank(pool)
    const outside = await Account.create({ owner: 'ann', cents: 5 })
    await pool.runInteraction(async () => {
      const inside = await Account.find(outside.id)
      assert.ok(inside)
      assert.notEqual(inside, outside)
      await inside.update({ cents: 50 })
    })
    assert.equal(outside.cents, 5)
    assert.equal((await outside.reload()).cents, 50)
    await pool.runInteraction(async () => (await Account.find(outside.id))?.delete())
    assert.equal(outside.cents, 50)
    await assert.rejects(outside.reload(), { code: 'STALE_RECORD' })
  })
})
