import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { linesOf } from './run.ts'

async function prints(path: string, expected: string[]): Promise<void> {
  const { code, lines, stderr } = await linesOf(path)
  assert.equal(stderr, '')
  assert.deepEqual(lines, expected)
  assert.equal(code, 0)
}

test('SEE-001 getAge through runQuery takes a lone value and prints years or that there is no such user', async () => {
  await prints('howto/run-query.ts', ['39 years old', 'No such user'])
})

test('SEE-002 runInteraction passes the argument, runs two statements as one and returns a value or null', async () => {
  await prints('howto/run-interaction.ts', ['39 years old', 'No such user', 'joe was looked up 1 time'])
})

test('SEE-003 a driver is loaded by its name with its own options, and an unknown one is refused', async () => {
  await prints('howto/driver-by-name.ts', [
    'hello, node-sqlite',
    'hello, better-sqlite3',
    'UNKNOWN_DRIVER: DriverError',
  ])
})

test('SEE-003 the example imports nothing but offloop', async () => {
  const source = await readFile(join(import.meta.dirname, '../../examples/howto/driver-by-name.ts'), 'utf8')
  const imported = [...source.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name)
  assert.deepEqual(imported, ['offloop'])
})
