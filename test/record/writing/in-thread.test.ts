import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { IntegrityError, InterfaceError, SqlError } from 'offloop'
import { onTunedDatabases, openPool } from '../../databases.ts'
import { rejectionOf, usable } from '../../pool/expect.ts'
import { createTables } from './fixtures.ts'
import * as models from './thread-models.ts'

onTunedDatabases((database, suite) => {
  const pool = openPool(suite, database)
  before(async () => {
    await createTables(pool)
    await pool.runOperation('CREATE TABLE thread_notes (id INTEGER PRIMARY KEY, text TEXT, person_id INTEGER)')
  })
  const { Person } = models
  const count = () => Person.on(pool).all().count()

  test('SOT-001 SOT-005 SQO-125 models are used in the thread, in the transaction that the function is given', async () => {
    assert.deepEqual(await pool.runInteraction(models.everything, 'ann'), {
      age: 3,
      isSame: true,
      isPerson: true,
      notes: ['a', 'b'],
      counted: 1,
      existing: true,
      upserted: 4,
    })
    assert.equal((await Person.on(pool).where({ name: 'ann' }).first())?.age, 4)
    await usable(pool)
  })

  test('TWI-148 a part that fails is undone in the thread, and so are its records', async () => {
    const given = await pool.runInteraction(models.undone, 'undone')
    assert.deepEqual(given, { failed: 'undo', state: [true, null], left: 0, ids: 1 })
  })

  test('SOT-005 what the function throws rolls all of it back', async () => {
    const before = await count()
    const error = await rejectionOf(() => pool.runInteraction(models.fails, 'twice'))
    assert.ok(error instanceof IntegrityError)
    assert.equal(error.kind, 'unique')
    assert.equal(await count(), before)
  })

  test('rows that come later are inserted all or none', async () => {
    const before = await count()
    const { error, left } = await pool.runInteraction(models.manyLater, 'later')
    assert.ok(error instanceof SqlError)
    assert.equal(error.kind, 'unique')
    assert.equal(left, before)
  })

  test('SOT-006 SOT-007 the thread has models of its own, which belong to no database', async () => {
    const error = await rejectionOf(() => pool.runInteraction(models.unconnected))
    assert.ok(error instanceof InterfaceError)
    assert.equal(error.code, 'NO_DATABASE')
  })
})
