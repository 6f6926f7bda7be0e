import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { onEveryDatabase } from '../databases.ts'

const FLAGS = ['--disallow-code-generation-from-strings', '--conditions=offloop-source']

/** Runs a file in a process that may make no code from strings; rejects when it fails. */
async function run(file: string, ...args: string[]): Promise<void> {
  // Without what tells a test file that its parent is a test runner: its exit code is the answer.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  await promisify(execFile)(process.execPath, [...FLAGS, new URL(file, import.meta.url).pathname, ...args], { env })
}

test('F117 rows are decoded where making code from strings is forbidden', async () => {
  for (const file of ['rows.test.ts', 'chunk.test.ts']) await run(`../thread/${file}`)
})

onEveryDatabase((database, suite) => {
  test('F117 a pool works where making code from strings is forbidden', () =>
    run('fixtures/no-code.ts', database.url(suite)))
})
