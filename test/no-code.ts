import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const FLAGS = ['--disallow-code-generation-from-strings', '--conditions=offloop-source']

/** Runs a file in a process that may make no code from strings; rejects, with what it printed, when it fails. */
export async function runWithoutCode(file: URL, ...args: string[]): Promise<void> {
  // Without what tells a test file that its parent is a test runner: its exit code is the answer.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  await promisify(execFile)(process.execPath, [...FLAGS, file.pathname, ...args], { env, maxBuffer: MOST_OUTPUT })
}

const MOST_OUTPUT = 16 * 1024 * 1024
