import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DriverError } from '../../contract/index.ts'
import { isAtLeast, satisfies } from './version.ts'

const PACKAGE = 'better-sqlite3'
const LOWEST = '13.0.2'

/**
 * Looks for the package in the application first, then where offloop is, and gives the file to load it from. Throws a
 * DriverError when there is none, or none that may be loaded here. Its native code stays untouched: on a Node it was
 * not built for, loading it would end the process.
 */
export function checkInstalled(
  places: readonly string[] = [join(process.cwd(), 'package.json'), import.meta.url],
  node: string = process.versions.node,
): string {
  const resolver = places.map(createRequire).find((candidate) => resolves(candidate))
  if (!resolver) throw notInstalled(places)
  const { version, engines } = readManifest(resolver.resolve(`${PACKAGE}/package.json`))
  if (!isAtLeast(version, LOWEST)) {
    throw refused(
      `offloop needs ${PACKAGE} ${LOWEST} or newer, and ${version} is installed: in earlier versions, ending a thread ` +
        `during a statement can abort the whole process.`,
      `npm install ${PACKAGE}@latest`,
    )
  }
  if (engines !== undefined && !satisfies(node, engines)) {
    throw refused(
      `${PACKAGE} ${version} is made for Node.js ${engines}, and this is ${node}: loading it could end the process.`,
      `npm install ${PACKAGE}@latest`,
    )
  }
  return resolver.resolve(PACKAGE)
}

function resolves(candidate: NodeJS.Require): boolean {
  try {
    candidate.resolve(`${PACKAGE}/package.json`)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false
    throw error
  }
}

function readManifest(path: string): { version: string; engines: string | undefined } {
  // Not imported, for the reason that drivers/sqlite/open.ts gives.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const manifest: { version?: unknown; engines?: { node?: unknown } } = JSON.parse(readFileSync(path, 'utf8'))
  const range = manifest.engines?.node
  return { version: String(manifest.version), engines: typeof range === 'string' ? range : undefined }
}

function notInstalled(places: readonly string[]): DriverError {
  return new DriverError(
    `The package ${PACKAGE} is not installed. Install it with:\n\n  npm install ${PACKAGE}\n\nIt was looked for from ${places.join(' and ')}.`,
    { code: 'DRIVER_NOT_INSTALLED', kind: 'driver' },
  )
}

function refused(reason: string, command: string): DriverError {
  return new DriverError(`${reason} Install a newer one with:\n\n  ${command}\n`, {
    code: 'DRIVER_UNSUPPORTED',
    kind: 'driver',
  })
}
