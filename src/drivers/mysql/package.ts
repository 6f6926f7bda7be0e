import type { Socket } from 'node:net'
import { DriverError } from '../../contract/index.ts'
import { loadPackage } from '../server/package.ts'

const PACKAGE = 'mariadb'

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

let loaded: MariadbPackage | null = null

/**
 * The package, loaded when it is first needed.
 *
 * @throws {DriverError} when it is not installed
 */
export function mariadbPackage(): MariadbPackage {
  loaded ??= loadPackage<MariadbPackage>(PACKAGE)
  return loaded
}

/** What a version of the package fails with that does not give its socket. */
export function unfit(): DriverError {
  return new DriverError(
    `offloop cannot reach the socket of a connection of the package ${PACKAGE} in the version that is installed. Install ` +
      `another one with:\n\n  npm install ${PACKAGE}@3\n`,
    { code: 'DRIVER_UNSUPPORTED', kind: 'driver' },
  )
}
