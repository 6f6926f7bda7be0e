import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ConnectPlan, Driver } from '../contract/driver.ts'
import { DriverError, InterfaceError } from '../contract/errors.ts'
import { driverNamed, driverNames, moduleOf, schemes } from '../drivers/catalogue.ts'
import { describe } from './options.ts'
import type { PoolOptions } from './pool-options.ts'

/** A driver, and how it is to connect. */
export interface Source {
  readonly driver: Driver
  readonly plan: ConnectPlan
}

/** As much of a driver as opens connections, and how it is to connect. */
export interface Connecting {
  readonly driver: Pick<Driver, 'connect'>
  readonly plan: ConnectPlan
}

/** `scheme:rest` of a database URL. Schemes have two letters or more, so that a drive letter is none. */
const URL_PATTERN = /^([a-z][a-z0-9+.-]+):(.*)$/is

const DRIVER_METHODS = ['plan', 'shape', 'quoteIdentifier', 'connect'] as const

/** Sorts `(url, options)` and `(driver, connect, options)`. */
export function poolArguments(
  given: string | Driver,
  second: object | undefined,
  third: PoolOptions<unknown, unknown> | undefined,
): { readonly source: Source; readonly options: PoolOptions<unknown, unknown> | undefined } {
  if (typeof given !== 'string' || !isUrl(given)) {
    return { source: sourceFromDriver(given, second as Record<string, unknown>), options: third }
  }
  if (third === undefined)
    return { source: sourceFromUrl(given), options: second as PoolOptions<unknown, unknown> | undefined }
  throw new InterfaceError('a pool by URL takes the URL and its options; those of the driver stand in the URL', {
    code: 'INVALID_OPTION',
    kind: 'usage',
  })
}

/** Reads a database URL: its scheme names the driver, the rest is the driver's to read. */
function sourceFromUrl(url: string): Source {
  const [, scheme = '', rest = ''] = URL_PATTERN.exec(url) ?? []
  const name = driverNamed(scheme.toLowerCase())
  if (!name) {
    throw new DriverError(
      `no driver is known for the URL scheme ${JSON.stringify(scheme)}; the known ones are ${schemes.join(', ')}`,
      { code: 'UNKNOWN_SCHEME', kind: 'driver' },
    )
  }
  const driver = load(moduleOf(name).href, name)
  return { driver, plan: driver.plan(rest) }
}

/** Finds a driver by its name, by the name or path of a module that exports one, or takes it as it is. */
function sourceFromDriver(given: string | Driver, connect: Readonly<Record<string, unknown>>): Source {
  const driver = typeof given === 'string' ? driverByName(given) : checkDriver(given, describe(given))
  if (typeof connect !== 'object' || connect === null) {
    throw new InterfaceError(`the driver's connect options must be an object, not ${describe(connect)}`, {
      code: 'INVALID_OPTION',
      kind: 'usage',
    })
  }
  return { driver, plan: driver.plan(connect) }
}

/** Whether a string is a database URL and not the name or path of a driver. */
function isUrl(text: string): boolean {
  const scheme = URL_PATTERN.exec(text)?.[1]?.toLowerCase()
  return scheme !== undefined && scheme !== 'file'
}

function driverByName(name: string): Driver {
  const own = driverNames.includes(name) ? moduleOf(name).href : undefined
  return load(own ?? resolveModule(name), name)
}

/** A module of the application: from the folder it was started in, then from where offloop itself is installed. */
function resolveModule(name: string): string {
  if (name.startsWith('file:')) return name
  const here = createRequire(join(process.cwd(), 'noop.js'))
  for (const require of [here, createRequire(import.meta.url)]) {
    try {
      const path = require.resolve(name)
      return isAbsolute(path) ? pathToFileURL(path).href : path
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  throw new DriverError(
    `no driver named ${JSON.stringify(name)} is known or installed; those of offloop are ${driverNames.join(', ')}; any ` +
      'other is the name or path of a module that exports one',
    { code: 'UNKNOWN_DRIVER', kind: 'driver' },
  )
}

function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' || code === 'ERR_MODULE_NOT_FOUND'
}

function load(module: string, name: string): Driver {
  const require = createRequire(import.meta.url)
  let exported: { default?: unknown }
  try {
    exported = require(module.startsWith('file:') ? fileURLToPath(module) : module)
  } catch (cause) {
    if (cause instanceof InterfaceError) throw cause
    throw new DriverError(`the driver ${JSON.stringify(name)} could not be loaded: ${(cause as Error)?.message}`, {
      code: 'DRIVER_UNLOADABLE',
      kind: 'driver',
      cause,
    })
  }
  return checkDriver(exported.default, `the default export of ${JSON.stringify(name)}`)
}

function checkDriver(given: unknown, what: string): Driver {
  const driver = given as Partial<Driver> | null | undefined
  const missing = DRIVER_METHODS.find((method) => typeof driver?.[method] !== 'function')
  if (missing === undefined && driver?.apilevel === '2.0') return driver as Driver
  const lack = missing === undefined ? "its apilevel is not '2.0'" : `it has no ${missing}()`
  throw new InterfaceError(`${what} is no driver: ${lack}`, { code: 'INVALID_DRIVER', kind: 'driver' })
}
