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

/** Strings that stand for themselves: `const LOST = 'LOST'`, by their names. */
type Constants = ReadonlyMap<string, string>

/** Every error that is made in src/ with a code written out. The fakes and cases of the tests are left out. */
export function raisedErrors(): Raised[] {
  const files = sourceFiles().filter((file) => !file.startsWith('src/testing/'))
  return raisedIn(files.map((file) => [file, read(file)]))
}

/** The same of files that are given by name and text. */
export function raisedIn(files: readonly (readonly [file: string, text: string])[]): Raised[] {
  const parsed = files.map(
    ([file, text]) => [file, parseSync(text, { syntax: 'typescript', target: 'es2024' })] as const,
  )
  const constants = constantsOf(parsed.map(([, module]) => module))
  return parsed.flatMap(([file, module]) => {
    const found: Raised[] = []
    visit(module, undefined, (node, made) => {
      if (node.type === 'ObjectExpression') found.push(...errorsOf(node, made, constants, file))
    })
    return found
  })
}

function errorsOf(object: SyntaxNode, made: string | undefined, constants: Constants, file: string): Raised[] {
  const properties = propertiesOf(object)
  const [type, kind] = [properties.get('type'), properties.get('kind')]
  const common = {
    file,
    class: type ? stringsOf(type, constants)[0] : made,
    kind: kind && stringsOf(kind, constants)[0],
    retryable: properties.get('retryable')?.value === true,
  }
  const codes = properties.get('code')
  // Warnings have codes too.
  const isError = common.class === undefined || /Error$/.test(common.class)
  return codes && isError ? stringsOf(codes, constants).map((code) => ({ ...common, code })) : []
}

function constantsOf(modules: readonly unknown[]): Constants {
  const constants = new Map<string, string>()
  visit(modules, undefined, ({ type, id, init }) => {
    if (type !== 'VariableDeclarator' || !init) return
    const [text, ...others] = stringsOf(init as SyntaxNode, constants)
    if (text !== undefined && others.length === 0) constants.set(String((id as SyntaxNode).value), text)
  })
  return constants
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

/** What an expression may be: `'LATE'`, `LATE`, `TimeoutError.name` with a type behind it, or one of two by a condition. */
function stringsOf(node: SyntaxNode, constants: Constants): string[] {
  const of = (part: unknown) => stringsOf(part as SyntaxNode, constants)
  if (node.type === 'TsAsExpression') return of(node.expression)
  if (node.type === 'ConditionalExpression') return [...of(node.consequent), ...of(node.alternate)]
  if (node.type === 'StringLiteral') return [String(node.value)]
  const name = node.type === 'MemberExpression' ? identifierOf(node.object) : constants.get(identifierOf(node) ?? '')
  return name === undefined || (node.type === 'MemberExpression' && !/^[A-Z]\w*Error$/.test(name)) ? [] : [name]
}

function identifierOf(node: unknown): string | undefined {
  const { type, value } = node as SyntaxNode
  return type === 'Identifier' ? String(value) : undefined
}
