import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile, scratchFolder, writeFiles } from './scratch.ts'
import { read, root } from './source.ts'

/** A code block of a document: `line` is the line of its opening fence, counted from 1. */
interface Block {
  readonly line: number
  readonly info: string
  readonly code: string
}

/** What a block marked `ts fragment` may take as given. */
const prelude = [
  "import { ConnectionPool } from 'offloop'",
  'declare const pool: ConnectionPool',
  'declare const signal: AbortSignal',
  'declare const name: string',
].join('; ')

/** Every example is a module of its own, with the options of this repository. */
const options = {
  extends: '../../tsconfig.json',
  compilerOptions: { moduleDetection: 'force' },
  include: ['*.ts'],
}

function documents(): string[] {
  return [...(existsSync(join(root, 'README.md')) ? ['README.md'] : []), ...globSync('docs/**/*.md', { cwd: root })]
}

function typescriptBlocks(text: string): Block[] {
  const fenced = /^(?<indent> *)```(?<info>ts(?: [^\n]*)?)\n(?<code>.*?)^\k<indent>```[ ]*$/gms
  return [...text.matchAll(fenced)].map(({ index, groups }) => ({
    line: text.slice(0, index).split('\n').length,
    info: groups?.info?.trim() ?? '',
    code: groups?.code ?? '',
  }))
}

/** The block as a module whose lines have the numbers they have in the document. */
function moduleOf({ line, info, code }: Block): string {
  const first = info === 'ts fragment' ? `${prelude};` : ''
  return `${first}${'\n'.repeat(line)}${code}`
}

function moduleName(document: string, { line }: Block): string {
  return `${document.replace(/\.md$/, '').replaceAll(/[^A-Za-z0-9-]/g, '_')}.line-${line}.ts`
}

test('every TypeScript example of README.md and docs compiles', (t) => {
  const modules = documents().flatMap((document) =>
    typescriptBlocks(read(document)).map((block) => [moduleName(document, block), moduleOf(block)]),
  )
  assert.ok(modules.length > 0, 'README.md and docs/ have no ```ts block')
  const folder = scratchFolder(t, 'docs')
  writeFiles(folder, { ...Object.fromEntries(modules), 'tsconfig.json': JSON.stringify(options) })
  const { status, stdout } = compile(['-p', folder, '--pretty', 'false'], folder)
  assert.equal(status, 0, `\n${stdout}`)
})

test('examples are found by their fence and keep their line numbers', () => {
  const text =
    'Text\n```ts\nconst a = 1\n```\n```js\nb\n```\n  ```ts fragment\n  await pool.close()\n  ```\n```tsx\nc\n```\n'
  assert.deepEqual(typescriptBlocks(text), [
    { line: 2, info: 'ts', code: 'const a = 1\n' },
    { line: 8, info: 'ts fragment', code: '  await pool.close()\n' },
  ])
  assert.equal(moduleOf({ line: 2, info: 'ts', code: 'const a = 1\n' }).split('\n').indexOf('const a = 1'), 2)
})

test('an example that does not compile is noticed', (t) => {
  const folder = scratchFolder(t, 'docs')
  const wrong = { line: 2, info: 'ts', code: "import { systemClock } from 'offloop'\nconst n: number = 'text'\n" }
  writeFiles(folder, { 'wrong.ts': moduleOf(wrong), 'tsconfig.json': JSON.stringify(options) })
  const { status, stdout } = compile(['-p', folder, '--pretty', 'false'], folder)
  assert.notEqual(status, 0)
  assert.match(stdout, /wrong\.ts\(4,7\): error TS2322/)
})
