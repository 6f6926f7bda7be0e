import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source.ts'

/** A TypeScript block of a document: `line` is the line of its opening fence, counted from 1. */
export interface Block {
  readonly line: number
  /** What stands behind the fence: `ts`, `ts fragment`, `ts setup`, `ts run` or `ts file name.ts`. */
  readonly info: string
  readonly code: string
  /** The nearest heading above it. */
  readonly heading: string
}

/** What a block marked `ts fragment` may take as given. */
const prelude = [
  "import { ConnectionPool } from 'offloop'",
  'declare const pool: ConnectionPool',
  'declare const signal: AbortSignal',
  'declare const name: string',
].join('; ')

/** README.md and the files of docs/. */
export function documents(): string[] {
  return [...(existsSync(join(root, 'README.md')) ? ['README.md'] : []), ...globSync('docs/**/*.md', { cwd: root })]
}

/** The TypeScript blocks of a document, in their order. */
export function typescriptBlocks(text: string): Block[] {
  const fenced = /^(?<indent> *)```(?<info>ts(?: [^\n]*)?)\n(?<code>.*?)^\k<indent>```[ ]*$/gms
  return [...text.matchAll(fenced)].map(({ index, groups }) => ({
    line: text.slice(0, index).split('\n').length,
    info: groups?.info?.trim() ?? '',
    code: groups?.code ?? '',
    heading: headingsOf(text.slice(0, index)).at(-1) ?? '',
  }))
}

/** The name of the file that the block is, when it says so; others of the document may import it. */
export function fileOf({ info }: Block): string | undefined {
  return /^ts file ([\w-]+\.ts)$/.exec(info)?.[1]
}

/** The headings of a document as they are read, without the marks of code. */
export function headingsOf(text: string): string[] {
  // What begins with a # inside a block of another language is a comment there.
  const prose = text.replaceAll(/^( *)```.*?^\1```/gms, '')
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => String(heading).replaceAll('`', ''))
}

/**
 * The block as a module whose lines have the numbers they have in the document. A block marked `ts run` stands behind the
 * document's block marked `ts setup`.
 */
export function moduleOf(block: Block, blocks: readonly Block[] = []): string {
  if (block.info === 'ts fragment') return `${prelude};${'\n'.repeat(block.line)}${block.code}`
  const setup = block.info === 'ts run' ? blocks.find(({ info }) => info === 'ts setup') : undefined
  const before = setup ? `${'\n'.repeat(setup.line)}${setup.code}` : ''
  return `${before}${'\n'.repeat(block.line - lines(before))}${block.code}`
}

function lines(text: string): number {
  return text.split('\n').length - 1
}
