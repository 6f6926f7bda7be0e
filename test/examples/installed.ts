import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder that is removed with all it holds when its block ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'offloop-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/**
 * Installs made-up packages: two versions of gamma, one of them nested in beta; delta and epsilon need each other; a
 * link and two folders that are no packages; Ann wrote alpha, Bob helped her and wrote epsilon. The size given to a package is that of all its files together.
 */
export async function installPackages(root: string): Promise<void> {
  const modules = join(root, 'node_modules')
  await install(join(modules, 'alpha'), 3000, {
    ...{ name: 'alpha', version: '1.0.0', license: 'MIT', description: 'the first' },
    ...{ dependencies: { beta: '^1.0.0', gamma: '^2.0.0' }, devDependencies: { epsilon: '*' } },
    ...{ author: 'Ann <ann@example.org>', contributors: [{ name: 'Bob' }, 'Ann (https://example.org)', 7] },
  })
  await install(join(modules, 'beta'), 2000, { name: 'beta', version: '1.0.0', dependencies: { gamma: '^1.0.0' } })
  await install(join(modules, 'beta/node_modules/gamma'), 1000, { name: 'gamma', version: '1.0.0' })
  await install(join(modules, 'gamma'), 4000, { name: 'gamma', version: '2.0.0', license: { type: 'ISC' } })
  await install(join(modules, '@scope/delta'), 5000, {
    ...{ name: '@scope/delta', version: '1.0.0', dependencies: { epsilon: '1' } },
    ...{ optionalDependencies: { 'not-there': '1' } },
  })
  await install(join(modules, 'epsilon'), 6000, {
    ...{ name: 'epsilon', version: '1.0.0', dependencies: { '@scope/delta': '1' } },
    ...{ peerDependencies: { alpha: '>=1' }, author: { name: 'Bob', email: 'bob@example.org' } },
  })
  await write(join(modules, 'alpha/node_modules/.cache/kept.bin'), 'x'.repeat(500))
  await write(join(modules, 'broken/package.json'), '{ "name": "broken",')
  await write(join(modules, '.hidden/package.json'), '{ "name": "hidden" }')
  await symlink(join(modules, 'beta'), join(modules, 'linked'), 'junction')
}

async function install(folder: string, bytes: number, manifest: object): Promise<void> {
  const json = JSON.stringify(manifest)
  await write(join(folder, 'package.json'), json)
  await write(join(folder, 'lib/index.js'), '/'.repeat(bytes - json.length))
}

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
