import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, type } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openBetterSqlite3 } from '../peers/better-sqlite3-module.ts'

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly system: string
  readonly node: string
  /** Versions of better-sqlite3 and of the SQLite inside it and inside Node. */
  readonly betterSqlite3: string
  readonly betterSqlite3Sqlite: string
  readonly nodeSqlite: string
  /** Versions of what bench/package.json names and is installed, and of the drivers that offloop is on. */
  readonly packages: Readonly<Record<string, string>>
}

/** Which state of this repository was measured. */
export interface Commit {
  readonly id: string
  /** Files differ from the commit. */
  readonly dirty: boolean
}

const VERSION = 'SELECT sqlite_version() AS version'
const BENCH = join(import.meta.dirname, '..')

export function describeMachine(): Machine {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json')
  const betterSqlite3 = openBetterSqlite3(':memory:', null)
  const nodeSqlite = new DatabaseSync(':memory:')
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    system: `${type()} ${release()}`,
    node: process.version,
    betterSqlite3: readVersion(manifest),
    betterSqlite3Sqlite: String(betterSqlite3.prepare(VERSION).get()?.version),
    nodeSqlite: String(nodeSqlite.prepare(VERSION).get()?.version),
    packages: packageVersions(),
  }
}

/** The commit of the working tree; null outside of one. What the benchmark itself writes does not make it dirty. */
export function describeCommit(): Commit | null {
  const git = (...words: string[]) => spawnSync('git', words, { cwd: BENCH, encoding: 'utf8' })
  const head = git('rev-parse', '--short=10', 'HEAD')
  if (head.status !== 0) return null
  const changes = git('status', '--porcelain', '--', ':/', ':!/bench/RESULTS.md', ':!/bench/charts')
  return { id: head.stdout.trim(), dirty: changes.stdout.trim() !== '' }
}

function packageVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(BENCH, 'package.json'), 'utf8'))
  const manifestOf = (folder: string, name: string) => [name, join(folder, 'node_modules', name, 'package.json')]
  const manifests = [
    ...Object.keys(dependencies).map((name) => manifestOf(BENCH, name)),
    ...['pg', 'mariadb'].map((name) => manifestOf(dirname(BENCH), name)),
  ]
  const present = manifests.filter(([, manifest]) => existsSync(manifest as string))
  return Object.fromEntries(present.map(([name, manifest]) => [name, readVersion(manifest as string)]))
}

function readVersion(manifest: string): string {
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}
