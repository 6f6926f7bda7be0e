import { createRequire } from 'node:module'
import { join } from 'node:path'
import { causeRecord, DriverError } from '../../contract/index.ts'

/**
 * Loads the package that a driver needs: the application's own before the one that is where offloop is. Throws a DriverError
 * that says what to install when there is none.
 */
export function loadPackage<T>(
  name: string,
  places: readonly string[] = [join(process.cwd(), 'package.json'), import.meta.url],
): T {
  for (const place of places) {
    const resolver = createRequire(place)
    const path = resolved(resolver, name)
    if (path !== null) return loaded(resolver, name, path) as T
  }
  throw new DriverError(
    `The package ${name} is not installed. Install it with:\n\n  npm install ${name}\n\nIt was looked for from ${places.join(' and ')}.`,
    { code: 'DRIVER_NOT_INSTALLED', kind: 'driver' },
  )
}

function resolved(resolver: NodeJS.Require, name: string): string | null {
  try {
    return resolver.resolve(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

function loaded(resolver: NodeJS.Require, name: string, path: string): unknown {
  try {
    return resolver(path)
  } catch (thrown) {
    throw new DriverError(`The package ${name} is there but cannot be loaded: ${causeRecord(thrown).message}`, {
      code: 'DRIVER_LOAD_FAILED',
      kind: 'driver',
      cause: thrown,
    })
  }
}
