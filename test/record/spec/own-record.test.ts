import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { usable } from '../../pool/expect.ts'

const moments = [
  'beforeValidation',
  'afterValidation',
  'beforeCreate',
  'beforeSave',
  'beforeUpdate',
  'afterUpdate',
  'afterSave',
  'afterCommit',
  'beforeDelete',
  'afterDelete',
] as const

const skipCallbacks = true

onTunedAndServers((database) => {
  test('SQO-103 D107 whatever a callback asks of its own record ends, and so does what it is a part of', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    class Row extends Model('rows', { id: c.integer().primaryKey(), n: c.integer().default(0) }) {}
    await connect(pool, [Row]).createTables()
    const asked = {
      save: (row: Row) => row.save(),
      saveAlone: (row: Row) => row.save({ skipCallbacks }),
      update: (row: Row) => row.update({ n: 5 }),
      updateAlone: (row: Row) => row.update({ n: 6 }, { skipCallbacks }),
      delete: (row: Row) => row.delete(),
      deleteAlone: (row: Row) => row.delete({ skipCallbacks }),
      reload: (row: Row) => row.reload(),
      isValid: (row: Row) => row.isValid(),
      increment: (row: Row) => row.increment('n'),
      transaction: (row: Row) => Row.transaction(() => row.trySave({ skipCallbacks })),
    }
    for (const moment of moments) {
      for (const ask of Object.values(asked)) {
        class Told extends Row {}
        let isAsking = false
        Told[moment](async (row) => {
          if (isAsking) return
          isAsking = true
          await ask(row)
        })
        const row = new Told({})
        for (const call of [() => row.save(), () => row.update({ n: 7 }), () => row.delete()]) {
          isAsking = false
          // What cannot be is refused, by an error that says so: nothing hangs.
          await call().catch((error: unknown) =>
            assert.ok(error instanceof SqlError, `${moment} ${ask}: ${String(error)}`),
          )
        }
        assert.equal(row.isNew || row.isDeleted || (await Row.find(row.id)) !== null, true, `${moment} ${ask}`)
      }
    }
    await usable(pool)
  })
})
