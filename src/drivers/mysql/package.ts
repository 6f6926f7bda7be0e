import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DriverError } from '../../contract/index.ts'

const PACKAGE = 'mariadb'
const LOWEST = '3.4'

/** As much of the package mariadb as is used: it opens the connection, and what comes after is ours. */
export interface MariadbPackage {
  createConnection(options: Readonly<Record<string, unknown>>): Promise<MariadbConnection>
}

export interface MariadbConnection {
  readonly info: {
    readonly threadId: number
    readonly serverVersion: { readonly raw: string; readonly mariaDb: boolean }
    readonly clientCapabilities: bigint
    readonly eofDeprecated: boolean
  }
  /** How the package lets one reach the socket. */
  readonly __tests?: { getSocket?(): Socket }
}

/**
 * Looks for the package in the application first, then where offloop is, and gives the file to load it from.
 *
 * @throws {DriverError} when it is not installed
 */
export function findPackage(
  places: readonly string[] = [join(process.cwd(), 'package.json'), import.meta.url],
): string {
  for (const place of places) {
    const found = resolved(place)
    if (found) return found
  }
  throw new DriverError(
    `The package ${PACKAGE} is not installed. Install it with:\n\n  npm install ${PACKAGE}\n\nIt was looked for from ${places.join(' and ')}.`,
    { code: 'DRIVER_NOT_INSTALLED', kind: 'driver' },
  )
}

function resolved(place: string): string | null {
  try {
    return createRequire(place).resolve(PACKAGE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

/** Loads the package. */
export async function loadPackage(path: string): Promise<MariadbPackage> {
  try {
    const loaded = await import(pathToFileURL(path).href)
    return loaded.default ?? loaded
  } catch (cause) {
    throw new DriverError(`The package ${PACKAGE} is there, but cannot be loaded.`, {
      code: 'DRIVER_LOAD_FAILED',
      kind: 'driver',
      cause,
    })
  }
}

/** What a version of the package fails with that does not give its socket. */
export function unfit(): DriverError {
  return new DriverError(
    `offloop needs ${PACKAGE} ${LOWEST} or newer of version 3, and cannot reach the socket of what is installed. Install one with:\n\n  npm install ${PACKAGE}@3\n`,
    { code: 'DRIVER_UNSUPPORTED', kind: 'driver' },
  )
}
