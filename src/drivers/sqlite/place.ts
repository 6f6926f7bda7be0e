import { basename, dirname, join, resolve } from 'node:path'
import type { ConnectPlan } from '../../contract/index.ts'
import { isMemory, type SqliteOptions } from './options.ts'

/** What a pool must know of where the database is. `driver` stands for its copy of SQLite. */
export function placeOf(
  options: SqliteOptions,
  driver: string,
): Pick<ConnectPlan, 'transient' | 'exclusive' | 'identity' | 'lockWait'> {
  if (isMemory(options)) return { transient: true }
  const path = resolve(options.filename)
  return {
    // Locks belong to the process: one copy of SQLite drops, without knowing, those that the other holds.
    exclusive: { owner: driver, resource: () => realPath(path) },
    identity: () => numberOf(path),
    lockWait: options.busyTimeout,
  }
}

/** The path without links, of a file that need not be there yet. */
function realPath(path: string): string {
  const { realpathSync } = process.getBuiltinModule('node:fs')
  for (const [known, rest] of [
    [path, ''],
    [dirname(path), basename(path)],
  ] as const) {
    try {
      return join(realpathSync.native(known), rest)
    } catch (error) {
      if (!(error instanceof Error)) throw error
    }
  }
  return path
}

// Only asked for its number: a file that is opened here and closed again takes SQLite's locks with it.
function numberOf(path: string): Promise<string | null | undefined> {
  const { stat } = process.getBuiltinModule('node:fs')
  return new Promise((answer) => {
    stat(path, { bigint: true }, (error, file) => {
      if (!error) answer(`${file.dev}:${file.ino}`)
      else answer(error.code === 'ENOENT' || error.code === 'ENOTDIR' ? null : undefined)
    })
  })
}
