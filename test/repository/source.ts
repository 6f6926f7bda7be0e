import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseSync } from '@swc/core'

export const root = resolve(import.meta.dirname, '../..')

/** A node of the syntax tree, as far as these tests look into it. */
export interface SyntaxNode {
  readonly type: string
  readonly [property: string]: unknown
}

/** A node with the lines it stands on, counted from 1. */
export interface Placed {
  readonly node: SyntaxNode
  readonly first: number
  readonly last: number
}

/** The TypeScript files of src/, relative to the root. */
export function sourceFiles(): string[] {
  return globSync('src/**/*.ts', { cwd: root }).sort()
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** Every node of the file that has a place, outer nodes before inner ones. */
export function syntaxNodes(text: string): Placed[] {
  // The spans count bytes from the parser's own start, which is the first token: the semicolon makes that offset 0.
  const bytes = Buffer.from(`;${text}`)
  const module = parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2024' })
  const lineAt = (offset: number) =>
    bytes
      .subarray(0, offset - module.span.start)
      .toString()
      .split('\n').length
  const found: Placed[] = []
  walk(module, (node, span) => found.push({ node, first: lineAt(span.start), last: lineAt(span.end) }))
  return found
}

interface Span {
  readonly start: number
  readonly end: number
}

function walk(value: unknown, visit: (node: SyntaxNode, span: Span) => void): void {
  if (Array.isArray(value)) for (const member of value) walk(member, visit)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const node = value as SyntaxNode
  if (typeof node.type === 'string' && node.span) visit(node, node.span as Span)
  for (const [name, child] of Object.entries(node)) if (name !== 'span') walk(child, visit)
}

/** The names that a module exports, types included; `export *` is followed through relative paths. */
export function exportedNames(file: string): Set<string> {
  const names = new Set<string>()
  for (const { node } of syntaxNodes(read(file))) {
    if (node.type === 'ExportAllDeclaration') {
      for (const name of exportedNames(join(dirname(file), sourceOf(node)))) if (name !== 'default') names.add(name)
    }
    for (const name of namesOf(node)) names.add(name)
  }
  return names
}

function sourceOf(node: SyntaxNode): string {
  const path = (node.source as { value: string }).value
  if (!path.startsWith('.')) throw new Error(`"export * from '${path}'" cannot be counted: name what is exported`)
  return path
}

function namesOf(node: SyntaxNode): string[] {
  if (node.type === 'ExportDefaultExpression' || node.type === 'ExportDefaultDeclaration') return ['default']
  if (node.type === 'ExportNamedDeclaration') return (node.specifiers as Specifier[]).map(nameOfSpecifier)
  return node.type === 'ExportDeclaration' ? declaredNames(node.declaration as Declaration) : []
}

interface Named {
  readonly value: string
}

/** `orig as exported`, or `* as name`. */
interface Specifier {
  readonly exported?: Named | null
  readonly orig?: Named
  readonly name?: Named
}

function nameOfSpecifier({ exported, orig, name }: Specifier): string {
  const given = exported ?? orig ?? name
  if (!given) throw new Error('an export without a name')
  return given.value
}

/** A class or function has an identifier, a type an id, a `const` its declarators. */
interface Declaration {
  readonly type: string
  readonly identifier?: Named
  readonly id?: Named
  readonly declarations?: readonly { readonly id: SyntaxNode & Named }[]
}

function declaredNames(declaration: Declaration): string[] {
  const own = declaration.identifier ?? declaration.id
  if (own) return [own.value]
  return (declaration.declarations ?? []).map(({ id }) => {
    if (id.type !== 'Identifier') throw new Error('an exported pattern cannot be counted: export names')
    return id.value
  })
}
