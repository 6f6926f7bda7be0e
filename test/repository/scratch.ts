import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './source.ts'

/** A test's context, or the hooks of a suite. */
interface Scope {
  after(cleanup: () => void): void
}

/** A folder inside the repository (so that packages resolve) that git ignores and that goes when the test or suite ends. */
export function scratchFolder(scope: Scope, name: string): string {
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, `${name}-`))
  scope.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files given by their path below `folder`. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}

/** Runs a program of a development dependency, given by its path in node_modules, on this Node. */
export function runTool(tool: string, options: string[], cwd: string = root): SpawnSyncReturns<string> {
  return run(process.execPath, [join(root, 'node_modules', tool), ...options], cwd)
}

export function run(command: string, options: string[], cwd: string = root): SpawnSyncReturns<string> {
  const result = spawnSync(command, options, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (result.error) throw result.error
  return result
}

/** TypeScript's compiler. */
export function compile(options: string[], cwd: string = root): SpawnSyncReturns<string> {
  return runTool('typescript/bin/tsc', options, cwd)
}
