import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { main } from '../../examples/avatar-tutorial.ts'
import { linesOf, runNode } from './run.ts'

const expected = [
  'Mohamed Al Ghâlib is signed in as mohamed',
  'Nobody is called nobody',
  'Estebán García Márquez is signed in as esteban',
]

test('SEE-004 SEE-005 three lookups at once come in list order, one fails by itself, names keep their letters', async () => {
  const lines: string[] = []
  await main((line) => lines.push(line))
  assert.deepEqual(lines, expected)
})

test('SEE-006 the pool starts with the first statement and the program ends by itself', async () => {
  const { code, lines, stderr } = await linesOf('avatar-tutorial.ts')
  assert.equal(stderr, '')
  assert.deepEqual(lines, expected)
  assert.equal(code, 0)
})

test('SEE-006 a pool that nobody closes does not keep the program alive', async () => {
  const program = `
    import { ConnectionPool } from 'offloop'
    const pool = new ConnectionPool('sqlite::memory:')
    const [row] = await pool.runQuery('SELECT 42 AS answer')
    console.log(row.answer)`
  const { code, stdout, stderr } = await runNode(['--input-type=module', '--eval', program])
  assert.equal(stderr, '')
  assert.equal(stdout, '42\n')
  assert.equal(code, 0)
})

test('SEE-013 the program takes at most 15 lines', async () => {
  const source = await readFile(join(import.meta.dirname, '../../examples/avatar-tutorial.ts'), 'utf8')
  const [, body] = source.match(/export async function main\(.*?\{\n(.*?)\n\}\n/s) ?? []
  assert.ok(body)
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  assert.ok(lines.length <= 15, `${lines.length} lines`)
})
