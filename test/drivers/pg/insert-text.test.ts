import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertText, severalRows } from '../../../src/drivers/pg/insert-text.ts'

const WRITTEN: readonly (readonly [one: string, two: string])[] = [
  ['INSERT INTO t (a, b) VALUES ($1, $2)', 'INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)'],
  ['insert into t values ($2,$1);', 'insert into t values ($2,$1), ($4,$3);'],
  ['INSERT INTO t VALUES ($1, $1)', 'INSERT INTO t VALUES ($1, $1), ($2, $2)'],
  [
    'INSERT INTO "a b"."T $1" AS x ("$2", "v)") VALUES ($1, \'$1, (\')',
    'INSERT INTO "a b"."T $1" AS x ("$2", "v)") VALUES ($1, \'$1, (\'), ($2, \'$1, (\')',
  ],
  [
    "INSERT INTO t VALUES ($1::s.\"Mood\"[], NULL, TRUE, DEFAULT, -1.5e3, E'\\'', $$x$$, $2::numeric(10, 2))",
    "INSERT INTO t VALUES ($1::s.\"Mood\"[], NULL, TRUE, DEFAULT, -1.5e3, E'\\'', $$x$$, $2::numeric(10, 2)), " +
      "($3::s.\"Mood\"[], NULL, TRUE, DEFAULT, -1.5e3, E'\\'', $$x$$, $4::numeric(10, 2))",
  ],
  [
    'INSERT INTO t VALUES ($1::timestamp(3) with time zone -- $9\n) ON CONFLICT DO NOTHING',
    'INSERT INTO t VALUES ($1::timestamp(3) with time zone -- $9\n), ($2::timestamp(3) with time zone -- $9\n) ON CONFLICT DO NOTHING',
  ],
  [
    'INSERT INTO t VALUES ($1) ON CONFLICT (a, "b") DO NOTHING ; ',
    'INSERT INTO t VALUES ($1), ($2) ON CONFLICT (a, "b") DO NOTHING ; ',
  ],
  [
    'INSERT INTO t VALUES ($1) ON CONFLICT ON CONSTRAINT k DO NOTHING',
    'INSERT INTO t VALUES ($1), ($2) ON CONFLICT ON CONSTRAINT k DO NOTHING',
  ],
]

for (const [one, two] of WRITTEN) {
  test(`it is written for several rows: ${one}`, () => {
    const text = insertText(one)
    assert.ok(text)
    const width = Math.max(...text.numbers)
    assert.equal(severalRows(text, 2, width), two)
    assert.equal(severalRows(text, 1, width), one)
  })
}

const REFUSED = [
  'UPDATE t SET a = $1',
  'INSERT INTO t (a) VALUES ($1) RETURNING a',
  'INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 1',
  'INSERT INTO t (a) VALUES ($1) ON CONFLICT (lower(a)) DO NOTHING',
  'INSERT INTO t (a) VALUES ($1), ($2)',
  'INSERT INTO t (a) VALUES ($1); SELECT 1',
  'INSERT INTO t (a) VALUES (f($1))',
  'INSERT INTO t (a) VALUES ($1 + 1)',
  'INSERT INTO t (a) VALUES ($1::bool OR f (1))',
  'INSERT INTO t (a) VALUES (now())',
  'INSERT INTO t (a) VALUES ((SELECT max(a) FROM t))',
  'INSERT INTO t (a) SELECT $1',
  'INSERT INTO t (a[1]) VALUES ($1)',
  'INSERT INTO t (a.b) VALUES ($1)',
  'INSERT INTO a.b.c (a) VALUES ($1)',
  'INSERT INTO U&"t" (a) VALUES ($1)',
  'INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES ($1)',
  'INSERT INTO t DEFAULT VALUES',
  'WITH x AS (SELECT 1) INSERT INTO t VALUES ($1)',
  'INSERT INTO t (a) VALUES ($1',
  'INSERT INTO t (a) VALUES ()',
]

for (const sql of REFUSED) {
  test(`it is not written for several rows: ${sql}`, () => assert.equal(insertText(sql), null))
}
