/*
 * The drivers that come with offloop, by name: only where each is found. None is loaded before somebody asks for it.
 */

interface Entry {
  readonly module: string
  /** What a URL for it begins with, besides its own name. */
  readonly schemes: readonly string[]
}

const entries: Readonly<Record<string, Entry>> = {
  'node-sqlite': { module: './node-sqlite/index', schemes: ['sqlite'] },
  'better-sqlite3': { module: './better-sqlite3/index', schemes: [] },
  pg: { module: './pg/index', schemes: ['postgres', 'postgresql'] },
  mysql: { module: './mysql/index', schemes: ['mariadb'] },
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** The names of the drivers that come with offloop. */
export const driverNames: readonly string[] = Object.keys(entries)

/** The URL schemes that offloop knows, without the colon. */
export const schemes: readonly string[] = Object.entries(entries).flatMap(([name, entry]) => [...entry.schemes, name])

/** The driver that a URL scheme or a driver's name means, or undefined. */
export function driverNamed(name: string): string | undefined {
  return Object.keys(entries).find((driver) => driver === name || entries[driver]?.schemes.includes(name))
}

/** Where a driver of offloop's own is found. */
export function moduleOf(driver: string): URL {
  return new URL((entries[driver] as Entry).module + extension, import.meta.url)
}
