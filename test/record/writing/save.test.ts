import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntegrityError, ProgrammingError, UnsupportedValueError } from 'offloop'
import {
  column as c,
  connect,
  Model,
  ModelError,
  NotFoundError,
  RecordStateError,
  StaleRecordError,
} from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { prepare, rows, run } from '../tables.ts'
import { opened, SetClock, sent } from './fixtures.ts'

type Opened = ReturnType<typeof opened>

const TRAIL = {
  sqlite: "CREATE TRIGGER trails AFTER INSERT ON people BEGIN INSERT INTO trail (note) VALUES ('x'); END",
  mysql: "CREATE TRIGGER trails AFTER INSERT ON people FOR EACH ROW INSERT INTO trail (note) VALUES ('x')",
  postgres:
    "CREATE FUNCTION trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trail (note) VALUES ('x'); RETURN NULL; END $$",
}

onTunedAndServers((database, suite) => {
  const clock = new SetClock()
  const o = opened(suite, database, { pool: { name: database.name }, connect: { now: clock.now } })

  test('TWI-016 SQO-096 a new record has no key and nothing was sent; saved it has the one of the database', async () => {
    let person = new o.Person()
    const none = await sent(o.pool, () => {
      person = new o.Person({ name: 'new' })
    })
    assert.deepEqual(none, [])
    assert.equal(person.id, null)
    assert.equal(person.isNew, true)
    const [insert, ...more] = await sent(o.pool, () => person.save())
    assert.match(insert ?? '', /^insert into "people" \("name"\) values \(\?\) returning "id"/)
    // MySQL itself gives nothing back: it refuses that once, and is asked no more.
    const isSilent = database.name === 'mysql'
    assert.deepEqual(
      more.map((sql) => sql.slice(0, 6)),
      isSilent ? ['insert', 'select'] : [],
    )
    assert.equal(typeof person.id, 'number')
    assert.equal(person.isNew, false)
    assert.equal(person.wasCreated, true)
  })

  test('TWI-044 the key is read back by the insert itself, whatever a trigger inserts', async () => {
    await prepare(o.pool, 'CREATE TABLE trail (id INTEGER PRIMARY KEY, note TEXT)')
    await o.pool.runOperation('INSERT INTO trail VALUES (777, NULL)')
    await o.pool.runOperation(TRAIL[database.dialect.name])
    if (database.dialect.name === 'postgres') {
      await o.pool.runOperation('CREATE TRIGGER trails AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION trail()')
    }
    const person = await o.Person.create({ name: 'triggered' })
    await o.pool.runOperation(`DROP TRIGGER trails${database.dialect.name === 'postgres' ? ' ON people' : ''}`)
    assert.equal((await o.Person.find(person.id))?.name, 'triggered')
  })

  test('TWI-032 TWI-033 only what was given is written, and what the database fills in is read back', async () => {
    const person = new o.Person({ name: 'defaults' })
    const [insert] = await sent(o.pool, () => person.save())
    assert.match(insert ?? '', /^insert into "people" \("name"\)/)
    assert.equal(person.role, 'guest')
    assert.equal(person.age, null)
    assert.equal(person.isChanged(), false)
  })

  test('TWI-028 save resolves with the record itself', async () => {
    const person = new o.Person({ name: 'itself' })
    assert.equal(await person.save(), person)
    assert.equal(await person.update({ age: 1 }), person)
    assert.equal(await person.reload(), person)
    assert.equal(await person.delete(), person)
  })

  test('D10 what fails says who asked for it', async () => {
    await o.Person.create({ name: 'stack' })
    async function asksForRecord(): Promise<void> {
      await o.Person.create({ name: 'stack' })
    }
    async function asksInside(): Promise<void> {
      await o.db.transaction(() => asksForRecord())
    }
    for (const work of [asksForRecord, asksInside]) {
      const error = (await rejectionOf(work)) as Error
      assert.match(error.stack ?? '', /asksForRecord/)
    }
    const person = new o.Person({ name: 'stack' })
    async function saves(): Promise<void> {
      await person.save()
    }
    assert.match(((await rejectionOf(saves)) as Error).stack ?? '', /saves/)
  })

  test('SQO-101 SQO-103 assign goes to attributes alone: no code of the class runs, and nothing is locked meanwhile', async () => {
    let ran = 0
    class Setting extends o.Person {
      set shouted(text: string) {
        ran++
        this.name = text.toUpperCase()
      }
    }
    const setting = new Setting({ name: 'set' })
    assert.throws(() => setting.assign({ shouted: 'x' } as never), { code: 'UNKNOWN_ATTRIBUTE' })
    setting.shouted = 'set by hand'
    assert.deepEqual([ran, setting.name], [1, 'SET BY HAND'])
    await setting.save()
    assert.equal(await setting.reload(), setting)
  })

  test('TWI-034 a table with nothing but a key', async () => {
    const only = await o.Only.create({})
    assert.equal((await o.Only.find(only.id))?.id, only.id)
    assert.deepEqual(await sent(o.pool, () => only.save()), [])
  })

  test('TWI-035 names of tables and columns may be words of SQL, and hold quotes', async () => {
    const order = await o.Order.create({ group: 'by', odd: 'x' })
    await order.update({ odd: 'y' })
    const [found] = await o.Order.where({ group: 'by', odd: 'y' })
    assert.equal(found?.id, order.id)
    await order.delete()
    assert.equal(await o.Order.all().count(), 0)
  })

  test('TWI-036 SQO-122 only changed columns are written, nothing is sent when nothing changed', async () => {
    const { id } = await o.Person.create({ name: 'sparse', age: 30 })
    const person = (await o.Person.find(id)) as InstanceType<Opened['Person']>
    assert.deepEqual(await sent(o.pool, () => person.save()), [])
    person.age = 31
    assert.deepEqual({ ...person.changes }, { age: [30, 31] })
    assert.equal(person.isChanged('age'), true)
    assert.equal(person.isChanged('name'), false)
    const [update, ...more] = await sent(o.pool, () => person.save())
    assert.equal(update, 'update "people" set "age" = ? where "id" = ?')
    assert.deepEqual(more, [])
    assert.deepEqual({ ...person.previousChanges }, { age: [30, 31] })
    assert.deepEqual({ ...person.changes }, {})
    await person.save()
    assert.deepEqual({ ...person.previousChanges }, {})
  })

  test('SQO-100 several attributes are written by one statement', async () => {
    const person = await o.Person.create({ name: 'several' })
    const statements = await sent(o.pool, () => person.update({ age: 1, role: 'admin' }))
    assert.deepEqual(statements, ['update "people" set "age" = ?, "role" = ? where "id" = ?'])
  })

  test('SQO-124 what was changed back is no change, nor is the same value assigned', async () => {
    const person = await o.Person.create({ name: 'back', age: 1, data: { tags: ['a'] } })
    person.age = 2
    person.age = 1
    person.name = 'back'
    person.data?.tags.push('b')
    person.data?.tags.pop()
    assert.equal(person.isChanged(), false)
    assert.deepEqual(await sent(o.pool, () => person.save()), [])
    person.name = 'back'
    person.age = 7
    await person.save()
    assert.deepEqual({ ...person.changes }, {})
    assert.deepEqual(await sent(o.pool, () => person.save()), [])
  })

  test('a change inside of JSON is found, and what the program holds stays the same object', async () => {
    const person = await o.Person.create({ name: 'json', data: { tags: ['a'] } })
    const { data } = person
    data?.tags.push('b')
    assert.deepEqual({ ...person.changes }, { data: [{ tags: ['a'] }, { tags: ['a', 'b'] }] })
    await person.save()
    assert.equal(person.data, data)
    assert.deepEqual((await o.Person.find(person.id))?.data, { tags: ['a', 'b'] })
  })

  test('what is assigned while a save is under way is a change that the save did not write', async () => {
    const person = await o.Person.create({ name: 'meanwhile', age: 1 })
    person.age = 2
    const saving = person.save()
    person.age = 3
    person.role = 'admin'
    await saving
    assert.deepEqual({ ...person.changes }, { age: [2, 3], role: ['guest', 'admin'] })
    await person.save()
    assert.deepEqual((await o.Person.find(person.id))?.age, 3)
  })

  test('TWI-037 SQO-104 to update, delete or reload a row that is gone rejects, and the changes stay', async () => {
    const person = await o.Person.create({ name: 'gone', age: 1 })
    await run(o.pool, 'DELETE FROM people WHERE id = ?', [person.id])
    person.age = 2
    for (const work of [() => person.save(), () => person.delete(), () => person.reload()]) {
      const error = await rejectionOf(work)
      assert.ok(error instanceof StaleRecordError)
      assert.equal(error.code, 'STALE_RECORD')
    }
    assert.deepEqual({ ...person.changes }, { age: [1, 2] })
    assert.equal(person.isDeleted, false)
  })

  test('SQO-102 values are changed only when the statement succeeded', async () => {
    const person = await o.Person.create({ name: 'kept', age: 5 })
    await o.Person.create({ name: 'taken' })
    const error = await rejectionOf(() => person.update({ name: 'taken' }))
    assert.ok(error instanceof IntegrityError)
    assert.deepEqual({ ...person.changes }, { name: ['kept', 'taken'] })
    assert.equal(person.restore().name, 'kept')
    const fresh = new o.Person({ name: 'taken' })
    await assert.rejects(fresh.save(), { kind: 'unique' })
    assert.deepEqual([fresh.id, fresh.isNew, fresh.wasCreated], [null, true, false])
    fresh.name = 'free'
    await fresh.save()
    assert.equal(fresh.isNew, false)
  })

  test('TWI-038 SQO-097 a new record with a key is inserted with it', async () => {
    const person = await o.Person.create({ id: 9000, name: 'mine' })
    assert.equal(person.id, 9000)
    const again = new o.Person({ id: 9000, name: 'again' })
    await assert.rejects(again.save(), { kind: 'unique' })
    assert.equal((await o.Person.find(9000))?.name, 'mine')
  })

  test('a key that nobody fills in is refused before anything is sent', async () => {
    const statements = await sent(o.pool, async () => {
      // @ts-expect-error a key that nobody fills in must be given
      const error = await rejectionOf(() => o.Country.create({ name: 'x' }))
      assert.ok(error instanceof RecordStateError)
      assert.equal(error.code, 'MISSING_KEY')
      assert.match(error.message, /^Country\.code is missing/)
      await assert.rejects(o.Seat.create({ row: 1 }), { code: 'MISSING_KEY' })
    })
    assert.deepEqual(statements, [])
  })

  test('SQO-108 text keys and keys of several columns are written, found and deleted, and never changed', async () => {
    const country = await o.Country.create({ code: 'AT', name: 'Austria' })
    assert.throws(() => Object.assign(country, { code: 'at' }), { code: 'IMMUTABLE_ATTRIBUTE' })
    assert.equal((await o.Country.find('AT'))?.name, 'Austria')
    const seat = await o.Seat.create({ row: 1, number: 2 })
    await seat.update({ guest: 'ann' })
    assert.equal((await o.Seat.find([1, 2]))?.guest, 'ann')
    assert.equal(await o.Seat.find([1, 3]), null)
    await seat.delete()
    assert.equal(await o.Seat.all().count(), 0)
  })

  test('TWI-030 TWI-087 SQO-105 a deleted record can be read, and neither saved nor deleted again', async () => {
    const person = await o.Person.create({ name: 'deleted' })
    await person.delete()
    assert.equal(person.isDeleted, true)
    assert.equal(person.name, 'deleted')
    for (const work of ['save', 'delete', 'reload', 'touch'] as const) {
      const error = await rejectionOf(() => person[work]())
      assert.ok(error instanceof RecordStateError, work)
      assert.equal(error.code, 'RECORD_DELETED')
    }
    assert.equal(await o.Person.find(person.id), null)
  })

  test('TWI-090 TWI-094 a record that was not saved cannot be deleted, reloaded or counted up', async () => {
    await o.Person.create({ name: 'bystander' })
    const before = await o.Person.all().count()
    const person = new o.Person({ name: 'unsaved' })
    const works = [
      () => person.delete(),
      () => person.reload(),
      () => person.increment('age'),
      () => person.touch('age'),
    ]
    for (const work of works) {
      const error = await rejectionOf(work)
      assert.ok(error instanceof RecordStateError)
      assert.equal(error.code, 'RECORD_NEW')
    }
    assert.equal(await o.Person.all().count(), before)
    assert.equal(person.isDeleted, false)
  })

  test('TWI-092 TWI-093 SQO-115 SQO-116 reload reads all attributes over what was changed', async () => {
    const person = await o.Person.create({ name: 'reloaded', age: 1 })
    await run(o.pool, 'UPDATE people SET age = 9 WHERE id = ?', [person.id])
    person.name = 'changed'
    await person.refresh()
    assert.deepEqual([person.name, person.age, person.isChanged()], ['reloaded', 9, false])
    await person.delete()
    await assert.rejects(person.refresh(), RecordStateError)
  })

  test('SQO-117 restore gives the stored values again, of some attributes or of all', async () => {
    const person = await o.Person.create({ name: 'restored', age: 1, data: { tags: [] } })
    person.assign({ name: 'other', age: 2 })
    person.data?.tags.push('x')
    person.restore('age')
    assert.deepEqual([person.name, person.age, person.isChanged('data')], ['other', 1, true])
    person.restore()
    assert.deepEqual([person.name, person.data, person.isChanged()], ['restored', { tags: [] }, false])
    const fresh = new o.Person({ name: 'fresh' }).restore()
    assert.equal(fresh.name, null)
  })

  test('TWI-031 a table that is not there is told as such, and other failures as what they are', async () => {
    class Missing extends Model('imaginary', { id: c.integer().primaryKey() }) {}
    connect(o.pool, [Missing])
    const error = await rejectionOf(() => Missing.create({}))
    assert.ok(error instanceof ProgrammingError)
    assert.equal(error.kind, 'missing')
    assert.match(error.message, /imaginary/)
    const other = await rejectionOf(() => o.Person.create({ name: null as unknown as string }))
    assert.ok(other instanceof IntegrityError)
    assert.equal(other.kind, 'notNull')
  })

  test('a value that does not fit its column is refused before anything is sent, and the record kept as it was', async () => {
    const person = await o.Person.create({ name: 'fitting' })
    const statements = await sent(o.pool, async () => {
      const error = await rejectionOf(() => person.update({ age: 1.5 }))
      assert.ok(error instanceof UnsupportedValueError)
      assert.match(error.message, /^Person\.age must be a whole number/)
    })
    assert.deepEqual(statements, [])
    assert.equal(person.restore().age, null)
  })

  test('SQO-112 TWI-151 values are never part of the text', async () => {
    const evil = `'); DROP TABLE people; --`
    const person = new o.Person({ name: evil })
    const [insert] = await sent(o.pool, () => person.save())
    assert.ok(!insert?.includes('DROP'))
    assert.equal((await o.Person.find(person.id))?.name, evil)
  })

  test('TWI-022 SQO-110 equal are records of one class with one key; one that was not saved equals only itself', async () => {
    const one = await o.Person.create({ name: 'equal' })
    const same = await o.Person.find(one.id)
    const order = await o.Order.create({ id: one.id })
    assert.ok(one.equals(same))
    assert.ok(!one.equals(order))
    assert.ok(!one.equals(await o.Person.create({ name: 'unequal' })))
    assert.ok(!one.equals(null) && !one.equals({ id: one.id }))
    const unsaved = new o.Person()
    assert.ok(unsaved.equals(unsaved))
    assert.ok(!unsaved.equals(new o.Person()))
    assert.ok(one.equals(await o.Person.on(o.pool).find(one.id)))
  })

  test('TWI-045 of two saves of one new record started together the second is an update, or nothing', async () => {
    const person = new o.Person({ name: 'twice' })
    const statements = await sent(o.pool, async () => {
      const first = person.save()
      person.age = 4
      await Promise.all([first, person.save(), person.save()])
    })
    if (database.name === 'mysql') assert.match(statements.splice(1, 1)[0] ?? '', /^select/)
    assert.equal(statements.length, 2)
    assert.match(statements[0] ?? '', /^insert/)
    assert.match(statements[1] ?? '', /^update "people" set "age"/)
    assert.equal(await o.Person.where({ name: 'twice' }).count(), 1)
  })

  test('TWI-045 when the first of two saves fails, the second is the insert', async () => {
    await o.Person.create({ name: 'occupied' })
    const person = new o.Person({ name: 'occupied' })
    const first = person.save()
    person.name = 'unoccupied'
    const second = person.save()
    await assert.rejects(first, { kind: 'unique' })
    await second
    assert.equal((await o.Person.find(person.id))?.name, 'unoccupied')
  })

  test('SQO-106 SQO-107 SQO-118 delete by key gives the record; there is no such one after that', async () => {
    const { id } = await o.Person.create({ name: 'by key' })
    const deleted = await o.Person.delete(id)
    assert.deepEqual([deleted.name, deleted.isDeleted], ['by key', true])
    assert.equal(await o.Person.find(id), null)
    await assert.rejects(o.Person.delete(id), NotFoundError)
  })

  test('createdAt and updatedAt are kept by the clock that connect was given', async () => {
    clock.time = new Date('2026-01-01T00:00:00.000Z')
    const note = await o.Note.create({ text: 'a' })
    assert.deepEqual([note.createdAt, note.updatedAt], [clock.time, clock.time])
    const first = clock.time
    clock.time = new Date('2026-02-01T00:00:00.000Z')
    await note.save()
    assert.deepEqual(note.updatedAt, first)
    await note.update({ text: 'b' })
    assert.deepEqual([note.createdAt, note.updatedAt], [first, clock.time])
    assert.deepEqual(Object.keys(note.previousChanges), ['text', 'updatedAt', 'lockVersion'])
    const given = new Date('2020-01-01T00:00:00.000Z')
    const other = await o.Note.create({ text: 'c', createdAt: given, updatedAt: given })
    assert.deepEqual([other.createdAt, other.updatedAt], [given, given])
    clock.time = new Date('2026-03-01T00:00:00.000Z')
    note.text = 'not saved'
    await note.touch()
    assert.deepEqual([note.updatedAt, { ...note.changes }], [clock.time, { text: ['b', 'not saved'] }])
    await note.touch('createdAt')
    assert.deepEqual((await o.Note.find(note.id))?.createdAt, clock.time)
    const person = await o.Person.create({ name: 'untouchable' })
    await assert.rejects(person.touch(), ModelError)
  })

  test('a null that was given for updatedAt is written by an update: only what nobody gave is kept up', async () => {
    const note = await o.Note.create({ text: 'a' })
    note.set('updatedAt', null as never)
    await note.update({ text: 'b' })
    assert.equal((await rows(o.pool, 'SELECT updated_at FROM notes WHERE id = ?', [note.id]))[0]?.updated_at, null)
    assert.deepEqual(Object.keys(note.previousChanges), ['text', 'updatedAt', 'lockVersion'])
  })

  test('lockVersion: a version that comes back older than the one that was read is too late, and writes nothing', async () => {
    const { id } = await o.Note.create({ text: 'a' })
    await (await o.Note.find(id))?.update({ text: 'b' })
    const note = await o.Note.find(id)
    assert.ok(note)
    const form: object = JSON.parse('{"text":"of an old form","lockVersion":0}')
    const error = await rejectionOf(() => note.assign(form, { only: ['text', 'lockVersion'] }).save())
    assert.ok(error instanceof StaleRecordError)
    assert.equal((await o.Note.find(id))?.text, 'b')
    await note.reload()
    await note.assign({ text: 'c', lockVersion: 1 }, { only: ['text', 'lockVersion'] }).save()
    assert.deepEqual([note.text, note.lockVersion], ['c', 2])
  })

  test('lockVersion: who writes over another write is told, and writes nothing', async () => {
    const note = await o.Note.create({ text: 'first' })
    assert.equal(note.lockVersion, 0)
    const other = (await o.Note.find(note.id)) as typeof note
    await other.update({ text: 'second' })
    assert.equal(other.lockVersion, 1)
    for (const work of [() => note.update({ text: 'lost' }), () => note.delete(), () => note.touch()]) {
      assert.ok((await rejectionOf(work)) instanceof StaleRecordError)
    }
    assert.equal(note.lockVersion, 0)
    await note.reload()
    await note.update({ text: 'third' })
    assert.equal((await o.Note.find(note.id))?.text, 'third')
    await run(o.pool, 'UPDATE notes SET lock_version = NULL WHERE id = ?', [note.id])
    await note.reload()
    await note.update({ text: 'fourth' })
    assert.equal(note.lockVersion, 1)
    await note.delete()
  })

  test('increment and decrement add in the database, so that none is lost', async () => {
    const { id } = await o.Person.create({ name: 'counted' })
    const records = await Promise.all(Array.from({ length: 10 }, () => o.Person.find(id)))
    await Promise.all(records.map((record) => record?.increment('age')))
    const person = (await o.Person.find(id)) as InstanceType<Opened['Person']>
    assert.equal(person.age, 10)
    person.name = 'not saved'
    await person.decrement('age', 3)
    assert.deepEqual([person.age, { ...person.changes }], [7, { name: ['counted', 'not saved'] }])
    // @ts-expect-error a text is no number
    await assert.rejects(person.increment('name'), { code: 'INVALID_QUERY' })
    await assert.rejects(person.increment('age', Number.NaN), { code: 'INVALID_QUERY' })
  })
})
