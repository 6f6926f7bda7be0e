import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const SOURCES = '{src,test,examples,bench,scripts}/**/*.ts'

export interface Stripped extends Disposable {
  /** The option of Node that makes a process, and all threads and Node processes that it starts, use them. */
  readonly flag: string
}

/**
 * Strips the sources of a repository of their types once, into a temporary folder that goes with the result. Without it
 * Node does the same for every module in each of the thousands of threads and processes of a test run, which is most of
 * what their start costs. The JavaScript is what Node makes of a source by itself.
 */
export function stripSources(root: string): Stripped {
  const folder = mkdtempSync(join(tmpdir(), 'offloop-stripped-'))
  // Tests start processes of other users too.
  chmodSync(folder, 0o755)
  for (const path of globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**'] })) {
    write(join(folder, path), readFileSync(join(root, path), 'utf8'))
  }
  const preload = join(folder, 'preload.mjs')
  write(preload, readFileSync(join(import.meta.dirname, 'preload.ts'), 'utf8'))
  const url = pathToFileURL(preload)
  url.searchParams.set('root', `${pathToFileURL(root)}/`)
  return {
    flag: `--import=${url}`,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function write(path: string, source: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, stripTypeScriptTypes(source))
}
