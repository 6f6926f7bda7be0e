import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AbortError, IntegrityError, ProgrammingError, type Value } from 'offloop'
import { everywhereIsolated, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

const COUNT = 5000

type Tuple = [id: number, name: string | null]

const tuple = (id: number): Tuple => [id, id % 3 === 0 ? null : `name ${id}`]
const tuples = () => Array.from({ length: COUNT }, (_, i) => tuple(i))

function* generated(upTo: number = COUNT): Generator<Tuple, void, undefined> {
  for (let id = 0; id < upTo; id++) yield tuple(id)
}

async function* generatedLater(upTo: number = COUNT): AsyncGenerator<Tuple, void, undefined> {
  yield* generated(upTo)
}

everywhereIsolated((database, suite) => {
  const { name: dialect, sql, codes, types, quote } = database.dialect
  const pool = openPool(suite, database)
  const other = openPool(suite, database)
  let tables = 0

  async function table(columns = `id INTEGER PRIMARY KEY, name ${types.text}`): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (${columns})`)
    return name
  }

  /** Statements that write a row that is there already, with its id and its name. */
  function overwriting(name: string): string[] {
    if (dialect === 'postgres') return [`UPDATE ${name} SET name = $2 WHERE id = $1`]
    if (dialect === 'mysql') return [`REPLACE INTO ${name} VALUES (?, ?)`]
    return [`UPDATE ${name} SET name = ?2 WHERE id = ?1`, `INSERT OR REPLACE INTO ${name} VALUES (?, ?)`]
  }

  const rowsOf = (name: string) => pool.runQuery<Value[]>(`SELECT * FROM ${name} ORDER BY 1`, [], { rowMode: 'array' })

  test('every kind of source gives the same table', async () => {
    await other.runOperation(`CREATE TABLE source (id INTEGER PRIMARY KEY, name ${types.text})`)
    await other.insertMany('source', tuples())
    const sources: Record<string, () => Iterable<Tuple> | AsyncIterable<unknown>> = {
      'an array': tuples,
      'a set': () => new Set(tuples()),
      'a generator': generated,
      'an async generator': generatedLater,
      'the rows of another pool': () => other.stream('SELECT * FROM source', []),
      'an array of which an async iterator was made': () =>
        Object.assign(tuples(), { [Symbol.asyncIterator]: () => generatedLater() }),
      'an array with an iterator of its own': () =>
        Object.assign([[0, 'not this']], { [Symbol.iterator]: generated }) as Tuple[],
    }
    for (const [name, source] of Object.entries(sources)) {
      const t = await table()
      assert.deepEqual(await pool.insertMany(t, source()), { rowCount: COUNT }, name)
      assert.deepEqual(await rowsOf(t), tuples(), name)
      if (name === 'the rows of another pool') continue
      const filled = { rowCount: COUNT }
      for (const overwrite of overwriting(t)) {
        assert.deepEqual(await pool.executeMany(overwrite, source() as Tuple[]), filled, name)
      }
      assert.deepEqual(await rowsOf(t), tuples(), name)
    }
  })

  test('rows may be wide, long or empty of text', async () => {
    const width = 300
    const wide = await table(Array.from({ length: width }, (_, i) => `c${i} INTEGER`).join(', '))
    const rows = Array.from({ length: 100 }, (_, i) => Array.from({ length: width }, (_, j) => i * width + j))
    assert.deepEqual(await pool.insertMany(wide, rows), { rowCount: 100 })
    assert.deepEqual(await rowsOf(wide), rows)
    const t = await table()
    const long = Array.from({ length: 40 }, (_, i) => [
      i,
      i % 2 ? 'ä€🎈'.repeat(20_000) : dialect === 'sqlite' ? new Uint8Array(50_000).fill(i) : 'x'.repeat(50_000),
    ])
    assert.deepEqual(await pool.insertMany(t, long), { rowCount: 40 })
    assert.deepEqual(await rowsOf(t), long)
    const defaults = await table(`id ${types.key}`)
    const insert = `INSERT INTO ${defaults} ${dialect === 'mysql' ? 'VALUES ()' : 'DEFAULT VALUES'}`
    assert.deepEqual(await pool.executeMany(insert, Array(700).fill([])), { rowCount: 700 })
  })

  test('objects may have their properties in any order and of any kind, as long as they are the columns', async () => {
    const t = await table(`a INTEGER PRIMARY KEY, b INTEGER, ${quote('__proto__')} ${types.text}`)
    const property = fc.constantFrom('plain', 'getter', 'hidden', 'proxy', 'bare', 'class')
    let id = 0
    const object = fc.tuple(fc.shuffledSubarray(['a', 'b', '__proto__'], { minLength: 3 }), property, fc.integer())
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 60 }), async (shapes) => {
        await pool.runOperation(`DELETE FROM ${t}`)
        const expected = shapes.map(([, , b]) => [id++, b, `p${b}`])
        const rows = shapes.map(([names, kind], i) => made(names, kind, expected[i] as Value[]))
        await pool.insertMany(t, rows, { columns: ['a', 'b', '__proto__'] })
        assert.deepEqual(await rowsOf(t), expected)
      }),
      { numRuns: 40 },
    )
  })

  test('a property that is inherited is no value of the row', async () => {
    const t = await table()
    const heir = Object.assign(Object.create({ name: 'inherited' }), { id: 2 })
    const expected = { code: 'INVALID_ROW', kind: 'parameters', message: /row 1 has no value for the column "name"/ }
    await refused(() => pool.insertMany(t, [{ id: 1, name: 'own' }, heir]), ProgrammingError, expected)
    assert.deepEqual(await rowsOf(t), [])
  })

  test('the first row that the database refuses is named, wherever it is', async () => {
    const t = await table(`id INTEGER PRIMARY KEY, name ${types.text} NOT NULL`)
    const insert = sql(`INSERT INTO ${t} VALUES (?, ?)`)
    await fc.assert(
      fc.asyncProperty(fc.nat(3000), fc.nat(3000), fc.boolean(), async (first, second, execute) => {
        const rows = Array.from({ length: 3001 }, (_, i) => [i, i === first || i === second ? null : 'x'])
        const call = () => (execute ? pool.executeMany(insert, rows) : pool.insertMany(t, rows))
        const error = await refused(call, IntegrityError, { code: codes.notNull, kind: 'notNull' })
        assert.equal(error.index, Math.min(first, second))
        assert.deepEqual(await rowsOf(t), [])
      }),
      { numRuns: 12 },
    )
  })

  test('a source that throws midway leaves nothing, and is closed', async () => {
    const t = await table()
    const thrown = new Error('the source broke')
    let closed = 0
    function* source() {
      try {
        yield* generated(4000)
        throw thrown
      } finally {
        closed++
      }
    }
    async function* later() {
      yield* source()
    }
    assert.equal(await rejectionOf(() => pool.insertMany(t, source())), thrown)
    assert.equal(await rejectionOf(() => pool.insertMany(t, later())), thrown)
    assert.equal(await rejectionOf(() => pool.executeMany(sql(`INSERT INTO ${t} VALUES (?, ?)`), later())), thrown)
    assert.equal(closed, 3)
    assert.deepEqual(await rowsOf(t), [])
    await usable(pool)
  })

  test('a source whose first row is refused is closed too', async () => {
    const t = await table()
    let closed = false
    function* source() {
      try {
        yield 5
      } finally {
        closed = true
      }
    }
    await refused(() => pool.insertMany(t, source()), ProgrammingError, { code: 'INVALID_ROW', kind: 'parameters' })
    assert.ok(closed)
  })

  test('a source of which no more than the first row was taken is closed when its insert is given up', async () => {
    const t = await table()
    const controller = new AbortController()
    let closed = false
    function* source() {
      try {
        yield tuple(1)
      } finally {
        closed = true
      }
    }
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    // The one connection that writes is taken.
    const other = pool.runInteraction(() => over)
    const waiting = pool.insertMany(t, source(), { signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await refused(() => waiting, AbortError, { code: 'ABORTED', kind: 'aborted' })
    assert.ok(closed)
    end()
    await other
    assert.deepEqual(await rowsOf(t), [])
  })

  test('a source is read ahead by no more than a part of what the database has taken', async () => {
    const t = await table()
    let done = 0
    let produced = 0
    let lead = 0
    function* source() {
      for (; produced < 40_000; produced++) {
        lead = Math.max(lead, produced - done - (done >> 1))
        yield tuple(produced)
      }
    }
    const progress: number[] = []
    const onProgress = (rows: number) => {
      done = rows
      progress.push(rows)
    }
    await pool.insertMany(t, source(), { onProgress })
    assert.ok(lead <= 200, `the source was ${lead} rows further ahead than half of what was done`)
    assert.equal(progress.at(-1), 40_000)
    assert.ok(progress.every((rows, i) => i === 0 || rows > (progress[i - 1] as number)))
  })

  test('an abort midway leaves nothing', async () => {
    const t = await table()
    const controller = new AbortController()
    const onProgress = (rows: number) => {
      if (rows > 2000) controller.abort()
    }
    const insert = () => pool.insertMany(t, tuples(), { signal: controller.signal, onProgress })
    await refused(insert, AbortError, { code: 'ABORTED', kind: 'aborted' })
    assert.deepEqual(await rowsOf(t), [])
    await usable(pool)
  })

  test('the loop turns while sets are taken from a source that is slow and never waits', async () => {
    const t = await table()
    let turns = 0
    let running = true
    const count = () => {
      turns++
      if (running) setImmediate(count)
    }
    setImmediate(count)
    function* slow() {
      for (let id = 0; id < 2000; id++) {
        if (id % 64 === 0) for (const started = performance.now(); performance.now() - started < 1; );
        yield tuple(id)
      }
    }
    await pool.insertMany(t, slow())
    running = false
    assert.ok(turns >= 2000 / 64, `it turned ${turns} times`)
  })
})

function made(names: readonly string[], kind: string, [a, b, p]: readonly Value[]): object {
  const values: Record<string, Value> = Object.assign(Object.create(null), { a, b, ['__proto__']: p })
  const object: object = kind === 'bare' ? Object.create(null) : kind === 'class' ? new (class Row {})() : {}
  for (const name of names) {
    const value = values[name]
    const content = kind === 'getter' ? { get: () => value } : { value, writable: true }
    Object.defineProperty(object, name, { ...content, configurable: true, enumerable: kind !== 'hidden' })
  }
  return kind === 'proxy' ? new Proxy(object, {}) : object
}
