import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InterfaceError, ProgrammingError, type Row } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { refused, usable } from './expect.ts'

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, i) => ({ i: i + from }))

everywhere((database, suite) => {
  const { name: dialect, sql, typed, types, can, count: COUNT } = database.dialect
  const pool = openPool(suite, database)

  test('ADB-068 the ways to fetch can be mixed, far beyond a page', async () => {
    await pool.runInteraction(async (txn) => {
      await txn.execute(COUNT, 5000)
      assert.deepEqual(await txn.fetchOne(), { i: 1 })
      assert.deepEqual(await txn.fetchMany(), upTo(1, 2))
      txn.arraySize = 3
      assert.deepEqual(await txn.fetchMany(), upTo(3, 3))
      assert.deepEqual(await txn.fetchMany(250), upTo(250, 6))
      assert.deepEqual(await txn.fetchMany(1500), upTo(1500, 256))
      assert.deepEqual(await txn.fetchMany(0), [])
      assert.deepEqual(await txn.fetchOne(), { i: 1756 })
      const seen: Row[] = []
      for await (const row of txn) if (seen.push(row) === 300) break
      assert.deepEqual(seen[0], { i: 1757 })
      const rest = await txn.fetchAll()
      assert.deepEqual(rest.at(-1), { i: 5000 })
      assert.equal(await txn.fetchOne(), null)
      assert.deepEqual(await txn.fetchMany(5), [])
      assert.deepEqual(await txn.fetchAll(), [])
    })
    await usable(pool)
  })

  test('every number of rows around the sizes of pages comes out whole', async () => {
    await pool.runInteraction(async (txn) => {
      for (const count of [0, 1, 255, 256, 257, 511, 512, 513, 1279, 1280, 1281, 2304]) {
        await txn.execute(COUNT, count)
        assert.deepEqual(await txn.fetchAll(), upTo(count), `${count} rows`)
        await txn.execute(COUNT, count)
        const rows: unknown[] = []
        for await (const row of txn) rows.push(row)
        assert.deepEqual(rows, upTo(count), `${count} rows, one by one`)
      }
    })
  })

  test('ADB-068 a cursor tells of its last statement', async () => {
    await pool.runOperation(`CREATE TABLE tell (id ${types.key}, name ${types.text})`)
    await pool.runInteraction(async (txn) => {
      assert.deepEqual([txn.description, txn.rowCount, txn.lastRowId, txn.arraySize], [null, -1, null, 1])
      assert.equal(await txn.execute("INSERT INTO tell VALUES (7, 'a')"), txn)
      assert.deepEqual([txn.description, txn.rowCount, txn.lastRowId], [null, 1, can.lastRowId ? 7 : null])
      await txn.executeMany(sql('INSERT INTO tell VALUES (?, ?)'), [
        [8, 'b'],
        [9, 'c'],
      ])
      assert.equal(txn.rowCount, 2)
      await txn.execute('SELECT id, name AS n, 1 + 1 AS two FROM tell')
      const described = txn.description?.map(({ name, typeCode }) => [name, typeCode])
      const names = described?.map(([name]) => name)
      assert.deepEqual(names, ['id', 'n', 'two'])
      if (dialect === 'sqlite') {
        assert.deepEqual(
          described?.map(([, typeCode]) => typeCode),
          ['INTEGER', 'TEXT', null],
        )
      }
      assert.equal(txn.lastRowId, null)
      await txn.execute('SELECT id FROM tell WHERE id > 100')
      assert.equal(txn.description?.length, 1)
      assert.deepEqual(await txn.fetchAll(), [])
      assert.deepEqual(await txn.query("UPDATE tell SET name = 'x'"), [])
      assert.equal(txn.rowCount, 3)
    })
  })

  test('ADB-069 several cursors read side by side, and see what the others change', async () => {
    await pool.runOperation('CREATE TABLE side (i INTEGER PRIMARY KEY)')
    await pool.runInteraction(async (txn) => {
      const one = txn.cursor()
      const two = txn.cursor<number[]>({ rowMode: 'array' })
      await one.execute(COUNT, 2000)
      await two.execute(COUNT, 2000)
      await txn.executeMany(sql('INSERT INTO side VALUES (?)'), [[1], [2]])
      for (let i = 1; i <= 2000; i++) {
        assert.deepEqual(await Promise.all([one.fetchOne(), two.fetchOne()]), [{ i }, [i]])
      }
      await one.execute('SELECT i FROM side')
      assert.deepEqual(await one.fetchAll(), upTo(2))
      await two.close()
      await refused(() => two.fetchOne(), InterfaceError, { code: 'CURSOR_CLOSED', kind: 'closed' })
      await two.close()
      await using three = txn.cursor()
      await three.execute('SELECT 1 AS a')
    })
  })

  test('a statement drops what the one before left to fetch', async () => {
    await pool.runInteraction(async (txn) => {
      await txn.execute(COUNT, 3000)
      await txn.fetchOne()
      await txn.execute("SELECT 'new' AS a")
      assert.deepEqual(await txn.fetchAll(), [{ a: 'new' }])
      await txn.execute(COUNT, 3000)
      assert.deepEqual(await txn.query('SELECT 5 AS b'), [{ b: 5 }])
      assert.deepEqual(await txn.fetchAll(), [])
    })
    await usable(pool)
  })

  test('calls that are made together run in order, each with its own rows', async () => {
    await pool.runInteraction(async (txn) => {
      const calls = [1, 2, 3].flatMap((n) => [txn.execute(sql(`SELECT ${typed('integer')} AS n`), n), txn.fetchOne()])
      const answers = await Promise.all(calls)
      assert.deepEqual(
        answers.filter((_, at) => at % 2 === 1),
        [{ n: 1 }, { n: 2 }, { n: 3 }],
      )
    })
  })

  test('values are read when the call is made, also by a cursor that is busy', async () => {
    await pool.runInteraction(async (txn) => {
      const values: [number] = [1]
      const first = txn.query(sql(`SELECT ${typed('integer')} AS n`), values)
      values[0] = 2
      const second = txn.query(sql(`SELECT ${typed('integer')} AS n`), values)
      values[0] = 3
      assert.deepEqual(await Promise.all([first, second]), [[{ n: 1 }], [{ n: 2 }]])
    })
  })

  test('there is nothing to fetch before a query', async () => {
    const expected = { code: 'NO_RESULT', kind: 'usage' }
    await pool.runOperation('CREATE TABLE no_result (a INTEGER)')
    await pool.runInteraction(async (txn) => {
      await refused(() => txn.fetchOne(), ProgrammingError, expected)
      await refused(() => txn.fetchAll(), ProgrammingError, expected)
      await txn.execute('DELETE FROM no_result')
      await refused(() => txn.fetchMany(2), ProgrammingError, expected)
    })
    await usable(pool)
  })

  test('sizes are checked', async () => {
    await pool.runInteraction(async (txn) => {
      await txn.execute('SELECT 1')
      for (const size of [-1, 1.5, Number.NaN, '2' as unknown as number, null as unknown as number]) {
        const expected = { code: 'INVALID_OPTION', message: /size must be a whole number of at least 0/ }
        await refused(() => txn.fetchMany(size), RangeError, expected)
      }
      for (const size of [0, -1, 1.5]) {
        const set = () => {
          txn.arraySize = size
        }
        await refused(set, RangeError, { code: 'INVALID_OPTION', message: /arraySize must be .* at least 1/ })
      }
      assert.equal(txn.arraySize, 1)
    })
  })

  test('an error in the middle of the rows comes out of the fetch', async () => {
    const wrong = dialect === 'sqlite' ? 'abs(-9223372036854775807 - 1)' : '9223372036854775807 + i'
    const broken = `SELECT CASE i WHEN 1500 THEN ${wrong} ELSE i END AS i FROM (${COUNT}) AS n`
    const undone = new Error('no statement runs any more')
    const reading = pool.runInteraction(async (txn) => {
      await assert.rejects(async () => {
        await txn.execute(broken, 2000)
        assert.deepEqual(await txn.fetchMany(3), upTo(3))
        await txn.fetchAll()
      }, /overflow|out of range/)
      if (!can.goOn) throw undone
      assert.deepEqual(await txn.query('SELECT 1 AS a'), [{ a: 1 }])
    })
    await reading.catch((error: unknown) => assert.equal(error, undone))
    await usable(pool)
  })
})
