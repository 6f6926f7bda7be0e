import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, sourceFiles } from './source.ts'

/** What only asks for a file's status: nothing is opened, so nothing is closed that holds SQLite's locks. */
const HARMLESS = new Set(['existsSync', 'realpathSync', 'stat', 'statSync'])
/** Reads the manifest of a package. */
const MANIFEST_READER = 'src/drivers/better-sqlite3/installed.ts readFileSync'
/** Read and write pipes that a process was born with, and close nothing. */
const PIPES = ['src/thread/pipe-port.ts readSync', 'src/thread/pipe-port.ts writevSync']

/** The names that a text takes from the file system module, in whichever way. */
function fileNames(text: string): string[] {
  const taken = /\{(?<names>[^{}]*)\}\s*(?:=|from)\s*(?:process\.getBuiltinModule\()?'(?:node:)?fs'/g
  const names = [...text.matchAll(taken)].flatMap(({ groups }) => (groups?.names ?? '').split(','))
  const all = text.match(/'(?:node:)?fs(?:\/promises)?'/g)?.length ?? 0
  const known = [...text.matchAll(taken)].length
  return [...names.map((name) => name.trim()), ...Array.from({ length: all - known }, () => 'all of fs')]
}

test('F37 nothing in src opens a file, which might be a database whose locks go when it is closed', () => {
  const taken = sourceFiles().flatMap((file) => fileNames(read(file)).map((name) => `${file} ${name}`))
  assert.deepEqual(
    taken.filter((name) => !HARMLESS.has(name.split(' ')[1] as string)),
    [MANIFEST_READER, ...PIPES],
  )
})

test('every way to take something from the file system module is seen', () => {
  assert.deepEqual(fileNames("import { openSync, statSync } from 'node:fs'"), ['openSync', 'statSync'])
  assert.deepEqual(fileNames("const { readFileSync } = process.getBuiltinModule('node:fs')"), ['readFileSync'])
  assert.deepEqual(fileNames("import * as files from 'fs'"), ['all of fs'])
  assert.deepEqual(fileNames("await import('node:fs/promises')"), ['all of fs'])
})
