import { resolve } from 'node:path'
import type { ConnectPlan } from '../../contract/index.ts'
import { isMemory, type SqliteOptions } from './options.ts'

/** What a pool must know of where the database is. */
export function placeOf(options: SqliteOptions): Pick<ConnectPlan, 'transient' | 'identity' | 'walSize' | 'lockWait'> {
  if (isMemory(options)) return { transient: true }
  const path = resolve(options.filename)
  return {
    identity: () => numberOf(path),
    walSize: () => sizeOf(`${path}-wal`),
    lockWait: options.busyTimeout,
  }
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

function sizeOf(path: string): Promise<number | null> {
  const { stat } = process.getBuiltinModule('node:fs')
  return new Promise((answer) => {
    stat(path, (error, file) => {
      if (!error) answer(file.size)
      else answer(error.code === 'ENOENT' ? 0 : null)
    })
  })
}
