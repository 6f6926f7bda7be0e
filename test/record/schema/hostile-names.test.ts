import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedDatabases, openPool, tunedDatabases } from '../../databases.ts'

const hostile = [
  'a"b',
  'a`b',
  'a;drop table x',
  'a--',
  'a/*',
  'a\\',
  "a'b",
  '""',
  '"',
  '[a]',
  'a.b',
  'a b',
  ' ',
  '\n',
  '?',
  '$1',
  ':a',
  '%',
  '_',
  'x'.repeat(70),
  'ä😀',
  'rowid',
  'oid',
  'select',
  'table',
  'order',
  'group',
  'index',
  'null',
  'then',
  '__proto__',
  'constructor',
  'toString',
  'save',
  '1',
  '-1',
  '\u202e',
  'İ',
]
const name = fc
  .oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }))
  .filter((text) => !text.includes('\0') && text.isWellFormed() && !/^sqlite_/i.test(text))
const names = fc.uniqueArray(name, { minLength: 3, maxLength: 3, selector: (text) => text.toLowerCase() })

onTunedDatabases((database, suite) => {
  it('F121 SQO-056 tables, columns and indexes of any name are created, filled, listed and dropped', async () => {
    const pool = openPool(suite, database)
    await fc.assert(
      fc.asyncProperty(name, names, async (table, [id, one, other]) => {
        const columns = Object.fromEntries([
          [id, c.integer().primaryKey()],
          [one, c.text().index()],
          [
            other,
            c
              .enum([...new Set(['"', "'", table])])
              .nullable()
              .unique(),
          ],
        ])
        class Hostile extends Model(table, columns) {
          static {
            this.index([one as never, other as never], { name: `${table}${one}` })
          }
        }
        const db = connect(pool, [Hostile], { replace: true })
        await db.createTables()
        try {
          assert.deepEqual(await db.tableNames(), [table])
          const described = await db.describeTable(table)
          assert.deepEqual(
            described?.columns.map((column) => column.name),
            Object.keys(columns),
          )
          assert.equal(described?.indexes.filter(({ implied }) => !implied).length, 2)
          const made = await Hostile.create(
            Object.fromEntries([
              [one, 'x'],
              [other, "'"],
            ]) as never,
          )
          const where = Object.fromEntries([
            [one, 'x'],
            [other, ["'", '"']],
          ])
          const [found] = await Hostile.where(where as never).orderBy(`-${one}` as never)
          assert.ok(found?.equals(made))
          assert.equal(found?.get(one as never), 'x')
          found?.set(one as never, 'y' as never)
          await found?.save()
          assert.deepEqual(await Hostile.all().pluck(one as never), ['y'])
          await found?.delete()
        } finally {
          await db.dropTables()
        }
        assert.deepEqual(await db.tableNames(), [])
      }),
      {
        numRuns: 50,
        examples: [
          [hostile[0], ['"', '`', 'a.b']],
          ['a.b', ['rowid', 'select', '__proto__']],
        ] as never,
      },
    )
  })
})

it('F121 names that no database has are refused by name before any SQL', (t) => {
  const pool = openPool(t, tunedDatabases[0]!)
  for (const bad of ['', 'a\0b', 'a\ud800']) {
    assert.throws(() => Model(bad, { id: c.integer() }), { code: 'INVALID_MODEL' })
    if (bad) assert.throws(() => Model('a', { id: c.integer(bad) }), { code: 'INVALID_MODEL' })
    assert.throws(() => Model('a', { [bad]: c.integer() }), { code: 'INVALID_MODEL' })
    class Indexed extends Model('a', { id: c.integer() }) {}
    assert.throws(() => Indexed.index(['id'], { name: bad }), { code: 'INVALID_MODEL' })
    connect(pool, [Indexed], { replace: true })
  }
})
