import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportedNames, type Placed, read, sourceFiles, syntaxNodes } from './source.ts'

const LONGEST_FILE = 300
const LONGEST_FUNCTION = 50
const MOST_NAMES_AT_THE_DOOR = 40

const functionTypes = new Set([
  'ArrowFunctionExpression',
  'ClassMethod',
  'Constructor',
  'FunctionDeclaration',
  'FunctionExpression',
  'GetterProperty',
  'MethodProperty',
  'PrivateMethod',
  'SetterProperty',
])

/** `file:line ...` of every place in src/ that the rule finds fault with. */
function faults(rule: (placed: Placed) => string | false): string[] {
  return sourceFiles().flatMap((file) => faultsIn(read(file), rule).map((fault) => `${file}:${fault}`))
}

function faultsIn(text: string, rule: (placed: Placed) => string | false): string[] {
  return syntaxNodes(text).flatMap((placed) => {
    const fault = rule(placed)
    return fault === false ? [] : [`${placed.first} ${fault}`]
  })
}

function longFunction({ node, first, last }: Placed): string | false {
  const lines = last - first + 1
  return functionTypes.has(node.type) && lines > LONGEST_FUNCTION && `a function of ${lines} lines`
}

function anyType({ node }: Placed): string | false {
  return node.type === 'TsKeywordType' && node.kind === 'any' && 'any'
}

/** dependency-cruiser does not see every import that stands inside a type. */
function importInType({ node }: Placed): string | false {
  return node.type === 'TsImportType' && 'import() as a type'
}

/** The wall clock jumps; deadlines and ages are measured with the monotonic clock of base/clock. */
function wallClock({ node }: Placed): string | false {
  const callee = node.callee as { type: string; object?: { value?: string }; property?: { value?: string } }
  if (node.type !== 'CallExpression' || callee.type !== 'MemberExpression') return false
  return callee.object?.value === 'Date' && callee.property?.value === 'now' && 'Date.now()'
}

test('there is source to measure', () => {
  assert.ok(sourceFiles().length > 5)
})

test(`no file of src is longer than ${LONGEST_FILE} lines`, () => {
  const lengths = sourceFiles().map((file) => [file, read(file).trimEnd().split('\n').length] as const)
  assert.deepEqual(
    lengths.filter(([, lines]) => lines > LONGEST_FILE),
    [],
  )
})

test(`no function of src is longer than ${LONGEST_FUNCTION} lines`, () => {
  assert.deepEqual(faults(longFunction), [])
})

test('no type of src is any', () => {
  assert.deepEqual(faults(anyType), [])
})

test('no type of src imports in the middle of a line', () => {
  assert.deepEqual(faults(importInType), [])
})

test('F101 src never asks the wall clock for a duration', () => {
  assert.deepEqual(faults(wallClock), [])
})

test(`src/index.ts exports at most ${MOST_NAMES_AT_THE_DOOR} names`, () => {
  const names = [...exportedNames('src/index.ts')].sort()
  assert.ok(names.length > 0)
  assert.ok(names.length <= MOST_NAMES_AT_THE_DOOR, `${names.length} names: ${names.join(', ')}`)
})

test('the measures see what they are to see', () => {
  const body = (lines: number) => '\n'.repeat(lines - 1)
  const long = `// é 漢\nfunction f() {${body(51)}}\nclass A { m() {${body(50)}} #p = () => {${body(52)}} }`
  assert.deepEqual(faultsIn(long, longFunction), ['2 a function of 51 lines', '102 a function of 52 lines'])
  assert.deepEqual(faultsIn('const a = 1\nlet b: Map<string, any[]>', anyType), ['2 any'])
  assert.deepEqual(faultsIn('const any = "any" // any', anyType), [])
  assert.deepEqual(faultsIn("\ntype T = { x: import('./x.ts').X }", importInType), ['2 import() as a type'])
  assert.deepEqual(faultsIn('f(Date.now(), performance.now())', wallClock), ['1 Date.now()'])
})
