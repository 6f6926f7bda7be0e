import { styleText } from 'node:util'
import Table from 'cli-table3'

const BAR_WIDTH = 32
const LINES_WITHOUT_TERMINAL = 4

export const isTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'

export type Cell = string | number
export type Column = readonly [title: string, align?: 'left' | 'right']

export function print(text: string = ''): void {
  console.log(text)
}

export function heading(text: string): void {
  print()
  print(styleText('bold', text))
}

/** Prints rows under their titles; numbers get thousands separators. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
  const drawn = new Table({
    head: columns.map(([title]) => title),
    colAligns: columns.map(([, align]) => align ?? 'left'),
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    // The borders stay without colour, so that nothing but `styleText` decides whether there is any.
    style: { head: [], border: [] },
  })
  for (const row of rows) drawn.push(row.map((cell) => (typeof cell === 'number' ? count(cell) : cell)))
  print(drawn.toString())
}

/** Text from a stranger's file, safe to print: what could steer the terminal becomes a mark. */
export function safe(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD')
}

export function count(value: number): string {
  return value.toLocaleString('en')
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

export function time(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
  return `${(milliseconds / 1000).toFixed(2)} s`
}

/** Shows how far something is: a bar that grows on a terminal, a few lines elsewhere. */
export class Progress {
  readonly #label: string
  readonly #total: number
  #shown = -1
  #lines = 0

  constructor(label: string, total: number) {
    this.#label = label
    this.#total = total
  }

  show(done: number): void {
    if (done === this.#shown) return
    this.#shown = done
    const part = this.#total === 0 ? 1 : done / this.#total
    const text = `${this.#label} ${`${Math.floor(part * 100)}`.padStart(3)} %`
    if (isTerminal) this.#draw(part, `${text}  ${count(done)} of ${count(this.#total)} rows`)
    else this.#line(part, `${text}  ${count(done)} rows`)
  }

  #draw(part: number, text: string): void {
    const full = Math.round(part * BAR_WIDTH)
    const bar = styleText('green', '█'.repeat(full)) + '░'.repeat(BAR_WIDTH - full)
    process.stdout.write(`\r\u001b[K${bar} ${text}${part === 1 ? '\n' : ''}`)
  }

  #line(part: number, text: string): void {
    const due = Math.floor(part * LINES_WITHOUT_TERMINAL)
    if (due > this.#lines) print(text)
    this.#lines = Math.max(this.#lines, due)
  }
}
