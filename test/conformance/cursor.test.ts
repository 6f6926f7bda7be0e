import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntegrityError, InterfaceError, ProgrammingError, type SqlError, type Value } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { first, samples, waysToBorrow } from './borrow.ts'

const SELECT = 'SELECT name FROM beers ORDER BY name'

/** Thrown where a transaction cannot be committed after a failure. */
const undone = new Error('the transaction is given up')

function ifUndone(error: unknown): void {
  if (error !== undone) throw error
}

everywhere((database, suite) => {
  const { sql, can } = database.dialect
  const INSERT = sql('INSERT INTO beers VALUES (?)')
  const pool = openPool(suite, database)
  for (const [way, borrow] of waysToBorrow(pool, database.dialect)) {
    test(`DBA-037 DBA-067 ${way} executes with values by position, by name, or a lone one`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        assert.equal(await one.execute("INSERT INTO beers VALUES ('Victoria Bitter')"), one)
        await one.execute(INSERT, ["Cooper's"])
        const hostile = "'); DROP TABLE beers; --"
        if (can.names) await one.execute('INSERT INTO beers VALUES (:beer)', { beer: hostile })
        else await one.execute(INSERT, [hostile])
        await one.execute(INSERT, 'Redback')
        await one.execute(SELECT)
        assert.deepEqual(first(await one.fetchAll()), [
          "'); DROP TABLE beers; --",
          "Cooper's",
          'Redback',
          'Victoria Bitter',
        ])
      })
    })

    test(`DBA-043 ${way} fetches one row, null at the end, and nothing where there is no result`, async () => {
      await borrow(['Victoria Bitter'], async (cursor) => {
        const one = cursor()
        await assert.rejects(one.fetchOne(), ProgrammingError)
        await one.execute("UPDATE beers SET name = name WHERE name = 'nothing'")
        await assert.rejects(one.fetchOne(), ProgrammingError)
        await one.execute(SELECT)
        assert.deepEqual(await one.fetchOne(), ['Victoria Bitter'])
        assert.equal(await one.fetchOne(), null)
        assert.equal(await one.fetchOne(), null)
        assert.equal(await (await one.execute("SELECT name FROM beers WHERE name = 'x'")).fetchOne(), null)
      })
    })

    test(`DBA-034 DBA-044 ${way} fetches as many rows as arraySize or the call says`, async () => {
      await borrow(samples, async (cursor) => {
        const one = cursor()
        assert.equal(one.arraySize, 1)
        await assert.rejects(one.fetchMany(4), ProgrammingError)
        await one.execute(SELECT)
        assert.deepEqual(first(await one.fetchMany()), samples.slice(0, 1))
        one.arraySize = 3
        assert.deepEqual(first(await one.fetchMany()), samples.slice(1, 4))
        assert.deepEqual(await one.fetchMany(0), [])
        assert.deepEqual(first(await one.fetchMany(10)), samples.slice(4))
        assert.deepEqual(await one.fetchMany(), [])
        assert.throws(() => Object.assign(one, { arraySize: 0 }), RangeError)
        assert.equal(one.arraySize, 3)
      })
    })

    test(`DBA-045 ${way} fetches all rows that are left`, async () => {
      await borrow(samples, async (cursor) => {
        const one = cursor()
        await assert.rejects(one.fetchAll(), ProgrammingError)
        await one.execute(SELECT)
        assert.deepEqual(first(await one.fetchAll()), samples)
        assert.deepEqual(await one.fetchAll(), [])
        await one.execute("SELECT name FROM beers WHERE name = 'nothing'")
        assert.deepEqual(await one.fetchAll(), [])
      })
    })

    test(`DBA-046 ${way} goes on where the last fetch stopped, whichever it was`, async () => {
      await borrow(samples, async (cursor) => {
        const one = cursor()
        await one.execute(SELECT)
        const rows = [
          await one.fetchOne(),
          ...(await one.fetchMany(2)),
          await one.fetchOne(),
          ...(await one.fetchAll()),
        ]
        assert.deepEqual(
          rows.map((row) => row?.[0]),
          samples,
        )
      })
    })

    test(`DBA-047 ${way} drops what was left of the statement before`, async () => {
      await borrow(samples, async (cursor) => {
        const one = cursor()
        await one.execute(SELECT)
        await one.fetchOne()
        await one.execute('SELECT 1')
        assert.deepEqual(await one.fetchAll(), [[1]])
        await one.execute(SELECT)
        await one.execute(INSERT, ['one more'])
        await assert.rejects(one.fetchAll(), ProgrammingError)
      })
    })

    test(`DBA-028 DBA-029 DBA-030 DBA-031 ${way} describes the columns of its last result`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        const described = () => one.description
        assert.equal(described(), null)
        await one.execute('SELECT name, name AS The_Name FROM beers')
        assert.equal(described()?.length, 2)
        const typeCode = described()?.[0]?.typeCode
        if (database.dialect.name === 'sqlite') assert.equal(typeCode, 'TEXT')
        assert.deepEqual(described()?.[0], {
          name: 'name',
          typeCode,
          displaySize: null,
          internalSize: null,
          precision: null,
          scale: null,
          nullOk: null,
        })
        assert.equal(described()?.[1]?.name, can.lowers ? 'the_name' : 'The_Name')
        await one.execute(INSERT, ['XXXX'])
        assert.equal(described(), null)
      })
    })

    test(`DBA-032 DBA-033 ${way} counts the rows that its last statement changed`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        assert.equal(one.rowCount, -1)
        await one.execute(INSERT, ['a'])
        assert.equal(one.rowCount, 1)
        await one.executeMany(INSERT, ['b', 'c'])
        assert.equal(one.rowCount, 2)
        await one.execute('UPDATE beers SET name = name')
        assert.equal(one.rowCount, 3)
        await one.execute("DELETE FROM beers WHERE name = 'nothing'")
        assert.equal(one.rowCount, 0)
        await one.execute(SELECT)
        assert.ok([-1, 3].includes(one.rowCount))
        if (!can.undoTables) return
        await one.execute('CREATE TABLE IF NOT EXISTS other (id INTEGER)')
        assert.equal(one.rowCount, -1)
      })
    })

    test(`DBA-057 ${way} tells the row id of the last INSERT`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        assert.equal(one.lastRowId, null)
        const { rowCount } = await one.execute(sql('INSERT INTO numbered VALUES (41, ?)'), ['a'])
        await one.execute(sql('INSERT INTO numbered (name) VALUES (?)'), ['b'])
        assert.equal(rowCount, 1)
        assert.equal(one.lastRowId, can.lastRowId ? 42 : null)
        await one.execute(SELECT)
        assert.equal(one.lastRowId, null)
      })
    })

    test(`DBA-040 ${way} executes many sets, also from an asynchronous source, also none`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        await one.executeMany(INSERT, [['Redback'], ['XXXX']])
        if (can.names) await one.executeMany('INSERT INTO beers VALUES (:beer)', [{ beer: 'Carlton Cold' }])
        else await one.executeMany(INSERT, ['Carlton Cold'])
        await one.executeMany(
          INSERT,
          (async function* () {
            yield ['Mountain Goat']
          })(),
        )
        await one.executeMany(INSERT, [])
        assert.equal(one.rowCount, 0)
        await one.execute(SELECT)
        assert.deepEqual(first(await one.fetchAll()), ['Carlton Cold', 'Mountain Goat', 'Redback', 'XXXX'])
      })
    })

    test(`DBA-041 DBA-042 ${way} tells which of many sets failed, and takes no statement with rows`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        const failing = one.executeMany(sql('INSERT INTO numbered (name) VALUES (?)'), ['a', 'b', 'a', 'c'])
        await assert.rejects(failing, (error: SqlError) => error instanceof IntegrityError && error.index === 2)
        if (!can.goOn) throw undone
      }).catch(ifUndone)
      await borrow([], async (cursor) => {
        await assert.rejects(cursor().executeMany(sql('SELECT ?'), [['x']]), ProgrammingError)
      })
    })

    test(`DBA-025 two of ${way} see each other's changes, and have results of their own`, async () => {
      await borrow(samples, async (cursor) => {
        const [one, two] = [cursor(), cursor()]
        assert.notEqual(one, two)
        await one.execute(SELECT)
        await two.execute('SELECT 1')
        assert.deepEqual(first(await one.fetchMany(2)), samples.slice(0, 2))
        assert.deepEqual(await two.fetchAll(), [[1]])
        await two.execute(INSERT, ['A new one'])
        assert.deepEqual(first(await one.fetchMany(2)), samples.slice(2, 4))
        await one.execute(SELECT)
        assert.equal((await one.fetchOne())?.[0], 'A new one')
      })
    })

    test(`DBA-036 ${way} is of no more use once it is closed`, async () => {
      await borrow(samples, async (cursor) => {
        const one = cursor()
        await one.execute(SELECT)
        await one.close()
        await one.close()
        const calls = [
          () => one.execute(SELECT),
          () => one.executeMany(INSERT, [['x']]),
          () => one.fetchOne(),
          () => one.fetchMany(),
          () => one.fetchAll(),
        ]
        for (const call of calls) await assert.rejects(call(), InterfaceError)
        assert.deepEqual(await (await cursor().execute('SELECT 1')).fetchAll(), [[1]])
      })
    })

    test(`DBA-050 calls made together on ${way} run in their order`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        const calls = [1, 2, 3].flatMap((i) => [one.execute(sql('SELECT 0 + ?, name FROM beers'), i), one.fetchAll()])
        const insert = one.execute(INSERT, ['x'])
        const last = [one.execute(SELECT), one.fetchOne(), one.fetchOne()] as const
        await Promise.all([...calls, insert])
        assert.deepEqual([await last[1], await last[2]], [['x'], null])
      })
    })

    test(`DBA-056 ${way} is iterated, and can be left early`, async () => {
      await borrow(samples, async (cursor) => {
        const one = await cursor().execute(SELECT)
        const names: unknown[] = []
        for await (const [name] of one) names.push(name)
        assert.deepEqual(names, samples)
        await one.execute(SELECT)
        for await (const [name] of one) if (name === samples[1]) break
        await one.execute('SELECT 1')
        assert.deepEqual(await one.fetchAll(), [[1]])
      })
    })

    test(`DBA-008 DBA-010 ${way} gives NULL, bytes and text back as they were given`, async () => {
      await borrow([], async (cursor) => {
        const one = cursor()
        const rows: Value[][] = [
          [1, null, null],
          [2, '', new Uint8Array(0)],
          [3, `Möthergørn '${can.nul ? '\0' : '0'}' 名前 😀`, Uint8Array.of(0, 128, 255)],
        ]
        await one.executeMany(sql('INSERT INTO kinds VALUES (?, ?, ?)'), rows)
        await one.execute('SELECT id, t, b FROM kinds ORDER BY id')
        assert.deepEqual(await one.fetchAll(), rows)
      })
    })
  }
})
