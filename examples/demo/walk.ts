import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, readManifest } from './manifest.ts'

export interface InstalledPackage {
  /** Where it is, from the root, with slashes: `node_modules/a/node_modules/@b/c`. */
  readonly path: string
  readonly folder: string
  readonly manifest: Manifest
}

export interface PackageFile {
  /** Where it is inside its package, with slashes. */
  readonly path: string
  readonly bytes: number
}

/**
 * The packages installed under `folder`, each before the ones nested in it, in the order of their names. Links are not
 * followed; folders without a readable package.json are no packages.
 */
export async function* findPackages(folder: string, path: string = ''): AsyncGenerator<InstalledPackage> {
  for (const name of await packageNames(join(folder, 'node_modules'))) {
    const found = join(folder, 'node_modules', name)
    const at = `${path}node_modules/${name}`
    const manifest = await readManifest(found)
    if (manifest) yield { path: at, folder: found, manifest }
    yield* findPackages(found, `${at}/`)
  }
}

/** Every file of a package with its size, without the packages nested in it. Links are not followed. */
export async function listFiles(folder: string): Promise<PackageFile[]> {
  return entriesOf(folder, '')
}

async function packageNames(nodeModules: string): Promise<string[]> {
  const names: string[] = []
  for (const name of await folderNames(nodeModules)) {
    if (!name.startsWith('@')) names.push(name)
    else names.push(...(await folderNames(join(nodeModules, name))).map((inner) => `${name}/${inner}`))
  }
  return names
}

async function folderNames(folder: string): Promise<string[]> {
  const entries = await readFolder(folder)
  const visible = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  return visible.map((entry) => entry.name).sort()
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function entriesOf(folder: string, prefix: string): Promise<PackageFile[]> {
  const entries = await readFolder(folder)
  const nested = await Promise.all(
    entries.map((entry) => filesOf(entry, join(folder, entry.name), prefix + entry.name)),
  )
  return nested.flat()
}

async function filesOf(entry: Dirent, found: string, path: string): Promise<PackageFile[]> {
  if (entry.isDirectory()) return path === 'node_modules' ? [] : entriesOf(found, `${path}/`)
  return entry.isFile() ? [{ path, bytes: (await lstat(found)).size }] : []
}
