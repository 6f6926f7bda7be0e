import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync } from '@swc/core'
import type { SyntaxNode } from '../repository/source.ts'

/** The name of a test as it stands in its file; what is only known when it runs is a `…`. */
export interface TestName {
  readonly file: string
  readonly name: string
}

const root = resolve(import.meta.dirname, '../..')
const REGISTER = new Set(['test', 'it', 'describe', 'suite'])
const ID = /\b(?:(?:ADB|DBA|DEF|SEE|NOD|TWI|SQO|SOT)-\d+|[FP]\d+)\b/g
const LEADING = /^(?:(?:[A-Z]+-\d+|[A-Z]\d+)\s+)+/

/** Every name of a test in test/, and of a case of the conformance suite. */
export function testNames(): TestName[] {
  const files = ['test/**/*.test.ts', 'src/testing/conformance/**/*.ts'].flatMap((glob) =>
    globSync(glob, { cwd: root }),
  )
  return files.sort().flatMap((file) => {
    const names = namesIn(readFileSync(join(root, file), 'utf8'), file.startsWith('src'))
    return names.map((name) => ({ file, name }))
  })
}

/** The IDs that a name begins with: what its test proves. */
export function leadingIds(name: string): string[] {
  return LEADING.exec(name)?.[0].match(ID) ?? []
}

/** The IDs that stand further behind, where they count for nothing. */
export function misplacedIds(name: string): string[] {
  return name.replace(LEADING, '').match(ID) ?? []
}

/** The names of tests in a file's text. In the suite, whose cases are objects, they are properties called `name`. */
export function namesIn(text: string, cases = false): string[] {
  const found: string[] = []
  visit(parseSync(text, { syntax: 'typescript', target: 'es2024' }), (node) => {
    if (cases && node.type === 'KeyValueProperty' && (node.key as { value?: string }).value === 'name') {
      found.push(...literals(node.value))
    }
    if (node.type === 'CallExpression' && registers(node.callee as SyntaxNode)) {
      found.push(...literals((node.arguments as { expression: unknown }[])[0]?.expression))
    }
  })
  return found
}

/** `test(...)` and `t.test(...)`, and not `test.skip(...)`. */
function registers(callee: SyntaxNode): boolean {
  const last = callee.type === 'MemberExpression' ? (callee.property as SyntaxNode) : callee
  return last.type === 'Identifier' && REGISTER.has(String(last.value))
}

function literals(value: unknown): string[] {
  const found: string[] = []
  visit(value, (node) => {
    if (node.type === 'StringLiteral') found.push(String(node.value))
    if (node.type !== 'TemplateLiteral') return
    found.push((node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('…'))
  })
  return found
}

function visit(value: unknown, each: (node: SyntaxNode) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (typeof (value as SyntaxNode).type === 'string') each(value as SyntaxNode)
  for (const child of Object.values(value)) visit(child, each)
}
