import type { ColumnDefault } from './description.ts'

const TEXT = /^'((?:[^']|'')*)'$/
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const BYTES = /^x'((?:[\da-f]{2})*)'$/i
const WORDS: ReadonlyMap<string, ColumnDefault | null> = new Map([
  ['null', null],
  ['true', { value: true }],
  ['false', { value: false }],
])

/** The default that a column was declared with: the value of a literal, else the expression. */
export function defaultOf(written: string | null): ColumnDefault | null {
  if (written === null) return null
  const text = written.trim()
  const word = WORDS.get(text.toLowerCase())
  if (word !== undefined) return word
  const quoted = TEXT.exec(text)?.[1]
  if (quoted !== undefined) return { value: quoted.replaceAll("''", "'") }
  const bytes = BYTES.exec(text)?.[1]
  if (bytes !== undefined) return { value: new Uint8Array(Buffer.from(bytes, 'hex')) }
  return NUMBER.test(text) ? { value: numberOf(text) } : { expression: written }
}

function numberOf(text: string): number | bigint {
  const number = Number(text)
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number
}
