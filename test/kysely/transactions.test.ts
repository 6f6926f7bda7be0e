import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { addPeople, type Db, onKyselyDatabases, openKysely } from './fixtures.ts'

async function names(db: Db): Promise<string[]> {
  return (await db.selectFrom('person').select('name').orderBy('name').execute()).map(({ name }) => name)
}

onKyselyDatabases((database) => {
  test('a transaction is committed when its callback returns, and rolled back when it throws', async (t) => {
    const { db } = await openKysely(t, database)
    const given = await db.transaction().execute(async (trx) => {
      await addPeople(trx, ['ann'])
      assert.deepEqual(await names(trx), ['ann'])
      return 7
    })
    assert.equal(given, 7)
    const why = new Error('no')
    const failing = db.transaction().execute(async (trx) => {
      await addPeople(trx, ['bob'])
      throw why
    })
    await assert.rejects(failing, (error) => error === why)
    assert.deepEqual(await names(db), ['ann'])
  })

  test('what fails inside is told as it failed, and what came before is undone', async (t) => {
    const { db } = await openKysely(t, database)
    const failing = db.transaction().execute(async (trx) => {
      await addPeople(trx, ['ann'])
      await addPeople(trx, ['ann'])
    })
    await assert.rejects(failing, { kind: 'unique' })
    assert.deepEqual(await names(db), [])
  })

  test('forty transactions at once are each whole', async (t) => {
    const { db } = await openKysely(t, database)
    const each = Array.from({ length: 40 }, (_, i) =>
      db.transaction().execute(async (trx) => {
        await addPeople(trx, [`a${i}`])
        if (i % 2 === 1) throw new Error('odd')
        await addPeople(trx, [`b${i}`])
      }),
    )
    const settled = await Promise.allSettled(each)
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 20)
    assert.equal((await names(db)).length, 40)
  })

  test('a read-only transaction reads one state of the database and refuses to write', async (t) => {
    const { db } = await openKysely(t, database)
    const reading = db.transaction().setAccessMode('read only')
    await assert.rejects(
      reading.execute((trx) => addPeople(trx, ['ann'])),
      { kind: 'readOnly' },
    )
    await reading.execute(async (trx) => {
      assert.deepEqual(await names(trx), [])
      await addPeople(db, ['bob'])
      assert.deepEqual(await names(trx), [])
    })
    assert.deepEqual(await names(db), ['bob'])
  })

  test('isolation levels are those of interactions, and others are refused', async (t) => {
    const { db } = await openKysely(t, database)
    for (const level of ['read committed', 'repeatable read', 'serializable'] as const) {
      await db
        .transaction()
        .setIsolationLevel(level)
        .execute((trx) => addPeople(trx, [level]))
    }
    assert.deepEqual(await names(db), ['read committed', 'repeatable read', 'serializable'])
    const unknown = db
      .transaction()
      .setIsolationLevel('snapshot')
      .execute((trx) => names(trx))
    await assert.rejects(unknown, { code: 'INVALID_OPTION' })
  })

  test('controlled transactions commit, roll back, and have savepoints by name', async (t) => {
    const { db } = await openKysely(t, database)
    const first = await db.startTransaction().execute()
    await addPeople(first, ['ann'])
    const after = await first.savepoint('after "ann"').execute()
    await addPeople(after, ['bob'])
    await after.rollbackToSavepoint('after "ann"').execute()
    assert.deepEqual(await names(after), ['ann'])
    await addPeople(after, ['cyd'])
    await after.releaseSavepoint('after "ann"').execute()
    await first.commit().execute()
    assert.deepEqual(await names(db), ['ann', 'cyd'])
    const second = await db.startTransaction().execute()
    await addPeople(second, ['dan'])
    await second.rollback().execute()
    assert.deepEqual(await names(db), ['ann', 'cyd'])
  })

  test("Kysely's queries join an interaction of the pool, and its transactions are savepoints there", async (t) => {
    const { db, pool } = await openKysely(t, database)
    const why = new Error('all of it')
    const failing = pool.runInteraction(async () => {
      await addPeople(db, ['ann'])
      await db.transaction().execute((trx) => addPeople(trx, ['bob']))
      await assert.rejects(
        db.transaction().execute(async (trx) => {
          await addPeople(trx, ['cyd'])
          throw new Error('this one')
        }),
      )
      assert.deepEqual(await names(db), ['ann', 'bob'])
      throw why
    })
    await assert.rejects(failing, (error) => error === why)
    assert.deepEqual(await names(db), [])
  })

  test('db.connection() keeps one connection, transactions inside included', async (t) => {
    const { db, pool } = await openKysely(t, database, { max: 4 })
    await db.connection().execute(async (one) => {
      await sql`create temporary table scratch (a integer)`.execute(one)
      await sql`insert into scratch values (1)`.execute(one)
      await one.transaction().execute(async (trx) => {
        await sql`insert into scratch values (2)`.execute(trx)
        await addPeople(trx, ['ann'])
      })
      const { rows } = await sql<{ a: number }>`select a from scratch order by a`.execute(one)
      assert.deepEqual(rows, [{ a: 1 }, { a: 2 }])
      await sql`drop table scratch`.execute(one)
    })
    assert.deepEqual(await names(db), ['ann'])
    assert.equal(pool.stats().lanes.filter((lane) => lane.holder !== null).length, 0)
  })

  test('the rest of an error stands: the pool goes on after a transaction whose connection was given back', async (t) => {
    const { db } = await openKysely(t, database, { max: 1 })
    for (let i = 0; i < 5; i++) {
      await assert.rejects(
        db.transaction().execute(async () => {
          throw new Error('again')
        }),
      )
    }
    await addPeople(db, ['ann'])
    assert.deepEqual(await names(db), ['ann'])
  })
})
