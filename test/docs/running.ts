import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { runNode } from '../examples/run.ts'
import { type Block, fileOf, moduleOf, typescriptBlocks } from '../repository/blocks.ts'
import { scratchFolder, writeFiles } from '../repository/scratch.ts'
import { read } from '../repository/source.ts'

const program = join(import.meta.dirname, 'run-blocks.ts')

/** The examples of a document that are marked `ts run`, by the section they stand in. */
export interface RunningDocument {
  /** The test that looks at the examples under one heading; the name of the test says which rows they prove. */
  section(heading: string): () => Promise<void>
  /** The test that every heading with such examples was given to `section`, and no other, and that all ended in silence. */
  complete(): Promise<void>
}

/** What became of a document's examples. */
interface Outcome {
  /** What each threw, or null, by the line it begins on; one that is not here never ended. */
  readonly errors: ReadonlyMap<number, string | null>
  readonly code: unknown
  readonly printed: string
}

/** All examples of a document run as one program, since starting one takes longer than most examples. */
export function runningDocument(document: string): RunningDocument {
  const blocks = typescriptBlocks(read(document))
  const examples = blocks.filter(({ info }) => info === 'ts run')
  const sections = Map.groupBy(examples, ({ heading }) => heading)
  const named: string[] = []
  let outcome: Promise<Outcome> | null = null
  // Here and not when the first test asks, whose end is not that of the others.
  const cleanups: (() => void)[] = []
  after(() => {
    for (const cleanup of cleanups) cleanup()
  })
  const ran = () => {
    outcome ??= run(scratchFolder({ after: (cleanup) => cleanups.push(cleanup) }, 'examples'), blocks, examples)
    return outcome
  }
  return {
    section(heading) {
      named.push(heading)
      return async () => check(document, sections.get(heading) ?? [], await ran())
    },
    async complete() {
      assert.deepEqual(named.sort(), [...sections.keys()].sort(), `the sections of ${document} and their tests differ`)
      const { code, printed } = await ran()
      assert.deepEqual(
        { code, printed },
        { code: 0, printed: '' },
        `the examples of ${document} did not end in silence`,
      )
    },
  }
}

function check(document: string, examples: Block[], { errors, code, printed }: Outcome): void {
  assert.ok(examples.length > 0, `${document} has no such section with an example marked "ts run"`)
  for (const { line, code: text } of examples) {
    assert.match(text, /\bassert\b/, `the example on line ${line} of ${document} asserts nothing`)
    const error = errors.get(line)
    assert.notEqual(error, undefined, `the example on line ${line} of ${document} had no end (${code})\n${printed}`)
    assert.equal(error, null, `the example on line ${line} of ${document}: ${error}`)
  }
}

/** Runs examples as one program, each in a folder that holds it and the document's files alone. It must end by itself, in silence, with nothing left to do. */
async function run(folder: string, blocks: Block[], examples: Block[]): Promise<Outcome> {
  const files = blocks.flatMap((block) => (fileOf(block) ? [[String(fileOf(block)), moduleOf(block)]] : []))
  const modules = new Map(examples.map((block) => [`line-${block.line}/line-${block.line}.ts`, block]))
  for (const [module, block] of modules) {
    const own = files.map(([file, text]) => [join(dirname(module), String(file)), text])
    writeFiles(folder, { ...Object.fromEntries(own), [module]: moduleOf(block, blocks) })
  }
  const told = join(folder, 'told')
  const paths = [...modules.keys()].map((module) => join(folder, module))
  const flags = ['--disable-warning=ExperimentalWarning']
  const { code, stdout, stderr } = await runNode([...flags, program, told, ...paths])
  const lines = existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []
  const errors = new Map<number, string | null>()
  for (const { module, error } of lines.map((line) => JSON.parse(line))) {
    errors.set(Number(/line-(\d+)\.ts$/.exec(module)?.[1]), error)
  }
  return { errors, code, printed: stdout + stderr }
}
