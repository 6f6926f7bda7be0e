import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, IntegrityError } from 'offloop'
import { column as c, connect, Model, NotFoundError } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'

/** Three classes of people in one table, and the statements that are sent for them. */
async function people(pool: ConnectionPool) {
  class Person extends Model('people', {
    id: c.integer().primaryKey(),
    type: c.text().nullable(),
    login: c.text().unique(),
    salary: c.integer().nullable(),
  }) {
    static {
      this.inheritsBy('type', () => [Employee, Boss])
    }
  }
  class Employee extends Person {
    raise(by: number): this {
      this.salary = (this.salary ?? 0) + by
      return this
    }
  }
  class Boss extends Employee {}
  const sent: string[] = []
  const db = connect(pool, [Person], { log: ({ sql, error }) => void (error ?? sent.push(sql)) })
  await db.createTables()
  return { Person, Employee, Boss, sent }
}

onTunedAndServers((database) => {
  test('findOrCreate of a class finds its own rows, not those of others that share the table', async (t) => {
    const { Person, Employee, Boss } = await people(openPool(t, database))
    const plain = await Person.create({ login: 'plain', salary: 5 })
    const found = await Employee.findOrCreate({ salary: 5 }, { login: 'other' })
    assert.notEqual(found.id, plain.id)
    assert.ok(found instanceof Employee && found.wasCreated)
    assert.equal((await Person.findOrCreate({ salary: 5 }, { login: 'third' })).id, plain.id)
    assert.ok((await Boss.findOrCreate({ salary: 5 }, { login: 'fourth' })).wasCreated)
  })

  test('SQO-213 SQO-214 one key for all classes, and whoever is asked gives the class that the row is of', async (t) => {
    const { Person, Employee, Boss } = await people(openPool(t, database))
    const plain = await Person.create({ login: 'plain' })
    const boss = await Boss.create({ login: 'boss', salary: 9 })
    assert.ok((await Person.get(boss.id)) instanceof Boss)
    assert.ok((await Employee.get(boss.id)) instanceof Boss)
    assert.ok((await rejectionOf(() => Employee.get(plain.id))) instanceof NotFoundError)
    assert.deepEqual(
      (await Person.orderBy('id')).map((person) => person.constructor.name),
      ['Person', 'Boss'],
    )
  })

  test('SQO-216 SQO-217 SQO-219 D103 a record is one row, written, changed and deleted by one statement each', async (t) => {
    const pool = openPool(t, database)
    const { Person, Boss, sent } = await people(pool)
    sent.length = 0
    const boss = await Boss.create({ login: 'boss', salary: 9 })
    await boss.raise(1).assign({ login: 'chief' }).save()
    assert.deepEqual(await Person.all().pluck('login', 'salary'), [['chief', 10]])
    await boss.delete()
    assert.deepEqual(
      sent.map((sql) => sql.slice(0, 6)),
      ['insert', 'update', 'select', 'delete'],
    )
    await Boss.create({ login: 'one' })
    assert.ok((await rejectionOf(() => Boss.create({ login: 'one' }))) instanceof IntegrityError)
    assert.deepEqual(await Person.all().pluck('login'), ['one'])
  })

  test('SQO-218 a class that the table’s own does not name has no rows of its own', async (t) => {
    const { Person } = await people(openPool(t, database))
    class Stray extends Person {}
    for (const call of [() => Stray.count(), () => Stray.create({ login: 'x' })]) {
      assert.match(String(await rejectionOf(call)), /Stray shares the table of Person, which does not name it/)
    }
    assert.equal(await Person.count(), 0)
  })

  test('SQO-220 order, distinct, sums and changes of what only some classes use work for all of them', async (t) => {
    const { Person, Employee } = await people(openPool(t, database))
    await Person.create({ login: 'plain' })
    await Employee.create({ login: 'low', salary: 1 })
    await Employee.create({ login: 'high', salary: 5 })
    // PostgreSQL sorts what is distinct by nothing but that.
    const sorted = Person.orderBy('-salary')
    const distinct = database.dialect.name === 'postgres' ? sorted : sorted.distinct()
    assert.deepEqual(await distinct.pluck('login'), ['high', 'low', 'plain'])
    assert.equal(await Employee.sum('salary'), 6)
    const low = await Employee.getBy({ login: 'low' })
    assert.deepEqual({ ...low.raise(2).changes }, { salary: [1, 3] })
    assert.equal(await Employee.updateAll({ salary: 7 }), 2)
    assert.deepEqual(await Person.orderBy('id').pluck('salary'), [null, 7, 7])
  })

  test('SQO-221 a row of a class that is unknown is an error that names the word, and the others can be read', async (t) => {
    const pool = openPool(t, database)
    const { Person, Employee } = await people(pool)
    await Employee.create({ login: 'known' })
    await pool.runOperation("INSERT INTO people (type, login) VALUES ('Robot', 'r2')")
    assert.match(String(await rejectionOf(() => Person.all())), /the type "Robot", and Person knows Employee, Boss/)
    assert.deepEqual(
      (await Employee.all()).map(({ login }) => login),
      ['known'],
    )
  })

  test('SQO-222 callbacks and rules of the parent see the children, whole', async (t) => {
    const { Person, Boss } = await people(openPool(t, database))
    const told: string[] = []
    Person.validatesPresenceOf('login')
    Person.afterCreate((person) => void told.push(`${person.constructor.name} ${person.id} ${person.login}`))
    const boss = await Boss.create({ login: 'boss' })
    assert.deepEqual(told, [`Boss ${boss.id} boss`])
    assert.equal(await new Boss({ login: '' }).trySave(), false)
  })
})
