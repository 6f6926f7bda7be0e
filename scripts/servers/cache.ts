/** What is kept from run to run: programs that were fetched, and data folders of servers that were never used. */
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** Outside the clone, and where the accounts of servers may read it. */
export function cacheFolder(): string {
  if (process.getuid?.() === 0) return '/var/cache/offloop'
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'offloop')
}

/** The folder of this name, filled by `fill` when it is not there yet. It comes whole or not at all. */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<void>,
  account?: Account,
): Promise<string> {
  const folder = join(cacheFolder(), name)
  if (existsSync(folder)) return folder
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o755 })
  const made = mkdtempSync(join(cacheFolder(), 'unfinished-'))
  try {
    const inside = join(made, 'folder')
    mkdirSync(inside, { mode: 0o755 })
    if (account) {
      chownSync(made, account.uid, account.gid)
      chownSync(inside, account.uid, account.gid)
    }
    await fill(inside)
    moveInto(inside, folder)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
  return folder
}

/** Somebody else who fills the same folder at the same time may have been faster. */
function moveInto(made: string, folder: string): void {
  try {
    renameSync(made, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

export function dropCached(name: string): void {
  rmSync(join(cacheFolder(), name), { recursive: true, force: true })
}
