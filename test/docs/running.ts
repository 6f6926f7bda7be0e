import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { runNode } from '../examples/run.ts'
import { type Block, fileOf, moduleOf, typescriptBlocks } from '../repository/blocks.ts'
import { scratchFolder, writeFiles } from '../repository/scratch.ts'
import { read } from '../repository/source.ts'

const program = join(import.meta.dirname, 'run-blocks.ts')

/** The examples of a document that are marked `ts run`, by the section they stand in. */
export interface RunningDocument {
  /** The test that runs the examples under one heading; the name of the test says which rows they prove. */
  section(heading: string): (t: TestContext) => Promise<void>
  /** The test that every heading with such examples was given to `section`, and no other. */
  complete(): void
}

export function runningDocument(document: string): RunningDocument {
  const blocks = typescriptBlocks(read(document))
  const sections = Map.groupBy(
    blocks.filter(({ info }) => info === 'ts run'),
    ({ heading }) => heading,
  )
  const named: string[] = []
  return {
    section(heading) {
      named.push(heading)
      return (t) => run(t, document, blocks, sections.get(heading) ?? [])
    },
    complete() {
      assert.deepEqual(named.sort(), [...sections.keys()].sort(), `the sections of ${document} and their tests differ`)
    },
  }
}

/** Runs examples as one program, each in a folder that holds it and the document's files alone. It must end by itself, in silence, with nothing left to do. */
async function run(t: TestContext, document: string, blocks: Block[], examples: Block[]): Promise<void> {
  assert.ok(examples.length > 0, `${document} has no such section with an example marked "ts run"`)
  for (const { line, code } of examples) {
    assert.match(code, /\bassert\b/, `the example on line ${line} of ${document} asserts nothing`)
  }
  const folder = scratchFolder(t, 'examples')
  const files = blocks.flatMap((block) => (fileOf(block) ? [[String(fileOf(block)), moduleOf(block)]] : []))
  const modules = examples.map((block) => `line-${block.line}/line-${block.line}.ts`)
  for (const [i, module] of modules.entries()) {
    const own = files.map(([file, text]) => [join(dirname(module), String(file)), text])
    writeFiles(folder, { ...Object.fromEntries(own), [module]: moduleOf(examples[i] as Block, blocks) })
  }
  const paths = modules.map((module) => join(folder, module))
  const { code, stdout, stderr } = await runNode(['--disable-warning=ExperimentalWarning', program, ...paths])
  if (code === 0 && stdout === '' && stderr === '') return
  assert.fail(
    `${document}: the examples on lines ${examples.map(({ line }) => line)} ended with ${code}\n${stdout}${stderr}`,
  )
}
