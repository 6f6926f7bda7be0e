/** PgBouncer before a server of ours: what many have between their programs and PostgreSQL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { accountFor } from './account.ts'
import { unpacked } from './debian.ts'
import { postgresServes } from './knock.ts'
import { freePort } from './port.ts'
import { plainEnvironment } from './run.ts'
import { siteFolder } from './site.ts'
import { onPath } from './which.ts'

const PATIENCE = 20_000
const PAUSE = 15

export interface Bouncer {
  readonly port: number
  remove(): Promise<void>
}

/** Its own settings, such as `{ pool_mode: 'transaction' }`. */
export type BouncerSettings = Readonly<Record<string, string | number>>

/** Starts one before the server of this URL, for its user; rejects with the reason when it cannot be had. */
export async function startBouncer(url: string, settings: BouncerSettings): Promise<Bouncer> {
  const { program, env } = await find()
  const folder = mkdtempSync(join(siteFolder(), 'pgbouncer-'))
  const account = accountFor(['postgres'])
  const port = await freePort()
  writeFileSync(join(folder, 'signal'), 'TERM')
  writeFileSync(join(folder, 'pgbouncer.ini'), configuration(port, new URL(url), settings))
  if (account) chownSync(folder, account.uid, account.gid)
  const log = openSync(join(folder, 'log'), 'a')
  const noted = ['-c', 'echo $$ > "$0" && exec "$@"', join(folder, 'pid'), program, join(folder, 'pgbouncer.ini')]
  const child = spawn('/bin/sh', noted, {
    cwd: folder,
    env: { ...plainEnvironment(), ...env },
    detached: true,
    stdio: ['ignore', log, log],
    ...account,
  })
  closeSync(log)
  child.unref()
  const remove = async () => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  for (const until = performance.now() + PATIENCE; !(await postgresServes(port)); await delay(PAUSE)) {
    if (child.exitCode === null && performance.now() < until) continue
    const said = readFileSync(join(folder, 'log'), 'utf8')
    await remove()
    throw new Error(`PgBouncer does not start: ${said}`)
  }
  return { port, remove }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

function configuration(port: number, server: URL, settings: BouncerSettings): string {
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  }
  return [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port} user=${server.username}`,
    '[pgbouncer]',
    ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
    '',
  ].join('\n')
}

async function find(): Promise<{ program: string; env: Readonly<Record<string, string>> }> {
  const installed = onPath('pgbouncer')
  if (installed !== null) return { program: installed, env: {} }
  const root = await unpacked({ name: 'pgbouncer-packages', packages: ['pgbouncer'], core: /^pgbouncer_/ })
  if (root === null) throw new Error('no pgbouncer found, and no apt-get to fetch it with')
  const env = { LD_LIBRARY_PATH: globSync(join(root, 'usr/lib/*-linux-gnu*')).join(':') }
  return { program: join(root, 'usr/sbin/pgbouncer'), env }
}
