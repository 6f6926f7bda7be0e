import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { stripSources } from '../../scripts/stripped/strip.ts'
import { run, scratchFolder, writeFiles } from './scratch.ts'

const GARBAGE = 'this is no source ]'

const files = {
  'src/place.ts': `
interface Place { readonly of: string }
export function place(of: string): Place & { readonly line: string | undefined } {
  return { of, line: new Error(of).stack?.split('\\n')[1] }
}`,
  'src/thread.ts': `
import { workerData } from 'node:worker_threads'
import { place } from './place.ts'
console.log(JSON.stringify([place(workerData as string), process.execArgv]))`,
  'src/process.ts': `
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { place } from './place.ts'
console.log(JSON.stringify([place('process'), process.execArgv]))
const left: string = process.argv[2] as string
const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: 'thread', execArgv: ['--no-warnings'] })
worker.once('exit', async () => {
  if (left === '0') return
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', import.meta.filename, '0'])
  process.stdout.write(stdout)
})`,
}

test('the sources that were stripped are what processes and threads run, under the names of the sources', (t) => {
  const root = scratchFolder(t, 'stripped')
  writeFiles(root, files)
  using stripped = stripSources(root)
  // Whoever reads a source itself fails.
  for (const file of Object.keys(files)) writeFileSync(join(root, file), GARBAGE)
  const { status, stdout, stderr } = run(process.execPath, [stripped.flag, join(root, 'src/process.ts'), '1'], root)
  assert.equal(status, 0, stderr)
  const told = stdout.trim().split('\n')
  const at = (name: string) => ({ of: name, line: `    at place (file://${root}/src/place.ts:4:22)` })
  assert.deepEqual(
    told.map((line) => JSON.parse(line)),
    [
      [at('process'), []],
      [at('thread'), ['--no-warnings']],
      [at('process'), ['--no-warnings']],
      [at('thread'), ['--no-warnings']],
    ],
  )
})

test('a source that was written since runs as it is, and one that is missing is told as missing', (t) => {
  const root = scratchFolder(t, 'stripped')
  writeFiles(root, files)
  using stripped = stripSources(root)
  writeFiles(root, { 'src/new.ts': 'const x: number = 5\nconsole.log(x)\nawait import("./none.ts")' })
  const { status, stdout, stderr } = run(process.execPath, [stripped.flag, join(root, 'src/new.ts')], root)
  assert.equal(stdout, '5\n')
  assert.match(stderr, /ERR_MODULE_NOT_FOUND/)
  assert.equal(status, 1)
})
