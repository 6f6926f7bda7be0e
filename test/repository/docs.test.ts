import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type Block, documents, fileOf, headingsOf, moduleOf, typescriptBlocks } from './blocks.ts'
import { compile, scratchFolder, writeFiles } from './scratch.ts'
import { read, root } from './source.ts'

/** Every example is a module of its own, with the options of this repository. */
const options = {
  extends: '../../tsconfig.json',
  compilerOptions: { moduleDetection: 'force' },
  include: ['**/*.ts'],
}

function moduleName(document: string, block: Block): string {
  const folder = document.replace(/\.md$/, '').replaceAll(/[^A-Za-z0-9-]/g, '_')
  return `${folder}/${fileOf(block) ?? `line-${block.line}.ts`}`
}

test('every TypeScript example of README.md and docs compiles', (t) => {
  const modules = documents().flatMap((document) => {
    const blocks = typescriptBlocks(read(document))
    return blocks.map((block) => [moduleName(document, block), moduleOf(block, blocks)])
  })
  assert.ok(modules.length > 0, 'README.md and docs/ have no ```ts block')
  const folder = scratchFolder(t, 'docs')
  writeFiles(folder, { ...Object.fromEntries(modules), 'tsconfig.json': JSON.stringify(options) })
  const { status, stdout } = compile(['-p', folder, '--pretty', 'false'], folder)
  assert.equal(status, 0, `\n${stdout}`)
})

test('every TypeScript example is marked in a way that is known', () => {
  const known = ['ts', 'ts fragment', 'ts setup', 'ts run']
  for (const document of documents()) {
    const blocks = typescriptBlocks(read(document))
    const unknown = blocks.filter((block) => !known.includes(block.info) && fileOf(block) === undefined)
    assert.deepEqual(
      unknown.map(({ line, info }) => `line ${line}: ${info}`),
      [],
      document,
    )
    const setups = blocks.filter(({ info }) => info === 'ts setup').map(({ line }) => line)
    const first = blocks.find(({ info }) => info === 'ts run')?.line ?? Number.POSITIVE_INFINITY
    assert.ok(setups.length <= 1 && setups.every((line) => line < first), `${document}: one setup, before what runs`)
  }
})

test('every link of a document to a file of the repository leads somewhere', () => {
  for (const document of [...documents(), 'CONTRIBUTING.md', 'ROADMAP.md']) {
    const targets = [...read(document).matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)].map(([, target]) => String(target))
    const missing = targets.filter((target) => !existsSync(join(root, dirname(document), target)))
    assert.deepEqual(missing, [], document)
  }
})

test('examples are found by their fence and keep their line numbers', () => {
  const text =
    'Text\n```ts\nconst a = 1\n```\n```js\nb\n```\n  ```ts fragment\n  await pool.close()\n  ```\n```tsx\nc\n```\n'
  assert.deepEqual(typescriptBlocks(text), [
    { line: 2, info: 'ts', code: 'const a = 1\n', heading: '' },
    { line: 8, info: 'ts fragment', code: '  await pool.close()\n', heading: '' },
  ])
  const example = { line: 2, info: 'ts', code: 'const a = 1\n', heading: '' }
  assert.equal(moduleOf(example).split('\n').indexOf('const a = 1'), 2)
})

test('an example that runs stands behind its setup, both with their line numbers', () => {
  const text = [
    '# Top',
    '```ts setup',
    "import { ok } from 'node:assert'",
    '```',
    '## The `end`',
    '```py',
    '# no heading',
    '```',
    '```ts run',
    'ok(true)',
    '```',
  ].join('\n')
  assert.deepEqual(headingsOf(text), ['Top', 'The end'])
  const blocks = typescriptBlocks(text)
  assert.deepEqual(
    blocks.map(({ info, heading }) => [info, heading]),
    [
      ['ts setup', 'Top'],
      ['ts run', 'The end'],
    ],
  )
  assert.deepEqual(moduleOf(blocks[1]!, blocks).split('\n'), [
    ...['', '', "import { ok } from 'node:assert'"],
    ...['', '', '', '', '', ''],
    ...['ok(true)', ''],
  ])
})

test('an example that does not compile is noticed', (t) => {
  const folder = scratchFolder(t, 'docs')
  const wrong = {
    line: 2,
    info: 'ts',
    heading: '',
    code: "import { systemClock } from 'offloop'\nconst n: number = 'text'\n",
  }
  writeFiles(folder, { 'wrong.ts': moduleOf(wrong), 'tsconfig.json': JSON.stringify(options) })
  const { status, stdout } = compile(['-p', folder, '--pretty', 'false'], folder)
  assert.notEqual(status, 0)
  assert.match(stdout, /wrong\.ts\(4,7\): error TS2322/)
})
