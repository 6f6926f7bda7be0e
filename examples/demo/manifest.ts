import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type DependencyKind = 'runtime' | 'optional' | 'peer' | 'dev'

export interface Dependency {
  readonly name: string
  readonly range: string
  readonly kind: DependencyKind
}

/** What the demo wants to know of a package.json; strangers wrote it, so nothing in it is taken on trust. */
export interface Manifest {
  readonly name: string | null
  readonly version: string | null
  readonly license: string | null
  readonly description: string | null
  /** The names of those who wrote it, each once. */
  readonly authors: readonly string[]
  readonly dependencies: readonly Dependency[]
}

const fields: ReadonlyArray<[field: string, kind: DependencyKind]> = [
  ['optionalDependencies', 'optional'],
  ['dependencies', 'runtime'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'dev'],
]

/** Reads the package.json of a folder; null when there is none, or it is not a JSON object. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const json = parseObject(await readText(join(folder, 'package.json')))
  if (!json) return null
  return {
    name: text(json.name),
    version: text(json.version),
    license: text(json.license) ?? text(asObject(json.license)?.type),
    description: text(json.description),
    authors: readAuthors(json),
    dependencies: readDependencies(json),
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(json.replace(/^\uFEFF/, '')))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function readDependencies(json: Record<string, unknown>): Dependency[] {
  const all = fields.flatMap(([field, kind]) =>
    Object.entries(asObject(json[field]) ?? {}).map(([name, range]) => ({ name, kind, range: text(range) ?? '' })),
  )
  // npm lets an optional dependency overrule a runtime one of the same name.
  const optional = new Set(all.filter(({ kind }) => kind === 'optional').map(({ name }) => name))
  return all.filter(({ kind, name }) => kind !== 'runtime' || !optional.has(name))
}

function readAuthors({ author, contributors }: Record<string, unknown>): string[] {
  const people = [author, ...(Array.isArray(contributors) ? contributors : [])]
  const names = people.map((person) => text(person) ?? text(asObject(person)?.name) ?? '')
  // `name <address> (site)`: what is behind the name is nobody's business here.
  return [...new Set(names.map((name) => name.replace(/[<(].*$/s, '').trim()).filter((name) => name !== ''))]
}

function asObject(value: unknown): Record<string, unknown> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : null
}

// JSON can spell half a surrogate pair, which no database stores unchanged.
function text(value: unknown): string | null {
  return typeof value === 'string' ? value.toWellFormed() : null
}
