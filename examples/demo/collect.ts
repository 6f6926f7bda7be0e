import { DemoError } from './options.ts'
import { resolveDependency } from './resolve.ts'
import { findPackages, type InstalledPackage, listFiles } from './walk.ts'

// Types, not interfaces: a row must fit `Record<string, Value>`, which only a type's fixed set of keys does.
export type PackageRow = {
  id: number
  name: string
  version: string | null
  path: string
  license: string | null
  description: string | null
  bytes: number
  file_count: number
}

export type DependencyRow = {
  package_id: number
  name: string
  range: string
  kind: string
  resolved_id: number | null
}

export type FileRow = { package_id: number; path: string; bytes: number }

export type AuthorRow = { id: number; name: string }

export type AuthorshipRow = { author_id: number; package_id: number }

/** The rows of each table, those first that others refer to. */
export interface Collection {
  readonly packages: PackageRow[]
  readonly dependencies: DependencyRow[]
  readonly files: FileRow[]
  readonly authors: AuthorRow[]
  readonly authors_packages: AuthorshipRow[]
}

/** Reads everything installed in the node_modules folder of `root`. */
export async function collect(root: string): Promise<Collection> {
  const packages: PackageRow[] = []
  const files: FileRow[] = []
  const installed: InstalledPackage[] = []
  for await (const found of findPackages(root)) {
    const own = (await listFiles(found.folder)).map((file) => ({ package_id: installed.length + 1, ...file }))
    installed.push(found)
    // One by one: a call with as many arguments as a package has files could outgrow the stack.
    for (const file of own) files.push(file)
    packages.push(packageRow(installed.length, found, own))
  }
  if (packages.length === 0)
    throw new DemoError(`No packages are installed in ${root}: is there a node_modules folder?`)
  return { packages, files, dependencies: dependencyRows(installed), ...authorRows(installed) }
}

function packageRow(id: number, { path, manifest }: InstalledPackage, files: FileRow[]): PackageRow {
  const { version, license, description } = manifest
  const name = manifest.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { id, name, version, path, license, description, bytes, file_count: files.length }
}

function dependencyRows(installed: readonly InstalledPackage[]): DependencyRow[] {
  const ids = new Map(installed.map(({ path }, index) => [path, index + 1]))
  return installed.flatMap(({ path, manifest }, index) =>
    manifest.dependencies.map(({ name, range, kind }) => {
      return { package_id: index + 1, name, range, kind, resolved_id: resolveDependency(ids, path, name) }
    }),
  )
}

function authorRows(installed: readonly InstalledPackage[]): Pick<Collection, 'authors' | 'authors_packages'> {
  const ids = new Map<string, number>()
  const links = installed.flatMap(({ manifest }, index) =>
    manifest.authors.map((name) => {
      const author_id = ids.get(name) ?? ids.size + 1
      ids.set(name, author_id)
      return { author_id, package_id: index + 1 }
    }),
  )
  return { authors: Array.from(ids, ([name, id]) => ({ id, name })), authors_packages: links }
}
