import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { ProgrammingError } from '../../src/contract/errors.ts'
import { describeColumn, type Row } from '../../src/contract/value.ts'
import { decodeAlone, encodeAlone } from '../../src/thread/ring.ts'
import { rowDecoder } from '../../src/thread/rows.ts'

const HOSTILE = [
  'a',
  '__proto__',
  'constructor',
  'then',
  'toString',
  'a"b',
  "a'b",
  `\`\${process.exit(66)}\``,
  '\u2028',
  '1',
  '',
]

function decodeRow(names: readonly string[], mode: 'object' | 'array'): unknown {
  const description = names.map((name) => describeColumn(name, null))
  const encoded = encodeAlone(1, 0, 0, (writer) => {
    for (let i = 0; i < names.length; i++) writer.value(i)
  })
  return rowDecoder(description, mode)(decodeAlone(encoded).body)
}

function check(): void {
  const row = decodeRow(HOSTILE, 'object') as Row
  assert.equal(Object.getPrototypeOf(row), Object.prototype)
  for (const [i, name] of HOSTILE.entries()) {
    assert.ok(Object.hasOwn(row, name), JSON.stringify(name))
    assert.equal(row[name], i)
    assert.equal(Object.getOwnPropertyDescriptor(row, name)?.writable, true)
  }
  assert.equal(Object.keys(row).length, HOSTILE.length)
}

test('F117 a column may have any name, and no name is ever code or a prototype', check)

test('F117 the same where making code from strings is forbidden', () => {
  const flags = ['--disallow-code-generation-from-strings', '--conditions=offloop-source']
  const script = `import { test } from 'node:test'; await import(${JSON.stringify(import.meta.url)} + '?plain')`
  assert.throws(
    () => execFileSync(process.execPath, [...flags, '-e', 'new Function("")'], { stdio: 'pipe' }),
    /EvalError/,
  )
  if (process.execArgv.includes(flags[0] as string)) return
  execFileSync(process.execPath, [...flags, '--input-type=module', '-e', script], { stdio: 'pipe' })
})

test('DBA-031 two columns of one name are refused as an object and kept apart in a tuple', () => {
  assert.throws(
    () => decodeRow(['a', 'b', 'a'], 'object'),
    (error: unknown) => {
      assert.ok(error instanceof ProgrammingError)
      assert.equal(error.code, 'DUPLICATE_COLUMN')
      assert.match(error.message, /"a".*AS.*rowMode/)
      return true
    },
  )
  assert.deepEqual(decodeRow(['a', 'b', 'a'], 'array'), [0, 1, 2])
})
