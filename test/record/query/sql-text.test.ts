import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { betweenPlaces } from '../../../src/record/query/sql-text.ts'
import type { Dialect } from '../../../src/sql/index.ts'

const ALL: readonly Dialect[] = ['sqlite', 'postgres', 'mysql']

/** The text with `<>` for each placeholder that was found. */
function marked(text: string, dialect: Dialect): string {
  return betweenPlaces(text, dialect).join('<>')
}

test('TWI-159 placeholders are found, and nothing else is taken for one', () => {
  const cases: readonly (readonly [text: string, expected: string, dialects?: readonly Dialect[]])[] = [
    ['a = ?', 'a = <>'],
    ['a=?AND b=?', 'a=<>AND b=<>'],
    ["a = '?' AND b = ?", "a = '?' AND b = <>"],
    ["a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = <>"],
    ['"?" = ?', '"?" = <>'],
    ['`?` = ?', '`?` = <>', ['sqlite', 'mysql']],
    ['[?] = ?', '[?] = <>', ['sqlite']],
    ['a[?] = ?', 'a[<>] = <>', ['postgres']],
    ['a = ? -- why?\nAND b = ?', 'a = <> -- why?\nAND b = <>'],
    ['a = ? /* why? */ AND b = ?', 'a = <> /* why? */ AND b = <>'],
    ['a = ? /* /* why? */ ? */ AND b = ?', 'a = <> /* /* why? */ ? */ AND b = <>', ['postgres']],
    ['a = 5--3 -- ?\n', 'a = 5--3 -- ?\n', ['mysql']],
    ['a = 5--?', 'a = 5--<>', ['mysql']],
    ['a = ?||? AND b = ?', 'a = <>||<> AND b = <>'],
    ['a = ? # why?\n', 'a = <> # why?\n', ['mysql']],
    ["a = 'x\\'?' AND b = ?", "a = 'x\\'?' AND b = <>", ['mysql']],
    ["a = 'x\\' AND b = ?", "a = 'x\\' AND b = <>", ['sqlite', 'postgres']],
    ["a = E'x\\'?' AND b = ?", "a = E'x\\'?' AND b = <>", ['postgres']],
    ['a = $$?$$ AND b = ?', 'a = $$?$$ AND b = <>', ['postgres']],
    ['a = $x$ $$?$$ $x$ AND b$c = ?', 'a = $x$ $$?$$ $x$ AND b$c = <>', ['postgres']],
    [
      "data ?| array['x'] AND data ?& ? AND data @? ? AND data ?? ?",
      "data ?| array['x'] AND data ?& <> AND data @? <> AND data ? <>",
      ['postgres'],
    ],
    ["a LIKE '%?%' AND b = ? AND c % 2 = ?", "a LIKE '%?%' AND b = <> AND c % 2 = <>"],
    ['(a = ? OR (b = ?)) AND Ärger = ?', '(a = <> OR (b = <>)) AND Ärger = <>'],
  ]
  for (const [text, expected, dialects = ALL] of cases) {
    for (const dialect of dialects) assert.equal(marked(text, dialect), expected, dialect)
  }
})

test('P18 F123 SQL that is not one whole expression is refused', () => {
  const cases: readonly (readonly [text: string, dialects?: readonly Dialect[]])[] = [
    ["a = 'x"],
    ['a = "x'],
    ['`a = 1', ['sqlite', 'mysql']],
    ['[a = 1', ['sqlite']],
    ['a = 1 /* x'],
    ['a = /* /* x */ 1', ['postgres']],
    ['a = $x$ y', ['postgres']],
    ["a = 'x\\'", ['mysql']],
    ["a = E'x\\'", ['postgres']],
    ['a = 1) OR (1 = 1'],
    ['(a = 1'],
    ['a = 1; DROP TABLE users'],
    ['a = ?1'],
  ]
  for (const [text, dialects = ALL] of cases) {
    for (const dialect of dialects) {
      assert.throws(() => betweenPlaces(text, dialect), { code: 'INVALID_QUERY', message: /not one expression/ }, text)
    }
  }
})

test('P18 what stands in quotes is found again whole, whatever it is', () => {
  const quoted = fc.string({ unit: 'grapheme' }).map((text) => `'${text.replaceAll("'", "''")}'`)
  fc.assert(
    fc.property(
      fc.array(quoted, { minLength: 1 }),
      fc.constantFrom<Dialect>('sqlite', 'postgres'),
      (texts, dialect) => {
        assert.deepEqual(betweenPlaces(texts.join(' = ? AND '), dialect).length, texts.length)
        assert.equal(marked(texts.join(' || '), dialect), texts.join(' || '))
      },
    ),
  )
})
