/** The folder of this process's servers, and who clears it away when the process has gone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Site {
  readonly folder: string
  readonly watcher: ChildProcess
}

let site: Site | null = null

/** A folder that is gone, and with it the servers in it, when this process has gone. */
export function siteFolder(): string {
  site ??= open()
  return site.folder
}

function open(): Site {
  const folder = mkdtempSync(join(reachable(tmpdir()), 'offloop-servers-'))
  chmodSync(folder, 0o755)
  // In a group of its own: Ctrl-C is for this process, which may have more to do with its servers.
  const watcher = spawn('/bin/sh', [join(import.meta.dirname, 'watcher.sh'), folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  ;(watcher.stdin as Socket).unref()
  return { folder, watcher }
}

/** A temporary folder that other accounts can get into; root's own may be closed to them. */
function reachable(folder: string): string {
  if (process.getuid?.() !== 0) return folder
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & constants.S_IXOTH) === 0) return '/tmp'
  }
  accessSync(folder, constants.W_OK)
  return folder
}

/** Ends all servers of this process and removes their folder. */
export async function closeSite(): Promise<void> {
  const closing = site
  site = null
  if (closing === null) return
  closing.watcher.ref()
  const gone = once(closing.watcher, 'exit')
  closing.watcher.stdin?.end()
  await gone
}
