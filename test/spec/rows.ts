import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const verdicts = ['must', 'should', 'skip', 'outside'] as const

/** Whether a row is owed now; what each word means stands at the top of rows.txt. */
export type Verdict = (typeof verdicts)[number]

/** One behaviour, fault or promise that a test can name. */
export interface SpecRow {
  readonly id: string
  /** The letters in front of its number. */
  readonly group: string
  readonly verdict: Verdict
  readonly words: string
}

/** Reads the lines of rows.txt; throws for a line that is none, and for an ID that comes twice. */
export function readRows(text: string): SpecRow[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const rows = lines.map(readRow)
  const twice = rows.find(({ id }, at) => rows.findIndex((other) => other.id === id) !== at)
  if (twice) throw new Error(`${twice.id} stands twice in rows.txt`)
  return rows
}

function readRow(line: string): SpecRow {
  const found = /^(?<id>(?<group>[A-Z]+)-?\d+) (?<verdict>[a-z]+) (?<words>.+)$/.exec(line)?.groups
  const verdict = verdicts.find((known) => known === found?.verdict)
  if (!found || !verdict) throw new Error(`rows.txt: this is no row: ${line}`)
  return { id: String(found.id), group: String(found.group), verdict, words: String(found.words) }
}

export const rows: readonly SpecRow[] = readRows(readFileSync(join(import.meta.dirname, 'rows.txt'), 'utf8'))
