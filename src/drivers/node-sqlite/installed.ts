import { isBuiltin } from 'node:module'
import { DriverError } from '../../contract/index.ts'

/** Throws a DriverError unless this Node.js was built with node:sqlite. */
export function checkInstalled(): void {
  if (isBuiltin('node:sqlite')) return
  throw new DriverError(
    'This Node.js was built without node:sqlite. Use another build, or the driver "better-sqlite3".',
    {
      code: 'DRIVER_NOT_INSTALLED',
      kind: 'driver',
    },
  )
}
