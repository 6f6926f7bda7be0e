import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { plainEnvironment } from './run.ts'

/** The program of this name in the folders of `PATH`, those for administrators included, or null. */
export function onPath(program: string): string | null {
  const folders = [...(plainEnvironment().PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin']
  return folders.map((folder) => join(folder, program)).find(isProgram) ?? null
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
