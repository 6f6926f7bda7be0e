import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { SqlError } from 'offloop'
import { addPeople, onKyselyDatabases, openKysely } from './fixtures.ts'

onKyselyDatabases((database) => {
  test('select gives rows, with joins, conditions, groups and parameters', async (t) => {
    const { db } = await openKysely(t, database)
    await addPeople(db, ['ann', 'bob', 'cyd'])
    const bob = await db.selectFrom('person').selectAll().where('name', '=', 'bob').executeTakeFirstOrThrow()
    assert.equal(bob.age, 21)
    await db.insertInto('pet').values({ name: 'rex', owner_id: bob.id }).execute()
    const joined = await db
      .selectFrom('person')
      .innerJoin('pet', 'pet.owner_id', 'person.id')
      .select(['person.name as owner', 'pet.name as pet'])
      .execute()
    assert.deepEqual(joined, [{ owner: 'bob', pet: 'rex' }])
    const older = await db
      .selectFrom('person')
      .select(({ fn }) => fn.countAll<number>().as('many'))
      .where('age', '>', 20)
      .executeTakeFirstOrThrow()
    assert.equal(Number(older.many), 2)
  })

  test('insert tells the id of its row and how many there are', async (t) => {
    const { db } = await openKysely(t, database)
    const one = await db.insertInto('person').values({ name: 'ann', age: 1 }).executeTakeFirstOrThrow()
    assert.equal(one.numInsertedOrUpdatedRows, 1n)
    const many = [
      { name: 'bob', age: 2 },
      { name: 'cyd', age: 3 },
    ]
    const two = await db.insertInto('person').values(many).executeTakeFirstOrThrow()
    assert.equal(two.numInsertedOrUpdatedRows, 2n)
    // PostgreSQL tells an id only where `returning` asks for it.
    assert.equal(one.insertId, database.name === 'postgres' ? undefined : 1n)
  })

  test('insert, update and delete give rows with returning', async (t) => {
    const { db, pool } = await openKysely(t, database)
    if (pool.dialect === 'mysql') return t.skip('Kysely writes none for MySQL')
    const ann = await db.insertInto('person').values({ name: 'ann', age: 1 }).returningAll().executeTakeFirstOrThrow()
    assert.deepEqual({ ...ann }, { id: ann.id, name: 'ann', age: 1 })
    const updated = await db.updateTable('person').set({ age: 2 }).returning(['name', 'age']).execute()
    assert.deepEqual(updated, [{ name: 'ann', age: 2 }])
    const deleted = await db.deleteFrom('person').returning('name').execute()
    assert.deepEqual(deleted, [{ name: 'ann' }])
  })

  test('update and delete tell how many rows they changed', async (t) => {
    const { db } = await openKysely(t, database)
    await addPeople(db, ['ann', 'bob', 'cyd'])
    const updated = await db.updateTable('person').set({ age: 50 }).where('age', '>', 20).executeTakeFirstOrThrow()
    assert.equal(updated.numUpdatedRows, 2n)
    const deleted = await db.deleteFrom('person').where('name', '=', 'ann').executeTakeFirstOrThrow()
    assert.equal(deleted.numDeletedRows, 1n)
    const none = await db.deleteFrom('person').where('name', '=', 'ann').executeTakeFirstOrThrow()
    assert.equal(none.numDeletedRows, 0n)
  })

  test('an upsert updates the row that is there', async (t) => {
    const { db, pool } = await openKysely(t, database)
    await addPeople(db, ['ann'])
    const insert = db.insertInto('person').values({ name: 'ann', age: 70 })
    await (pool.dialect === 'mysql'
      ? insert.onDuplicateKeyUpdate({ age: 70 })
      : insert.onConflict((conflict) => conflict.column('name').doUpdateSet({ age: (eb) => eb.ref('excluded.age') }))
    ).execute()
    assert.deepEqual(await db.selectFrom('person').select(['name', 'age']).execute(), [{ name: 'ann', age: 70 }])
  })

  test('true, false and a Date are given as the database stores them', async (t) => {
    const { db } = await openKysely(t, database)
    const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
    const { rows } = await sql<{ yes: number; no: number; day: string }>`
      select ${true} as yes, ${false} as no, ${date} as day`.execute(db)
    const [row] = rows
    assert.equal(Number(row?.yes), 1)
    assert.equal(Number(row?.no), 0)
    assert.match(String(row?.day), /^2026-01-02.03:04:05\.678/)
  })

  test('a value that no database stores is refused, and so is a broken statement, each with a typed error', async (t) => {
    const { db } = await openKysely(t, database)
    const given = { name: { toString: () => 'x' } as unknown as string }
    await assert.rejects(db.insertInto('person').values(given).execute(), { code: 'UNSUPPORTED_VALUE' })
    await assert.rejects(
      db
        .insertInto('person')
        .values({ name: new Date(Number.NaN) as unknown as string })
        .execute(),
      {
        code: 'UNSUPPORTED_VALUE',
      },
    )
    await assert.rejects(sql`selekt 1`.execute(db), (error) => error instanceof SqlError && error.kind === 'syntax')
    await addPeople(db, ['ann'])
    await assert.rejects(addPeople(db, ['ann']), (error) => error instanceof SqlError && error.kind === 'unique')
    assert.equal((await db.selectFrom('person').selectAll().execute()).length, 1)
  })

  test('reads go on side by side: queries of Kysely do not wait for one connection', async (t) => {
    const { db, pool } = await openKysely(t, database, { max: 3 })
    await addPeople(db, ['ann', 'bob'])
    const lent = await pool.acquire()
    try {
      const rows = await db.selectFrom('person').select('name').orderBy('name').execute()
      assert.deepEqual(rows, [{ name: 'ann' }, { name: 'bob' }])
    } finally {
      await lent.release()
    }
  })

  test('stream gives rows chunk by chunk, and frees the connection when it is left', async (t) => {
    const { db, pool } = await openKysely(t, database)
    await addPeople(db, ['a', 'b', 'c', 'd', 'e'])
    const names: string[] = []
    for await (const { name } of db.selectFrom('person').select('name').orderBy('name').stream(2)) names.push(name)
    assert.deepEqual(names, ['a', 'b', 'c', 'd', 'e'])
    for await (const { name } of db.selectFrom('person').select('name').orderBy('name').stream(1)) {
      names.push(name)
      break
    }
    assert.equal(names.at(-1), 'a')
    assert.equal(pool.stats().lanes.filter((lane) => lane.holder !== null).length, 0)
  })

  test('a query that is aborted rejects at once, and the next one works', async (t) => {
    const { db, pool } = await openKysely(t, database)
    await addPeople(db, ['ann'])
    // Some seconds at most: nothing stops SQLite in the middle of a statement that gives no rows.
    const slow =
      pool.dialect === 'mysql'
        ? sql`select sleep(2)`
        : sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select max(i) from n`
    for (const inflightQueryAbortStrategy of ['ignore query', 'cancel query', 'kill session'] as const) {
      const abort = new AbortController()
      const running = slow.execute(db, { signal: abort.signal, inflightQueryAbortStrategy })
      const reason = new Error('enough')
      if (inflightQueryAbortStrategy === 'ignore query') {
        abort.abort(reason)
      } else setImmediate(() => abort.abort(reason))
      await assert.rejects(running, (error) => error === reason || (error as Error).cause === reason)
      assert.equal((await db.selectFrom('person').selectAll().execute()).length, 1)
    }
  })

  test('introspection tells tables and columns', async (t) => {
    const { db } = await openKysely(t, database)
    const tables = await db.introspection.getTables()
    const person = tables.find((table) => table.name === 'person')
    assert.deepEqual(person?.columns.map(({ name }) => name).sort(), ['age', 'id', 'name'])
    assert.equal(person?.columns.find(({ name }) => name === 'name')?.isNullable, false)
    assert.equal(person?.columns.find(({ name }) => name === 'id')?.isAutoIncrementing, true)
  })

  test('destroy closes the pool, unless it is not to', async (t) => {
    const { db, pool } = await openKysely(t, database)
    await db.destroy()
    await assert.rejects(pool.runQuery('SELECT 1'), { kind: 'closed' })
  })
})
