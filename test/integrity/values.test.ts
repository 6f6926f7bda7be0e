import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Parameters, UnsupportedValueError } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from '../pool/expect.ts'
import { roundTrips } from './values.ts'

/** `npm run promises` tries 100,000, and a million with `--long`. */
const count = 20_000
const seed = 1

function nested(depth: number): object {
  let object = {}
  for (let level = 0; level < depth; level++) object = { object }
  return object
}

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database)
  const expected = { code: 'UNSUPPORTED_VALUE', kind: 'value' }

  test(`P15 NOD-018 of ${count} generated values each comes back equal or is refused`, async (t) => {
    const { changed, wronglyRefused, ...figures } = await roundTrips(openPool(t, database), count, seed)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    assert.deepEqual({ changed, wronglyRefused }, { changed: [], wronglyRefused: [] })
    assert.ok(figures.equal > count / 2 && figures.refused > count / 50, 'the run was no trial')
  })

  test('F16 F17 what cannot be cloned, or is 20,000 levels deep, is refused before any thread sees it', async () => {
    const values = [() => 1, Symbol('s'), new Proxy({}, {}), Promise.resolve(), new WeakMap(), nested(20_000)]
    for (const value of values) {
      await refused(() => pool.runQuery('SELECT ?', [value] as unknown as Parameters), UnsupportedValueError, expected)
      await refused(
        () => pool.executeMany('INSERT INTO nowhere VALUES (?)', [[value] as unknown as Parameters]),
        UnsupportedValueError,
        expected,
      )
    }
    await usable(pool)
  })

  test('F18 a getter or trap that throws gives its own error, is asked once, and costs nobody else anything', async () => {
    let asked = 0
    const mine = new Error('mine')
    const throwing = (): never => {
      asked++
      throw mine
    }
    const byName = Object.defineProperty({}, 'a', { enumerable: true, get: throwing })
    const inOrder = Object.defineProperty([0], 0, { get: throwing })
    const trap = new Proxy({ a: 1 }, { ownKeys: throwing, get: throwing, getOwnPropertyDescriptor: throwing })
    const others = Array.from({ length: 20 }, (_, i) => pool.runQuery('SELECT ? AS i', [i]))
    for (const [sql, values] of [
      ['SELECT :a', byName],
      ['SELECT ?', inOrder],
      ['SELECT :a', trap],
    ] as const) {
      asked = 0
      assert.equal(await rejectionOf(() => pool.runQuery(sql, values as Parameters)), mine)
      assert.equal(asked, 1)
    }
    assert.deepEqual(
      (await Promise.all(others)).flat(),
      Array.from({ length: 20 }, (_, i) => ({ i })),
    )
    await usable(pool)
  })

  test('F18 a value that changes between two looks is stored as it was checked', async () => {
    let looks = 0
    const shifty = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => (looks++ === 0 ? 5 : Symbol('later')),
    })
    assert.deepEqual(await pool.runQuery('SELECT :a AS a', shifty as Parameters), [{ a: 5 }])
  })

  test('F20 memory that changes, shrinks or goes away right after the call is not seen', async () => {
    const resizable = new ArrayBuffer(4, { maxByteLength: 8 })
    const kept = {
      filled: Uint8Array.of(1, 2, 3, 4),
      shrunk: new Uint8Array(resizable),
      moved: Uint8Array.of(1, 2, 3, 4),
    }
    kept.shrunk.set([1, 2, 3, 4])
    const values = Object.values(kept)
    // Behind a call of its own each is read while another is under way.
    const calls = values.flatMap((bytes) => [pool.runQuery('SELECT ? AS b', [bytes]), pool.runQuery('SELECT 1 AS b')])
    const interaction = pool.runInteraction((txn) => txn.query('SELECT ? AS b', [kept.filled]))
    kept.filled.fill(9)
    resizable.resize(1)
    structuredClone(kept.moved.buffer, { transfer: [kept.moved.buffer] })
    const answers = await Promise.all(calls)
    for (const at of [0, 2, 4]) assert.deepEqual(answers[at], [{ b: Uint8Array.of(1, 2, 3, 4) }])
    assert.deepEqual(await interaction, [{ b: Uint8Array.of(9, 9, 9, 9) }], 'the callback itself runs later')
  })

  test('F20 a source may fill the same memory again and again', async (t) => {
    const own = openPool(t, database)
    await own.runOperation('CREATE TABLE chunks (id INTEGER PRIMARY KEY, bytes BLOB)')
    const bytes = new Uint8Array(2)
    function* chunks(from: number): Generator<[number, Uint8Array]> {
      for (let id = from; id < from + 500; id++) yield [id, bytes.fill(id % 256)]
    }
    await own.insertMany('chunks', chunks(0), { columns: ['id', 'bytes'] })
    await own.executeMany('INSERT INTO chunks VALUES (?, ?)', chunks(500))
    const rows = await own.runQuery<[number, Uint8Array]>('SELECT * FROM chunks', [], { rowMode: 'array' })
    assert.equal(rows.length, 1000)
    for (const [id, stored] of rows) assert.deepEqual(stored, new Uint8Array(2).fill(id % 256))
  })

  test('F113 a value of 100 MB goes in and comes back', async () => {
    const bytes = new Uint8Array(100 * 2 ** 20).fill(7)
    const [row] = await pool.runQuery<{ b: Uint8Array }>('SELECT ? AS b', [bytes])
    assert.equal(Buffer.compare(row!.b, bytes), 0)
  })
})
