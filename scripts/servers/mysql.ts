import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpacked } from './debian.ts'
import { asText, type Kind, type Programs, type Start } from './kind.ts'
import { mysqlServes } from './knock.ts'
import { run } from './run.ts'
import { onPath } from './which.ts'

/** Debian has MySQL only here. Everything that it needs comes from there too, so the suite of the machine is the same. */
const SUITE = 'sid'

export const mysql: Kind = {
  name: 'mysql',
  title: 'MySQL',
  accounts: ['mysql'],
  signals: { stop: 'SIGTERM', end: 'SIGKILL' },
  recipe: 1,
  find,
  async init(programs, data, account) {
    const users = join(dirname(data), 'users.sql')
    const input = "CREATE USER offloop@'%';\nGRANT ALL ON *.* TO offloop@'%' WITH GRANT OPTION;\n"
    await run(['sh', '-c', 'cat > "$0"', users], { account, input })
    const options = ['--initialize-insecure', `--init-file=${users}`, ...written(small), ...written(unsafe)]
    await run([...programs.server, ...base(programs, data), ...options], { account, env: programs.env })
  },
  command: (programs, start) => [
    ...programs.server,
    ...base(programs, join(start.folder, 'data')),
    ...written(settingsOf(start)),
  ],
  isReady: mysqlServes,
  url: (port, database = 'mysql') => `mysql://offloop@127.0.0.1:${port}/${database}`,
}

const small = { 'innodb-redo-log-capacity': '32M', 'innodb-buffer-pool-size': '64M', 'skip-log-bin': true }
const unsafe = { 'innodb-flush-method': 'nosync', 'innodb-doublewrite': false, 'innodb-flush-log-at-trx-commit': 0 }

function base({ base = '/usr' }: Programs, data: string): string[] {
  return [
    '--no-defaults',
    `--basedir=${base}`,
    `--lc-messages-dir=${join(base, 'share/mysql')}`,
    `--datadir=${data}`,
    `--tmpdir=${dirname(data)}`,
  ]
}

function written(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).map(([name, value]) =>
    name.startsWith('skip-') ? `--${name}` : `--${name}=${asText(value)}`,
  )
}

function settingsOf({ folder, port, durable, settings }: Start) {
  return {
    port,
    'bind-address': '127.0.0.1',
    socket: join(folder, 'socket'),
    'pid-file': join(folder, 'own.pid'),
    mysqlx: false,
    'secure-file-priv': '',
    'skip-name-resolve': true,
    // Tests count far by recursion.
    'cte-max-recursion-depth': 4294967295,
    'max-connections': 200,
    // Odd on purpose: a driver must not rely on the server's own time zone.
    'default-time-zone': '-03:30',
    'performance-schema': false,
    ...small,
    ...(durable ? {} : unsafe),
    ...settings,
  }
}

async function find(): Promise<Programs> {
  const installed = onPath('mysqld')
  if (installed !== null) {
    const said = await run([installed, '--version'])
    if (!said.includes('MariaDB'))
      return { origin: installed, version: versionOf(said), server: [installed], base: join(installed, '../..') }
  }
  const root = await unpacked({
    name: `mysql-packages-${SUITE}`,
    packages: ['mysql-server-core'],
    core: /^mysql-server-core/,
    suite: SUITE,
  })
  if (root === null) throw new Error('no mysqld found, and no apt-get to fetch it with')
  const server = withItsLibraries(root, join(root, 'usr/sbin/mysqld'))
  const version = versionOf(await run([...server, '--version']))
  return { origin: `packages of Debian ${SUITE}, unpacked`, version, server, base: join(root, 'usr') }
}

/** A program of another suite runs on that suite's own C library, which its own loader knows to find. */
function withItsLibraries(root: string, program: string): string[] {
  const loader = globSync(join(root, 'usr/lib/*/ld-linux*.so.*'))[0]
  if (loader === undefined) throw new Error(`no loader for ${program}`)
  const libraries = [dirname(loader), join(dirname(loader), 'private'), join(root, 'usr/lib/mysql/private')]
  return [loader, '--library-path', libraries.join(':'), program]
}

function versionOf(said: string): string {
  return /Ver (\d+(\.\d+)*)/.exec(said)?.[1] ?? said.trim()
}
