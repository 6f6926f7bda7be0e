import { basename, dirname, join, resolve } from 'node:path'
import { type Connection, type Driver, DriverError } from '../../contract/index.ts'
import { isMemory, type SqliteOptions } from './options.ts'

/** Through which driver a file is open, and how often. */
interface Claim {
  readonly driver: string
  count: number
}

// One for the whole process: another copy of offloop brings the same two copies of SQLite.
const CLAIMS = Symbol.for('offloop.sqlite.claims')
const shared = globalThis as { [CLAIMS]?: Map<string, Claim> }
shared[CLAIMS] ??= new Map()
const claims = shared[CLAIMS]

/**
 * The driver, refusing files that are open in this process through another one: each brings its own copy of SQLite, and
 * when one of them closes the file, the system drops the locks of the other.
 */
export function aloneOnItsFiles<Options extends SqliteOptions>(driver: Driver<Options>): Driver<Options> {
  return {
    ...driver,
    async connect(options, context) {
      // In a process of its own it shares no locks with anybody.
      if (isMemory(options) || context.isolation === 'process') return await driver.connect(options, context)
      const held = new Set<string>()
      const release = () => {
        for (const key of held) letGo(key)
        held.clear()
      }
      try {
        claim(options.filename, driver.name, held)
        const connection = await driver.connect(options, context)
        void connection.closed.then(release)
        return await stillAlone(connection, () => claim(options.filename, driver.name, held))
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

/** A file that was only made now has a number from now on, by which somebody else may have been quicker to claim it. */
async function stillAlone(connection: Connection, claimAgain: () => void): Promise<Connection> {
  try {
    claimAgain()
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

function claim(filename: string, driver: string, held: Set<string>): void {
  for (const key of keysOf(filename)) {
    if (held.has(key)) continue
    const known = claims.get(key)
    if (known && known.driver !== driver) throw taken(filename, known.driver)
    if (known) known.count++
    else claims.set(key, { driver, count: 1 })
    held.add(key)
  }
}

function letGo(key: string): void {
  const known = claims.get(key)
  if (known && --known.count === 0) claims.delete(key)
}

/** A file is known by its number, and by its place as long as it has none. Only asks for its status: reading would cost locks. */
function keysOf(filename: string): string[] {
  // An import of node:fs would load all of it, at the start of every program.
  const { realpathSync, statSync } = process.getBuiltinModule('node:fs')
  const path = resolve(filename)
  try {
    const about = statSync(path, { throwIfNoEntry: false, bigint: true })
    return [about ? `${about.dev}:${about.ino}` : join(realpathSync(dirname(path)), basename(path))]
  } catch (error) {
    // What cannot be found cannot be opened either, and the driver tells why.
    if (error instanceof Error && 'syscall' in error) return []
    throw error
  }
}

function taken(filename: string, driver: string): DriverError {
  return new DriverError(
    `the file ${JSON.stringify(filename)} is open in this process through the driver ${JSON.stringify(driver)}; two ` +
      "drivers bring two copies of SQLite, which undo each other's locks: use one of them for it",
    { code: 'TWO_DRIVERS', kind: 'driver' },
  )
}
