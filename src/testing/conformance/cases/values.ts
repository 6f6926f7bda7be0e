import type { Traits } from '../../../contract/driver.ts'
import type { Value } from '../../../contract/value.ts'
import type { Case } from '../case.ts'
import { same } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** An integer as a row has it. */
function narrowed(whole: bigint): number | bigint {
  return whole >= -SAFE && whole <= SAFE ? Number(whole) : whole
}

export const values: readonly Case[] = [
  {
    name: 'DBA-010 NULL is null both ways, in every column',
    async run(subject) {
      const [row] = await roundTrip(subject, 'whole', [null])
      same(row, null, 'null must be stored as NULL, and NULL must come back as null')
    },
  },
  {
    name: 'NOD-005 integers come back exact: as numbers where those are exact, as bigints beyond',
    async run(subject) {
      const [lowest, highest] = subject.driver.traits.integerRange
      const wholes = [0n, 1n, -1n, 2n ** 31n, -(2n ** 40n), SAFE, -SAFE, SAFE + 1n, SAFE + 2n, -SAFE - 2n]
      const all = [...wholes, lowest, highest].filter((whole) => whole >= lowest && whole <= highest)
      const expected = all.map(narrowed)
      same(await roundTrip(subject, 'whole', all), expected, 'bigints must come back exact, narrowed where a number is')
      const numbers = all.filter((whole) => typeof narrowed(whole) === 'number').map(Number)
      same(await roundTrip(subject, 'whole', numbers), numbers, 'whole numbers must come back as the same numbers')
    },
  },
  {
    name: 'fractions come back as the same numbers, whatever their size',
    async run(subject) {
      const numbers = [0.1, -1.5, 1e-300, 1.7976931348623157e308, 5e-324, 0.1 + 0.2, 123456789.12345678]
      same(await roundTrip(subject, 'fraction', numbers), numbers, 'a fraction must come back to its last bit')
      if (!subject.driver.traits.infinity) return
      const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      same(await roundTrip(subject, 'fraction', infinities), infinities, 'traits.infinity promises infinity')
    },
  },
  {
    name: 'NOD-004 NOD-018 text comes back as the same text, whatever characters it holds',
    async run(subject) {
      const words = texts(subject.driver.traits)
      const back = await roundTrip(subject, 'words', words)
      same(back, words, 'text must come back unchanged, and with U+0000 if traits.nulInText promises that')
    },
  },
  {
    name: 'DBA-008 bytes come back as the same bytes',
    async run(subject) {
      const view = new Uint8Array([9, 9, 1, 2, 3, 9]).subarray(2, 5)
      const bytes = [new Uint8Array(0), Uint8Array.of(0, 255, 0), Uint8Array.from({ length: 256 }, (_, i) => i), view]
      const back = await roundTrip(subject, 'bytes', bytes)
      const types = back.map((value) => value instanceof Uint8Array)
      same(types, [true, true, true, true], 'bytes must come back as Uint8Array')
      const plain = (all: readonly unknown[]) => all.map((value) => [...(value as Uint8Array)])
      same(plain(back), plain(bytes), 'bytes must come back unchanged, also those of a view into a larger buffer')
    },
  },
  {
    name: 'values of all kinds keep their places in one row',
    async run(subject) {
      const connection = await subject.table()
      const row = [7, 2n ** 60n, 0.5, 'ä', null]
      await subject.run(connection, subject.insertion(5), row)
      const { rows } = await subject.run(connection, `SELECT id, whole, fraction, words, bytes FROM ${TABLE}`)
      same(rows, [row], 'the row must come back as it was given')
    },
  },
]

function texts({ nulInText }: Traits): string[] {
  const words = [
    '',
    ' ',
    'joe',
    "it's",
    '"double"',
    'back\\slash',
    '%_?',
    '\r\n\t',
    'ÄÖü',
    '名前',
    '😀👩‍👩‍👧',
    '\u202e\uffff',
    '007',
  ]
  return nulInText ? [...words, '\0', 'a\0b', 'end\0'] : words
}

/** Stores each value in a row of its own and reads it back. */
async function roundTrip(subject: Subject, column: string, given: readonly Value[]): Promise<Value[]> {
  const connection = await subject.table()
  const [one, two] = [subject.sql.placeholder(1), subject.sql.placeholder(2)]
  const sql = `INSERT INTO ${TABLE} (id, ${column}) VALUES (${one}, ${two})`
  for (const [id, value] of given.entries()) await subject.run(connection, sql, [id, value])
  const { rows } = await subject.run(connection, `SELECT ${column} FROM ${TABLE} ORDER BY id`)
  return (rows as Value[][]).map((row) => row[0] as Value)
}
