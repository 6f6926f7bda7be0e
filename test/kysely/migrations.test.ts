import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { onKyselyDatabases, openKysely } from './fixtures.ts'

const migrations: Record<string, Migration> = {
  '1_notes': {
    up: async (db: Kysely<unknown>) => {
      await db.schema.createTable('note').addColumn('words', 'varchar(100)').execute()
    },
    down: async (db: Kysely<unknown>) => {
      await db.schema.dropTable('note').execute()
    },
  },
  '2_author': {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('note').addColumn('author', 'varchar(100)').execute()
    },
    down: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('note').dropColumn('author').execute()
    },
  },
}

onKyselyDatabases((database) => {
  test("Kysely's migrator migrates, once however many ask at once, and goes back", async (t) => {
    const { db } = await openKysely(t, database, { max: 4 })
    const migrator = () => new Migrator({ db, provider: { getMigrations: async () => migrations } })
    const all = await Promise.all([migrator().migrateToLatest(), migrator().migrateToLatest()])
    assert.deepEqual(
      all.map(({ error }) => error),
      [undefined, undefined],
    )
    const done = all.flatMap(({ results = [] }) => results.map(({ migrationName }) => migrationName))
    assert.deepEqual(done.sort(), ['1_notes', '2_author'])
    assert.ok((await db.introspection.getTables()).some(({ name }) => name === 'note'))
    await migrator().migrateTo('1_notes')
    const { error } = await migrator().migrateDown()
    assert.equal(error, undefined)
    assert.ok(!(await db.introspection.getTables()).some(({ name }) => name === 'note'))
  })
})
