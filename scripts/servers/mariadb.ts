import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpacked } from './debian.ts'
import { asText, type Kind, type Programs, type Start } from './kind.ts'
import { mysqlServes } from './knock.ts'
import { run } from './run.ts'
import { onPath } from './which.ts'

/** What makes the tables of a server, in this order. */
const SYSTEM_TABLES = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql', 'maria_add_gis_sp_bootstrap.sql']

export const mariadb: Kind = {
  name: 'mariadb',
  title: 'MariaDB',
  accounts: ['mysql'],
  signals: { stop: 'SIGTERM', end: 'SIGKILL' },
  recipe: 1,
  find,
  async init(programs, data, account) {
    const tables = SYSTEM_TABLES.map((file) => readFileSync(join(shared(programs), file), 'utf8'))
    const input = ['CREATE DATABASE mysql;', 'USE mysql;', ...tables, ...accounts].join('\n')
    const settings = { 'innodb-log-file-size': '16M', 'enforce-storage-engine': '', 'max-allowed-packet': '8M' }
    const options = [...base(programs, data), '--bootstrap', '--debug-no-sync', ...written(settings)]
    await run([...programs.server, ...options], { account, env: programs.env, input })
  },
  command: (programs, start) => [
    ...programs.server,
    ...base(programs, join(start.folder, 'data')),
    ...settingsOf(start),
  ],
  isReady: mysqlServes,
  url: (port, database = 'mysql') => `mariadb://offloop@127.0.0.1:${port}/${database}`,
}

const accounts = ['FLUSH PRIVILEGES;', "CREATE USER offloop@'%';", "GRANT ALL ON *.* TO offloop@'%' WITH GRANT OPTION;"]

function shared({ base = '/usr' }: Programs): string {
  const folder = ['share/mysql', 'share/mariadb', 'share']
    .map((one) => join(base, one))
    .find((one) => existsSync(join(one, SYSTEM_TABLES[0] ?? '')))
  if (folder === undefined) throw new Error(`no files to make a MariaDB server's tables of under ${base}`)
  return folder
}

function base(programs: Programs, data: string): string[] {
  const { base = '/usr' } = programs
  return [
    '--no-defaults',
    `--basedir=${base}`,
    `--lc-messages-dir=${shared(programs)}`,
    `--datadir=${data}`,
    `--tmpdir=${dirname(data)}`,
  ]
}

function written(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${asText(value)}`)
}

function settingsOf({ folder, port, durable, settings }: Start): string[] {
  const all = {
    port,
    'bind-address': '127.0.0.1',
    socket: join(folder, 'socket'),
    'pid-file': join(folder, 'own.pid'),
    'skip-name-resolve': true,
    // Tests count far by recursion.
    'max-recursive-iterations': 4294967295,
    'max-connections': 200,
    'character-set-server': 'utf8mb4',
    // Odd on purpose: a driver must not rely on the server's own time zone.
    'default-time-zone': '-03:30',
    'innodb-buffer-pool-size': '64M',
    'innodb-log-file-size': '16M',
    'innodb-flush-log-at-trx-commit': durable ? 1 : 0,
    ...settings,
  }
  return [...written(all), ...(durable ? [] : ['--debug-no-sync'])]
}

async function find(): Promise<Programs> {
  const installed = onPath('mariadbd') ?? onPath('mysqld')
  if (installed !== null) {
    const said = await run([installed, '--version'])
    if (said.includes('MariaDB'))
      return {
        origin: installed,
        version: versionOf(said),
        server: [installed],
        ...installedGalera(),
        base: prefixOf(installed),
      }
  }
  const root = await unpacked({
    name: 'mariadb-packages',
    packages: ['mariadb-server-core', 'galera-4'],
    core: /^mariadb-server-core_/,
  })
  if (root === null) throw new Error('no mariadbd found, and no apt-get to fetch it with')
  const env = { LD_LIBRARY_PATH: globSync(join(root, 'usr/lib/*-linux-gnu*')).join(':') }
  const server = join(root, 'usr/sbin/mariadbd')
  const version = versionOf(await run([server, '--version'], { env }))
  const galera = globSync(join(root, 'usr/lib/**/libgalera_smm.so'))[0]
  const origin = 'Debian packages, unpacked'
  return {
    origin,
    version,
    server: [server],
    base: join(root, 'usr'),
    env,
    ...(galera === undefined ? {} : { galera }),
  }
}

function installedGalera(): { galera?: string } {
  const galera = globSync(['/usr/lib/libgalera_smm.so', '/usr/lib*/galera*/libgalera_smm.so'])[0]
  return galera === undefined ? {} : { galera }
}

function versionOf(said: string): string {
  return /Ver (\S+?)-MariaDB/.exec(said)?.[1] ?? said.trim()
}

/** `/usr` of `/usr/sbin/mariadbd`. */
function prefixOf(program: string): string {
  return join(program, '../..')
}
