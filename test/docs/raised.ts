import { parseSync } from '@swc/core'
import { read, type SyntaxNode, sourceFiles } from '../repository/source.ts'

/** An error as the source makes it, as far as its text tells: what is only known when it runs is undefined. */
export interface Raised {
  readonly file: string
  readonly code: string
  readonly class: string | undefined
  readonly kind: string | undefined
  readonly retryable: boolean
}

/** Every error that is made in src/ with a code written out. The fakes and cases of the tests are left out. */
export function raisedErrors(): Raised[] {
  const files = sourceFiles().filter((file) => !file.startsWith('src/testing/'))
  return files.flatMap((file) => raisedIn(read(file), file))
}

export function raisedIn(text: string, file: string): Raised[] {
  const found: Raised[] = []
  visit(parseSync(text, { syntax: 'typescript', target: 'es2024' }), undefined, (node, made) => {
    if (node.type !== 'ObjectExpression') return
    const properties = propertiesOf(node)
    const code = stringOf(properties.get('code'))
    if (code === undefined) return
    const retryable = properties.get('retryable')?.value === true
    const type = properties.get('type')
    found.push({ file, code, class: type ? classOf(type) : made, kind: stringOf(properties.get('kind')), retryable })
  })
  return found
}

/** Visits every node, with the class that is being made around it. */
function visit(value: unknown, made: string | undefined, each: (node: SyntaxNode, made?: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  const node = value as SyntaxNode
  if (typeof node.type === 'string') each(node, made)
  const inner = node.type === 'NewExpression' ? identifierOf(node.callee) : made
  for (const child of Object.values(node)) visit(child, inner, each)
}

function propertiesOf(object: SyntaxNode): Map<string, SyntaxNode> {
  const properties = (object.properties as SyntaxNode[]).filter(({ type }) => type === 'KeyValueProperty')
  return new Map(properties.map(({ key, value }) => [String((key as SyntaxNode).value), value as SyntaxNode]))
}

function stringOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? String(node.value) : undefined
}

/** `'TimeoutError'`, or `TimeoutError.name`, perhaps with a type behind it. */
function classOf(node: SyntaxNode): string | undefined {
  if (node.type === 'TsAsExpression') return classOf(node.expression as SyntaxNode)
  return node.type === 'MemberExpression' ? identifierOf(node.object) : stringOf(node)
}

function identifierOf(node: unknown): string | undefined {
  const { type, value } = node as SyntaxNode
  return type === 'Identifier' ? String(value) : undefined
}
