import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plan } from '../../src/drivers/sqlite/options.ts'

const defaults = {
  filename: 'app.db',
  readOnly: false,
  create: true,
  busyTimeout: 5000,
  durability: 'power',
  foreignKeys: true,
  mmapSize: 268435456,
  cacheSize: null,
  statementCache: 256,
  pragmas: {},
}

test('a file name alone is completed with the defaults', () => {
  const expected = {
    options: defaults,
    afterReaders: { ...defaults, create: false },
    layout: 'writer-readers',
    readOnly: false,
    label: 'sqlite:app.db',
  }
  assert.deepEqual(plan('app.db'), expected)
  assert.deepEqual(plan({ filename: 'app.db' }), expected)
})

test('SQO-003 SOT-003 a database in memory has one connection', () => {
  for (const source of [':memory:', '/:memory:', '///:memory:', 'file::memory:', { filename: ':memory:' }]) {
    assert.equal(plan(source).layout, 'one')
    assert.equal(plan(source).options.filename, ':memory:')
  }
})

const urls: [text: string, filename: string][] = [
  ['./app.db', './app.db'],
  ['/var/app.db', '/var/app.db'],
  ['///var/app.db', '/var/app.db'],
  ['a%20b%3F%25.db', 'a b?%.db'],
  ['caf%C3%A9 #1.db', 'café #1.db'],
]
for (const [text, filename] of urls) {
  test(`SQO-003 the URL text ${text} names the file ${filename}`, () =>
    assert.equal(plan(text).options.filename, filename))
}

test('SQO-008 a URL sets options', () => {
  const { options, readOnly } = plan(
    'a.db?readOnly=true&create=false&busyTimeout=100&durability=crash&foreignKeys=false&mmapSize=0&cacheSize=64&statementCache=0',
  )
  assert.deepEqual(options, {
    filename: 'a.db',
    readOnly: true,
    create: false,
    busyTimeout: 100,
    durability: 'crash',
    foreignKeys: false,
    mmapSize: 0,
    cacheSize: 64,
    statementCache: 0,
    pragmas: {},
  })
  assert.equal(readOnly, true)
})

const refused: [source: string | Record<string, unknown>, message: RegExp, kind?: typeof RangeError][] = [
  ['', /"filename" is empty/],
  ['//host/app.db', /three slashes/],
  ['a%zz.db', /percent sign/],
  ['a%00.db', /U\+0000/],
  ['a.db?timeout=5', /"timeout" cannot be set in a URL\. Options of a URL: readOnly,/],
  ['a.db?pragmas=x', /"pragmas" cannot be set in a URL/],
  ['a.db?__proto__=x', /"__proto__" cannot be set in a URL/],
  ['a.db?readOnly=2', /"readOnly" must be true or false/],
  ['a.db?readOnly=', /"readOnly" must be true or false/],
  ['a.db?busyTimeout=1e3', /"busyTimeout" must be a whole number/],
  ['a.db?busyTimeout=1&busyTimeout=2', /twice/],
  [{}, /"filename" must be a string/],
  [{ filename: 1 }, /"filename" must be a string/],
  [{ filename: 'a\0' }, /U\+0000/],
  [{ filename: 'a\ud800' }, /surrogate/],
  [{ filename: 'file:a.db' }, /without "file:"/],
  [{ filename: ' a.db' }, /white space/],
  [{ filename: 'a', readonly: true }, /"readonly" is unknown\. Known options: filename, readOnly,/],
  [{ filename: 'a', create: 'yes' }, /"create" must be true or false/],
  [{ filename: 'a', durability: 'full' }, /"durability" must be "power" or "crash"/],
  [{ filename: 'a', busyTimeout: '5' }, /"busyTimeout" must be a number/],
  [{ filename: 'a', busyTimeout: -1 }, /"busyTimeout" must be a whole number from 0/, RangeError],
  [{ filename: 'a', busyTimeout: 2 ** 31 }, /"busyTimeout"/, RangeError],
  [{ filename: 'a', mmapSize: 1.5 }, /"mmapSize"/, RangeError],
  [{ filename: 'a', statementCache: -1 }, /"statementCache"/, RangeError],
  [{ filename: 'a', cacheSize: 0 }, /"cacheSize"/, RangeError],
  [{ filename: ':memory:', readOnly: true }, /"readOnly" cannot be true for a database in memory/],
  [{ filename: 'a', pragmas: [] }, /"pragmas" must be an object/],
  [{ filename: 'a', pragmas: { 'x; DROP TABLE t': 1 } }, /"pragmas" has a name that is none/],
  [{ filename: 'a', pragmas: { x: '1; DROP TABLE t' } }, /"pragmas" must set x/],
  [{ filename: 'a', pragmas: { x: Number.NaN } }, /"pragmas" must set x/],
]
for (const [source, message, Kind = TypeError] of refused) {
  test(`refused: ${JSON.stringify(source)}`, () => {
    assert.throws(
      () => plan(source),
      (error) => {
        assert.ok(error instanceof Kind)
        assert.match(error.message, message)
        assert.equal((error as TypeError & { code: string }).code, 'INVALID_OPTION')
        return true
      },
    )
  })
}

test('only own properties are options', () => {
  const source = Object.assign(Object.create({ readOnly: true, unknown: 1 }), { filename: 'app.db', create: undefined })
  assert.deepEqual(plan(source).options, defaults)
})
