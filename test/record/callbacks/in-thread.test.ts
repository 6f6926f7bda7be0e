import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { DataError } from 'offloop'
import {
  LeftOutError,
  ModelError,
  NotFoundError,
  NotUniqueError,
  RecordStateError,
  ValidationError,
} from 'offloop/record'
import { onTunedDatabases, openPool } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import * as models from './thread-models.ts'

onTunedDatabases((database) => {
  test('in a database thread records are validated and callbacks called; what would follow the commit is refused', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)')
    assert.deepEqual(await pool.runInteraction(models.saves, ' ann '), { saved: true, errors: [] })
    assert.deepEqual(await pool.runInteraction(models.saves, 'ann'), { saved: false, errors: ['Name is not unique.'] })
    await assert.rejects(pool.runInteraction(models.saves, 'root'), /not that one/)
    const error = await rejectionOf(() => pool.runInteraction(models.invalid, 'ann'))
    assert.ok(error instanceof ValidationError && error instanceof DataError)
    assert.deepEqual([error.name, error.code, error.kind], ['ValidationError', 'INVALID_RECORD', 'validation'])
    assert.equal(error.message, 'Person is not valid: Name is not unique.')
    assert.deepEqual(error.errors.errorsFor('name'), ['is not unique.'])
    assert.deepEqual([...error.errors.fullMessages, error.errors.length], ['Name is not unique.', 1])
    assert.deepEqual(JSON.parse(JSON.stringify(error)).errors, { name: ['is not unique.'] })
    assert.equal(error.record, null)
    assert.doesNotMatch(inspect(error), /problems/)
    await assert.rejects(pool.runInteraction(models.follows), { code: 'IN_THREAD_FOLLOW_UP' })
    const thrown = async (kind: string) => await rejectionOf(() => pool.runInteraction(models.missing, kind))
    const found = await thrown('notFound')
    assert.ok(found instanceof NotFoundError && found.kind === 'notFound' && found.code === 'NOT_FOUND')
    const state = await thrown('state')
    assert.ok(state instanceof RecordStateError && state.code === 'RECORD_NEW')
    assert.ok((await thrown('left out')) instanceof LeftOutError)
    assert.ok((await thrown('')) instanceof ModelError)
    const mine = await thrown('mine')
    assert.ok(mine instanceof Error && !(mine instanceof NotFoundError) && mine.message === 'mine')
    await pool.runOperation("INSERT INTO people (name) VALUES ('eve')")
    assert.ok((await thrown('notUnique')) instanceof NotUniqueError)
    await pool.runOperation("DELETE FROM people WHERE name = 'eve'")
    assert.deepEqual(await pool.runQuery('SELECT name FROM people'), [{ name: 'ann' }])
  })
})
